"""`duplicate_of` is a link, not a state: every reporter still gets a reply."""

from dataclasses import replace

from services.tips.tip.domain.decided import told
from services.tips.tip.domain.state import Tip
from services.tips.tip.domain.table import Call, enter, refusal
from shared.decision import Decision
from shared.errors import Conflict


def link_duplicate(
    tip: Tip, *, tip_id: str, target_id: str, target_duplicate_of: str | None
) -> Decision[Tip]:
    """Any state, `tip.duplicate_linked` {duplicate_of}. The caller read the target and passes its own link.

    One level only: a target that is itself a duplicate is refused, naming where to link instead, so no
    chain and no cycle can be seen from either document. Raises `Conflict` with code `links_to_itself`,
    `duplicate_chain` or `already_linked`.
    """
    status = enter(Call.link_duplicate, tip.status)
    if target_id == tip_id:
        raise Conflict("a tip cannot be its own duplicate", code="links_to_itself")
    if target_duplicate_of is not None:
        raise chain()
    if tip.duplicate_of is not None:
        raise Conflict("this tip is linked already; unlink it first", code="already_linked")
    after = replace(tip, status=status, duplicate_of=target_id)
    return told(after, "tip.duplicate_linked", {"duplicate_of": target_id})


def chain() -> Conflict:
    return Conflict("the target is itself a duplicate; link to the tip it points to", code="duplicate_chain")


def unlink_duplicate(tip: Tip) -> Decision[Tip]:
    """Any state, while linked: `tip.duplicate_unlinked` {duplicate_of: the tip it pointed to}."""
    status = enter(Call.unlink_duplicate, tip.status)
    if tip.duplicate_of is None:
        raise refusal(Call.unlink_duplicate, tip.status, "this tip is not linked")
    after = replace(tip, status=status, duplicate_of=None)
    return told(after, "tip.duplicate_unlinked", {"duplicate_of": tip.duplicate_of})
