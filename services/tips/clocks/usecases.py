"""Giving a clock more time, and letting every clock explain itself."""

from datetime import date, datetime

from services.tips.clocks.domain import extension
from services.tips.clocks.domain.explain import explain
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.access import READ, SUPERVISE, Command, carry_out, open_tip
from services.tips.tip.usecases.bench import Bench
from shared.decision import Decision
from shared.outbox import Loaded


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


async def clock_list(bench: Bench, command: Command) -> list[dict[str, object]]:
    """Every clock with its rule, intervals, extensions, due time and why."""
    loaded = await open_tip(bench, command, READ)
    return explain(loaded.state, bench.now(), bench.rules)
