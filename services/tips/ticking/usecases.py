"""What the clock does with a tip: warnings, breaches, closing when the appeal window ends, forgetting."""

from services.tips.erasure import domain as erasure
from services.tips.erasure.usecases import tell
from services.tips.ticking import domain
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.bench import Bench
from shared.contracts.vocabulary import TipState
from shared.outbox import Cause, Loaded


async def tick(bench: Bench, tip_id: str) -> Loaded[Tip]:
    """Fire what is due, each mark once; called by the owner of the tip's lane.

    Erasing also drops what the history says. It insists on the version that was judged: a contest that came
    in between must not lose its history (then VersionMismatch, and the clock comes again).
    """
    loaded = await bench.outbox.get(tip_id)
    erasing = erasure.erases(loaded.state, bench.now())
    ticked = await bench.outbox.update(
        tip_id,
        lambda tip, now: domain.tick(tip, rules=bench.rules, now=now),
        Cause("system:clock"),
        if_version=loaded.version if erasing else None,
        erase_history=erasing,
    )
    if erasing and ticked.state.status is TipState.ERASED:
        tell(ticked.state)
    return ticked
