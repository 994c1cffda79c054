"""Replay dead letters, look after parked keys, have a group read again: `python -m shared.replay`.

`list|show|dry-run|send` read `<group>.dlt` and send to `<group>.retry`, never to the source topic, whose
other readers have had the event already. `rewind` is for a service whose database is filled anew.
Exit codes: 0 done, 1 not (or not wholly) possible, 2 wrong use, 3 nothing matches.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from shared.consume import letters
from shared.consume.letters import Letter
from shared.consume.mongo_park import MongoPark
from shared.consume.rewinding import rewind
from shared.errors import Conflict, Unavailable
from shared.mongo import connect

DONE, FAILED, WRONG_USE, NOTHING = 0, 1, 2, 3
_CANNOT_SEND = "body_at_origin"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = asyncio.run(options.run(options))
    except Unavailable as error:
        return _complain(f"{error.detail}. Nothing more was done; run the same command again later.")
    except Conflict as error:
        return _complain(f"{error.detail}.")
    except LookupError as error:
        return _complain(f"{error.args[0]}. Is the group right, and have the topics been created?")
    return code


async def run_list(options: argparse.Namespace) -> int:
    found = await _chosen(options)
    if not found:
        return _nothing()
    print(f"{'PLACE':<10} {'REASON':<14} {'FAILED AT':<20} {'SENT':<4} {'TYPE':<36} {'ORIGIN':<28} EVENT")
    for one in found:
        sent = "yes" if one.sent else "no"
        print(
            f"{one.place:<10} {one.reason:<14} {one.failed_at[:19]:<20} {sent:<4} "
            f"{_short(one.event_type, 36):<36} {one.origin:<28} {_short(one.event_id, 48)}"
        )
    return DONE


async def run_show(options: argparse.Namespace) -> int:
    found = await _chosen(options)
    if not found:
        return _nothing()
    for one in found[:1]:
        record = one.record
        for label, value in (
            ("place", one.place),
            ("reason", one.reason),
            ("origin", one.origin),
            ("failed at", one.failed_at),
            ("sent", "yes" if one.sent else "no"),
            ("key", _size(record.key)),
            ("value", _size(record.value)),
            ("today", letters.judge(one)),
        ):
            print(f"{label:<10} {value}")
        print("headers")
        for name, held in record.headers:
            print(f"  {name}: {(held or b'').decode(errors='backslashreplace')}")
        if options.body:
            print("body\n" + (record.value or b"").decode(errors="backslashreplace"))
    if len(found) > 1:
        print(f"({len(found) - 1} more match; name one with --id)")
    return DONE


async def run_dry_run(options: argparse.Namespace) -> int:
    found = await _chosen(options)
    if not found:
        return _nothing()
    for one in found:
        verdict = "already sent, would be left out" if one.sent and not options.again else letters.judge(one)
        print(f"{one.place:<10} {one.reason:<14} {_short(one.event_type, 36):<36} today: {verdict}")
    return DONE


async def run_send(options: argparse.Namespace) -> int:
    found = await _chosen(options)
    if not found:
        return _nothing()
    fresh = [one for one in found if options.again or not one.sent]
    for one in found:
        if one not in fresh:
            print(f"{one.place:<10} already sent (use --again to send it once more)")
    possible = [one for one in fresh if letters.judge(one) != _CANNOT_SEND]
    for one in fresh:
        if one not in possible:
            print(f"{one.place:<10} too large to have been copied: its body is still at {one.origin}")
    sent = await letters.send(
        _bootstrap(options),
        options.group,
        possible,
        per_second=options.rate,
        told=lambda one: print(f"{one.place:<10} sent to {options.group}.retry"),
    )
    print(f"{sent} sent, {len(found) - len(fresh)} already sent before, {len(fresh) - sent} impossible")
    return DONE if sent == len(fresh) else FAILED


async def run_parked_list(options: argparse.Namespace) -> int:
    heads = await _park(options).heads()
    if not heads:
        return _nothing()
    print(f"{'SINCE':<20} {'TRIES':<6} {'BEHIND':<7} {'REASON':<24} {'HEAD':<32} KEY")
    for head, behind in heads:
        since = head.since.astimezone(UTC).isoformat()[:19]
        print(
            f"{since:<20} {head.attempts:<6} {behind:<7} {_short(head.reason, 24):<24} "
            f"{head.record.place:<32} {head.key}" + ("  (skip asked for)" if head.skip else "")
        )
    return DONE


async def run_parked_skip(options: argparse.Namespace) -> int:
    if not await _park(options).ask_skip(options.key, datetime.now(UTC)):
        print("nothing is parked under that key", file=sys.stderr)
        return NOTHING
    print("the running consumer will dead-letter the head and go on with what waits behind it")
    return DONE


async def run_rewind(options: argparse.Namespace) -> int:
    places = await rewind(_bootstrap(options), options.group)
    print(*places, sep="\n")
    return DONE if places else _nothing()


async def _chosen(options: argparse.Namespace) -> list[Letter]:
    found = await letters.read(_bootstrap(options), options.group)
    wanted = [
        one
        for one in found
        if options.reason in (None, one.reason)
        and options.type in (None, one.event_type)
        and options.id in (None, one.event_id, one.place)
    ]
    return wanted[: options.limit]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.replay",
        description=(__doc__ or "").splitlines()[0],
        epilog="A consumer that stopped itself over too many dead letters in a minute (`stopped` in the "
        "body of its service's /readyz) goes on when that service is restarted: mend the cause, "
        "restart, then send what was dead-lettered.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, what in (
        ("list", run_list, "one line per dead letter"),
        ("show", run_show, "one dead letter: reason, sizes and headers; its body only with --body"),
        ("dry-run", run_dry_run, "what each dead letter would meet today; sends nothing"),
        ("send", run_send, "send dead letters to <group>.retry"),
    ):
        command = _command(commands, name, run, what)
        command.add_argument("--bootstrap", help="Kafka, host:port (default: KAFKA_BOOTSTRAP_SERVERS)")
        command.add_argument("--reason", help="only this reason, such as schema")
        command.add_argument("--type", help="only this event type")
        command.add_argument("--id", help="only this event id, or this place (partition/offset)")
        command.add_argument("--limit", type=_positive_int, help="at most so many, oldest first")
        if name == "show":
            command.add_argument("--body", action="store_true", help="print the body too")
        if name in ("send", "dry-run"):
            command.add_argument("--again", action="store_true", help="also what has been sent before")
        if name == "send":
            command.add_argument("--rate", type=_positive, default=50.0, help="records a second (default 50)")
    again = _command(commands, "rewind", run_rewind, "the stopped group begins its topics again")
    again.add_argument("--bootstrap", help="Kafka, host:port (default: KAFKA_BOOTSTRAP_SERVERS)")
    parked = commands.add_parser("parked", help="keys that wait for something (MONGO_URL, MONGO_DATABASE)")
    parked_commands = parked.add_subparsers(required=True, metavar="COMMAND")
    _command(parked_commands, "list", run_parked_list, "one line per parked key, longest waiting first")
    skip = _command(parked_commands, "skip", run_parked_skip, "give up the head of a key")
    skip.add_argument("--key", required=True)
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: object, what: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=what, description=what)
    command.add_argument("--group", required=True, help="the consumer group: tips, analytics, …")
    command.set_defaults(run=run)
    return command


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= 100_000:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _bootstrap(options: argparse.Namespace) -> str:
    return options.bootstrap or _setting("KAFKA_BOOTSTRAP_SERVERS")


def _park(options: argparse.Namespace) -> MongoPark:
    return MongoPark(connect(_setting("MONGO_URL"), _setting("MONGO_DATABASE")), options.group)


def _setting(name: str) -> str:
    if value := os.environ.get(name):
        return value
    print(f"set {name}", file=sys.stderr)
    raise SystemExit(WRONG_USE)


def _nothing() -> int:
    print("nothing matches", file=sys.stderr)
    return NOTHING


def _complain(message: str) -> int:
    print(message, file=sys.stderr)
    return FAILED


def _size(data: bytes | None) -> str:
    return "none" if data is None else f"{len(data)} bytes"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


if __name__ == "__main__":
    sys.exit(main())
