"""What officers do with a tip. Texts are sealed here, under the tip's own key, before a decision."""

from datetime import datetime

from services.tips.handling.domain import first_steps, outcomes
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.access import Command, carry_out
from services.tips.tip.usecases.bench import Bench
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
from shared.outbox import Loaded


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
        lambda tip, now: first_steps.classify(
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
        lambda tip, now: first_steps.decline(
            tip,
            reason,
            by=command.caller.id,
            rules=bench.rules,
            now=now,
            note=_seal(bench, command, tip, "note", note),
        ),
    )


async def assign(bench: Bench, command: Command, *, to: str) -> Loaded[Tip]:
    return await carry_out(bench, command, lambda tip, now: first_steps.assign(tip, to=to, now=now))


async def attend(bench: Bench, command: Command) -> Loaded[Tip]:
    return await carry_out(
        bench, command, lambda tip, now: first_steps.attend(tip, by=command.caller.id, now=now)
    )


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
