"""What officers do with a tip. Texts are sealed here, under the tip's own key, before a decision."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from services.tips.domain import duplicates, extension, outcomes
from services.tips.domain import handling as domain
from services.tips.domain.state import Tip
from services.tips.usecases.access import Command, load, open_tip, require_access
from services.tips.usecases.bench import Bench
from shared.contracts.vocabulary import (
    Authority,
    Category,
    Classification,
    DeclineReason,
    DisputeType,
    HandoverResult,
    Harm,
    UnfoundedReason,
)
from shared.decision import Decision
from shared.errors import Conflict, Fault, Invalid, NotFound
from shared.outbox import Loaded

HANDLE = "tips:handle"
SUPERVISE = "tips:supervise"

Decide = Callable[[Tip, datetime], Decision[Tip]]


async def carry_out(bench: Bench, command: Command, decide: Decide, *, scope: str = HANDLE) -> Loaded[Tip]:
    """Run one decision on a tip its caller may touch.

    Access is judged before the version is compared, so that If-Match betrays nothing, and again on what is
    written. Raises Forbidden, NotFound, VersionMismatch, Unavailable and whatever the decision refuses.
    """
    await open_tip(bench, command, scope)

    def guarded(tip: Tip, now: datetime) -> Decision[Tip]:
        require_access(tip, command.caller, scope)
        return decide(tip, now)

    return await bench.outbox.update(command.tip_id, guarded, command.cause, if_version=command.if_version)


def _seal(bench: Bench, command: Command, tip: Tip, field: str, text: str | None) -> str | None:
    return None if text is None else bench.seal(command.tip_id, tip, field, text)


async def classify(
    bench: Bench,
    command: Command,
    *,
    classification: Classification,
    harm: Harm,
    dispute_type: DisputeType | None,
    pattern: str | None,
    category: Category | None,
) -> Loaded[Tip]:
    return await carry_out(
        bench,
        command,
        lambda tip, now: domain.classify(
            tip,
            classification,
            by=command.caller.id,
            now=now,
            harm=harm,
            dispute_type=dispute_type,
            pattern=pattern,
            category=category,
        ),
    )


async def decline(bench: Bench, command: Command, *, reason: DeclineReason, note: str | None) -> Loaded[Tip]:
    return await carry_out(
        bench,
        command,
        lambda tip, now: domain.decline(
            tip,
            reason,
            by=command.caller.id,
            rules=bench.rules,
            now=now,
            note=_seal(bench, command, tip, "note", note),
        ),
    )


async def assign(bench: Bench, command: Command, *, to: str) -> Loaded[Tip]:
    return await carry_out(bench, command, lambda tip, now: domain.assign(tip, to=to, now=now))


async def attend(bench: Bench, command: Command) -> Loaded[Tip]:
    return await carry_out(bench, command, lambda tip, now: domain.attend(tip, by=command.caller.id, now=now))


def extension_field(clock: str, round_: int, number: int) -> str:
    """The field under which the reason of the clock's n-th extension is sealed."""
    return f"extension/{clock}/{round_}/{number}"


async def extend(
    bench: Bench, command: Command, *, clock: str, ground: str, until: date, reason: str
) -> Loaded[Tip]:
    """Giving more time is a supervisor's right."""

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        number = sum(len(one.extensions) for one in tip.clocks if (one.name, one.round) == (clock, tip.round))
        field = extension_field(clock, tip.round, number + 1)
        sealed = bench.seal(command.tip_id, tip, field, reason)
        return extension.extend(
            tip, clock, ground, until, reason=sealed, by=command.caller.id, rules=bench.rules, now=now
        )

    return await carry_out(bench, command, decide, scope=SUPERVISE)


async def link_duplicate(bench: Bench, command: Command, *, duplicate_of: str) -> Loaded[Tip]:
    """The target must be one that the caller may see; otherwise it is as unknown as one that does not
    exist.
    """
    await open_tip(bench, command, HANDLE)
    try:
        target = await load(bench, duplicate_of)
        require_access(target.state, command.caller, HANDLE)
    except NotFound:
        raise Invalid("There is no such tip to link to.", (Fault("/duplicate_of", "is not known"),)) from None

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        if target.state.restricted and not tip.restricted:
            # The public event would name a tip whose existence only the inspectorate may know.
            raise Conflict("Only a restricted tip may be linked to that one.", code="restricted_target")
        return duplicates.link_duplicate(
            tip,
            tip_id=command.tip_id,
            target_id=duplicate_of,
            target_duplicate_of=target.state.duplicate_of,
        )

    linked = await carry_out(bench, command, decide)
    await _undo_if_crossed(bench, command, duplicate_of)
    return linked


async def _undo_if_crossed(bench: Bench, command: Command, duplicate_of: str) -> None:
    """Two tips linked to each other at the same moment: no decision saw the other's link, and the incident
    would vanish from the counts. Each looks again after its write, so whoever wrote last sees it.

    Raises Conflict `duplicate_chain` after taking its own link back; when both see it, neither link stays.
    """
    if (await load(bench, duplicate_of)).state.duplicate_of is None:
        return
    crossed = duplicates.chain()

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        if tip.duplicate_of != duplicate_of:
            raise crossed
        return duplicates.unlink_duplicate(tip)

    await carry_out(bench, replace(command, if_version=None), decide)
    raise crossed


async def unlink_duplicate(bench: Bench, command: Command) -> Loaded[Tip]:
    return await carry_out(bench, command, lambda tip, now: duplicates.unlink_duplicate(tip))


async def handover(
    bench: Bench, command: Command, *, authority: Authority, receipt_no: str | None, note: str | None
) -> Loaded[Tip]:
    return await carry_out(
        bench,
        command,
        lambda tip, now: outcomes.handover(
            tip,
            authority,
            by=command.caller.id,
            rules=bench.rules,
            now=now,
            receipt_no=receipt_no,
            note=_seal(bench, command, tip, "note", note),
        ),
    )


async def resolve(bench: Bench, command: Command, *, note: str | None) -> Loaded[Tip]:
    return await carry_out(
        bench,
        command,
        lambda tip, now: outcomes.resolve(
            tip,
            by=command.caller.id,
            rules=bench.rules,
            now=now,
            note=_seal(bench, command, tip, "note", note),
        ),
    )


async def find_unfounded(
    bench: Bench, command: Command, *, reason: UnfoundedReason, note: str | None
) -> Loaded[Tip]:
    return await carry_out(
        bench,
        command,
        lambda tip, now: outcomes.find_unfounded(
            tip,
            reason,
            by=command.caller.id,
            rules=bench.rules,
            now=now,
            note=_seal(bench, command, tip, "note", note),
        ),
    )


async def handover_result(
    bench: Bench,
    command: Command,
    *,
    result: HandoverResult,
    case_count: int | None,
    person_count: int | None,
) -> Loaded[Tip]:
    return await carry_out(
        bench,
        command,
        lambda tip, now: outcomes.handover_result(
            tip, result, now=now, cases=case_count, persons=person_count
        ),
    )


async def reply(bench: Bench, command: Command, *, text: str) -> Loaded[Tip]:
    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        sealed = bench.seal(command.tip_id, tip, "reply", text)
        return outcomes.reply(
            tip, text=sealed, size=len(text), by=command.caller.id, rules=bench.rules, now=now
        )

    return await carry_out(bench, command, decide)


async def close(bench: Bench, command: Command) -> Loaded[Tip]:
    return await carry_out(bench, command, lambda tip, now: outcomes.close(tip, rules=bench.rules, now=now))
