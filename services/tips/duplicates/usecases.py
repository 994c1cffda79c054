"""Linking a tip to the one that tells of the same incident, and undoing it."""

from dataclasses import replace
from datetime import datetime

from services.tips.duplicates import domain
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.access import HANDLE, Command, carry_out, load, open_tip, require_access
from services.tips.tip.usecases.bench import Bench
from shared.decision import Decision
from shared.errors import Conflict, Fault, Invalid, NotFound
from shared.outbox import Loaded


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
        return domain.link_duplicate(
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
    crossed = domain.chain()

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        if tip.duplicate_of != duplicate_of:
            raise crossed
        return domain.unlink_duplicate(tip)

    await carry_out(bench, replace(command, if_version=None), decide)
    raise crossed


async def unlink_duplicate(bench: Bench, command: Command) -> Loaded[Tip]:
    return await carry_out(bench, command, lambda tip, now: domain.unlink_duplicate(tip))
