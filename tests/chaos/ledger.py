"""What was accepted, in a file of its own: an answer is on disk before anybody counts it."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any


@dataclass
class Ledger:
    """JSON lines `{"n", "at", "kind", "id", …}`, only ever appended. `count` are those accepted so far.

    Kinds of what was accepted: `tip` (id, mark), `submission` (id is the CloudEvents id, mark), `case` (id),
    `transition` (id of a tip or case, call, version), `call` (id, at_path: any other 2xx). Noted: `dispute`
    (id of the tip, case, settled), whose calls were accepted one by one.
    `mark` is the time of the incident that the report names: no two reports share it, so that a report is
    found in the database by it.
    """

    path: Path
    count: int = 0
    asked: "Counter[str]" = field(default_factory=Counter)
    _file: IO[str] | None = None

    def accept(self, kind: str, id: str, **more: Any) -> None:
        """An accepted answer (2xx, or the broker's acknowledgement)."""
        self._append("accepted", kind, id, more)
        self.count += 1

    def ask(self, kind: str, id: str, **more: Any) -> None:
        """Something is about to be sent: what was asked and never answered may or may not have happened."""
        self._append("asked", kind, id, more)
        self.asked[kind] += 1

    def note(self, kind: str, id: str, **more: Any) -> None:
        """Something came to its end whose requests were counted one by one."""
        self._append("noted", kind, id, more)

    def accepted(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        return self._lines("accepted", kind)

    def all_asked(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        return self._lines("asked", kind)

    def noted(self, kind: str | None = None) -> Iterator[dict[str, Any]]:
        return self._lines("noted", kind)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _append(self, what: str, kind: str, id: str, more: dict[str, Any]) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a")
        line = {"what": what, "at": round(time.time(), 3), "kind": kind, "id": id, **more}
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._file.flush()

    def _lines(self, what: str, kind: str | None) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open() as lines:
            for text in lines:
                line = json.loads(text)
                if line["what"] == what and kind in (None, line["kind"]):
                    yield line
