"""Two replicas, one or the other killed again and again: one log, and every accepted report is in it."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import httpx

from services.tips.ledger.domain.merkle import extends
from services.tips.ledger.domain.notes import Checkpoint
from services.tips.ledger.keys import VerifierKey
from services.tips.ledger.verify import Findings, check_receipt, read_receipt
from tests.component.tips.ledger.conftest import decoded
from tests.support.system import Replica, System, report
from tests.support.waiting import eventually_sync

SEED = 11
KILLS = 4


class Reporters:
    """Somebody reports all the time, at whichever replica answers, and somebody else keeps checkpoints."""

    def __init__(self, replicas: list[Replica]) -> None:
        self._replicas = replicas
        self.codes: list[str] = []
        self.kept: dict[int, Checkpoint] = {}
        self.forks: list[tuple[Checkpoint, Checkpoint]] = []
        self.key: VerifierKey | None = None

    @contextmanager
    def busy(self) -> Iterator[None]:
        done = threading.Event()

        def work() -> None:
            while not done.wait(0.1):
                for replica in self._replicas:
                    self._one(replica)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _one(self, replica: Replica) -> None:
        try:
            made = httpx.post(replica.url + "/tips", json=report(), timeout=5, trust_env=False)
            if made.status_code == 201:
                self.codes.append(made.json()["receipt_code"])
            shown = httpx.get(replica.url + "/ledger/checkpoint", timeout=5, trust_env=False)
            if shown.status_code == 200:
                self.keep(replica, shown.text)
        except httpx.HTTPError:
            return

    def keep(self, replica: Replica, written: str) -> None:
        if self.key is None:
            self.key = VerifierKey.parse(httpx.get(replica.url + "/ledger/key", trust_env=False).text)
        head = self.key.open(written)
        if self.kept.setdefault(head.size, head) != head:
            self.forks.append((self.kept[head.size], head))

    def wait_for_another(self) -> None:
        """A checkpoint larger than any kept so far."""
        size = max(self.kept, default=0)
        eventually_sync(lambda: max(self.kept, default=0) > size, within=30)


def proof(replica: Replica, code: str) -> bytes:
    headers = {"Authorization": f"Receipt {code}"}
    answer = httpx.get(replica.url + "/reporter/proof", headers=headers, timeout=10, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_two_replicas_under_kills_keep_one_log_with_every_report(system: System, tips: Replica) -> None:
    second = system.start("tips", TIPS_LEDGER_SECONDS="1")
    second.wait_until_ready()
    people, chance = Reporters([tips, second]), random.Random(SEED)
    with people.busy():
        for number in range(KILLS):
            people.wait_for_another()
            victim = (tips, second)[number % 2]
            threading.Event().wait(chance.uniform(0, 1))  # anywhere in a slot
            victim.child.kill()
            victim.child.start_again()
            victim.wait_until_ready()
    assert people.key is not None
    assert people.forks == []
    heads = [people.kept[size] for size in sorted(people.kept)]
    assert len(heads) > KILLS
    for old, new in pairwise(heads):
        sizes = {"from": old.size, "to": new.size}
        joined = httpx.get(second.url + "/ledger/consistency", params=sizes, trust_env=False).json()
        assert extends(old.size, old.root, new.size, new.root, decoded(joined["proof"]))
    assert len(people.codes) > 20
    for code in people.codes:
        wait_until_covered(second, code)
        findings = Findings()
        check_receipt(read_receipt(proof(second, code)), people.key, findings)
        assert findings.fine, findings.lines
    second.child.stop()
    system.replicas.remove(second)


def wait_until_covered(replica: Replica, code: str) -> None:
    def covered() -> bool:
        entries = read_receipt(proof(replica, code)).entries
        return all(entry.index is not None for entry in entries)

    eventually_sync(covered, within=30)
