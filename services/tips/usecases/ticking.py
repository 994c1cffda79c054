"""What the clock does with a tip: warnings, breaches, and closing when the appeal window has ended."""

from services.tips.domain.outcomes import tick as decide
from services.tips.domain.state import Tip
from services.tips.usecases.bench import Bench
from shared.outbox import Cause, Loaded


async def tick(bench: Bench, tip_id: str) -> Loaded[Tip]:
    """Fire what is due, each mark once; called by the owner of the tip's lane."""
    return await bench.outbox.update(tip_id, lambda tip, now: decide(tip, now=now), Cause("system:clock"))
