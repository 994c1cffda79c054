"""`python -m tests.chaos.mutations`: removes one guarantee at a time and plays the fault that must notice.

Each is a patch on a copy of this checkout whose lines must be found exactly once: whoever moves them moves
them here, too. `--write` keeps the result as evidence. Exit codes: 0 all were caught that can be, 1 one was
not, 2 wrong use.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.places import CHECKOUT
from tests.chaos import table

PAGE = table.PAGE.with_name("mutations.md")
_WITHIN = 1200.0


@dataclass(frozen=True, slots=True)
class Mutation:
    """`find` stands once in `file`, and becomes `put`. `fault` must notice within `seconds`, its kills
    narrowed to `aim`. `silent`: why no kill of a process can reveal it; such a one is told all the same."""

    name: str
    guarantee: str
    file: str
    find: str
    put: str
    fault: str
    aim: str = ""
    seconds: int = 70
    silent: str = ""


Played = tuple[Mutation, bool, str]  # whether it was caught, and by what

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "write-concern",
        "writes are journaled before they are acknowledged",
        "shared/mongo.py",
        'write_concern=WriteConcern(w="majority", j=True)',
        "write_concern=WriteConcern(w=1, j=False)",
        "D1",
        aim="mongod",
    ),
    Mutation(
        "trim-before-ack",
        "an event leaves `pending` only when Kafka has it",
        "shared/outbox/waves.py",
        "            with self._leases.working({one.lane for one in ours}):\n",
        "            for one in ours:\n"
        "                last = one.events[-1].event.sequence or 0\n"
        "                await self._outboxes[one.outbox].store.trim({one.id: last})\n"
        "            with self._leases.working({one.lane for one in ours}):\n",
        "D1",
        aim="kafka",
    ),
    Mutation(
        "no-journal",
        "what was published is in the journal",
        "shared/outbox/waves.py",
        "        lost = set(await self._journal.append(entries))\n",
        "        lost = set(await self._journal.append(entries[1:]))\n",
        "D1",
        aim="lane owner",
    ),
    Mutation(
        "commit-before-store",
        "an offset is committed after the effects are stored",
        "shared/consume/subscription.py",
        "            await self._handle([from_kafka_record(record, self._cluster) for record in raw])\n"
        "            await message.ack()\n",
        "            await message.ack()\n"
        "            await asyncio.sleep(0.3)\n"
        "            await self._handle([from_kafka_record(record, self._cluster) for record in raw])\n",
        "D1",
        aim="consumer",
    ),
    Mutation(
        "deduplication",
        "an event's effect is stored under the event's id",
        "shared/consume/effects.py",
        'rows.append({"_id": event.id if number == 0 else f"{event.id}#{number}", **row})',
        'rows.append({"_id": event.id + __import__("os").urandom(4).hex(), **row})',
        "D1",
        aim="mongod",
    ),
    Mutation(
        "idempotency",
        "a repeat of a request finds what the first one made",
        "services/tips/tip/usecases/identifiers.py",
        'return derived_id("tip", secrets.identifier, seed)',
        'return derived_id("tip", secrets.identifier, seed + __import__("os").urandom(8))',
        "D1",
        aim="mongod",
    ),
    Mutation(
        "webhook-id",
        "an event comes to a receiver under one `webhook-id`",
        "services/notifications/usecases/deliveries.py",
        'return derived_id("msg", secret, f"webhook {webhook} {event}".encode())',
        'return derived_id("msg", secret, event.encode() + __import__("os").urandom(8))',
        "D1",
        aim="notifications",
    ),
    Mutation(
        "followers",
        "what follows a parked event waits behind it",
        "shared/consume/reactions.py",
        "            if parked:\n",
        "            if parked and not key:\n",
        "D4",
    ),
    Mutation(
        "dead-letters",
        "what cannot be processed is kept before it is passed over",
        "shared/consume/batch.py",
        "        await self._dead_letters.send(letters)\n",
        "",
        "D4",
    ),
    Mutation(
        "drain",
        "a process that is told to end finishes what it has begun",
        "shared/web/serve.py",
        '        loop.call_later(self._drain_seconds, setattr, self, "should_exit", True)\n',
        "        self.should_exit = self.force_exit = True\n",
        "D9",
    ),
    Mutation(
        "lease",
        "one replica at a time sends the events of a lane",
        "shared/outbox/mongo_lanes.py",
        '                    {"_id": {"$type": "number"}, **_FREE},\n',
        '                    {"_id": {"$type": "number"}},\n',
        "D1",
        aim="lane owner",
        silent="the journal's numbers and the order within `pending` still hold: two owners repeat, "
        "and a repeat is known by its id",
    ),
)


def main(arguments: Sequence[str]) -> int:
    names = [one.name for one in MUTATIONS]
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.mutations", description=__doc__)
    parser.add_argument("--only", default=",".join(names), help="comma-separated names")
    parser.add_argument("--seed", default="mutations")
    parser.add_argument("--write", action="store_true", help=f"keep the result in {PAGE.name}")
    wanted = parser.parse_args(arguments)
    chosen = [name.strip() for name in wanted.only.split(",")]
    if unknown := set(chosen) - set(names):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose from {', '.join(names)}")
    played = [_played(mutation, wanted.seed) for mutation in MUTATIONS if mutation.name in chosen]
    if wanted.write:
        PAGE.write_text(page(played, wanted.seed))
    return 1 if any(not caught and not mutation.silent for mutation, caught, _ in played) else 0


def _played(mutation: Mutation, seed: str) -> Played:
    caught, why = play(mutation, seed)
    print(f"{_verdict(caught):<10} {mutation.name:<20} without: {mutation.guarantee} | {why}", flush=True)
    return mutation, caught, why


def _verdict(caught: bool) -> str:
    return "caught" if caught else "NOT caught"


def page(played: Sequence[Played], seed: str) -> str:
    """When and on what, and for each guarantee that was taken away whether its fault noticed."""
    head = ("removed", "the guarantee", "fault", "result", "by what")
    lines = [
        (one.name, one.guarantee, f"{one.fault} {one.aim}".strip(), _verdict(caught), why.replace("|", "/"))
        for one, caught, why in played
    ]
    return "\n".join(
        [
            f"# What `make chaos` noticed on {datetime.now(UTC).date()} once a guarantee was gone",
            "",
            f"`python -m tests.chaos.mutations --write`, seed `{seed}`, {table.machine()}",
            "",
            table.ruled(head, lines),
            "",
        ]
    )


def play(mutation: Mutation, seed: str) -> tuple[bool, str]:
    """Whether its fault noticed, and by what."""
    with tempfile.TemporaryDirectory(prefix="liengia-mutation-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "checkout"
        copied(copy)
        apply(mutation, copy)
        command = [sys.executable, "-m", "tests.chaos", "--only", mutation.fault, "--seed", seed]
        command += ["--seconds", str(mutation.seconds), "--aim", mutation.aim]
        env = {**os.environ, "TMPDIR": folder}
        env.setdefault("LIENGIA_CACHE", str(CHECKOUT / ".local" / "cache"))
        done = subprocess.run(
            command, cwd=copy, env=env, capture_output=True, text=True, timeout=_WITHIN, check=False
        )
    found = re.findall(rf"^- ({mutation.fault} (?:NOT|broke off): .*)$", done.stdout, re.MULTILINE)
    if done.returncode == 0:
        return False, mutation.silent or "the run held"
    return bool(found), f"{len(found)} remarks, the first: {found[0][:160]}" if found else done.stderr[-300:]


def copied(to: Path) -> None:
    """The files under version control as they stand here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = CHECKOUT / name
        if source.is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, to / name)


def apply(mutation: Mutation, checkout: Path) -> None:
    """Raises AssertionError when the lines to change are not there, or not once."""
    file = checkout / mutation.file
    text = file.read_text()
    count = text.count(mutation.find)
    assert count == 1, f"{mutation.name}: {mutation.file} has its lines {count} times"
    file.write_text(text.replace(mutation.find, mutation.put))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
