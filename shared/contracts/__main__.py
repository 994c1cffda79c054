"""`python -m shared.contracts generate` writes what is derived from the contracts; `check` fails when it
is stale or broken.

`generate` refuses (exit 1) to publish a break of a type's version: such a change needs a new version beside
the old one.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from shared.contracts.publish import readme
from shared.contracts.publish.compatibility import PUBLISHED, breaks, shapes_published, shapes_today
from shared.contracts.publish.document import document
from shared.contracts.publish.golden import broken_examples, examples
from shared.contracts.publish.schemas import clear_schemas, event_schemas

FOLDER: Final = Path(__file__).parent / "generated"


def artefacts() -> Mapping[Path, bytes]:
    """Every derived file with the content it must have."""
    files = {
        FOLDER / "schemas" / f"{name}.json": _json(schema)
        for name, schema in {**event_schemas(), **clear_schemas()}.items()
    }
    files[FOLDER / "asyncapi.json"] = _json(document())
    files[PUBLISHED] = _json(shapes_today())
    if readme.README.exists():
        text = readme.with_block(readme.README.read_text(encoding="utf-8"))
        if text is not None:
            files[readme.README] = text.encode()
    return files


def faults_of_change() -> list[str]:
    """What breaks readers: changed shapes, unreadable golden examples, types without one."""
    without = sorted(event_schemas().keys() - examples().keys())
    return [
        *breaks(shapes_published(), shapes_today()),
        *broken_examples(),
        *(f"{event_type} has no golden example" for event_type in without),
    ]


def stale() -> list[str]:
    """A sentence for every derived file that is missing, different or left over."""
    wanted = artefacts()
    found = [f"{path.name} is stale" for path, body in wanted.items() if not _holds(path, body)]
    return found + [f"{path.name} is left over" for path in _left_over(wanted)]


def generate() -> list[str]:
    """Writes the derived files, unless that would publish a break; returns what stands against it."""
    faults = faults_of_change()
    if faults:
        return faults
    wanted = artefacts()
    for path in _left_over(wanted):
        path.unlink()
    for path, body in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not _holds(path, body):
            path.write_bytes(body)
    return []


def main(arguments: Sequence[str]) -> int:
    if list(arguments) == ["generate"]:
        faults = generate()
    elif list(arguments) == ["check"]:
        faults = [*faults_of_change(), *stale()]
    else:
        sys.stderr.write("usage: python -m shared.contracts generate|check\n")
        return 2
    for fault in faults:
        sys.stderr.write(f"contracts: {fault}\n")
    if faults and arguments[0] == "check":
        sys.stderr.write("contracts: run `python -m shared.contracts generate` and commit what it wrote\n")
    return 1 if faults else 0


def _left_over(wanted: Mapping[Path, bytes]) -> list[Path]:
    return [path for path in sorted(FOLDER.rglob("*.json")) if path not in wanted]


def _holds(path: Path, body: bytes) -> bool:
    return path.exists() and path.read_bytes() == body


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
