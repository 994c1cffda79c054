"""What the clock does with a case: follow-ups, parties who cannot be reached, forgetting."""

from services.mediation.domain import followups
from services.mediation.domain.state import Case
from services.mediation.usecases.bench import Bench
from shared.outbox import Cause, Loaded


async def tick(bench: Bench, case_id: str) -> Loaded[Case]:
    """Fire what is due, each mark once; called by the owner of the case's lane. Erasing also drops what the
    logbook says, and insists on the version that was judged.
    """
    loaded = await bench.cases.get(case_id)
    erasing = followups.erases(loaded.state, bench.now())
    return await bench.cases.update(
        case_id,
        lambda case, now: followups.tick(case, rules=bench.rules_of(case), now=now),
        Cause("system:clock"),
        if_version=loaded.version if erasing else None,
        erase_history=erasing,
    )
