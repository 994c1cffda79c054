"""Evidence: added by either side, bounded, and every look at it in the history."""

from dataclasses import replace
from typing import Literal

from services.tips.tip.domain import deadlines
from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Evidence, StoredFile, Tip
from services.tips.tip.domain.table import Call, enter
from shared.contracts.vocabulary import IdentityMode, MessageAuthor
from shared.decision import Decision, Noted
from shared.errors import Conflict, NotFound

Which = Literal["copy", "original"]


def require_room(tip: Tip, author: MessageAuthor) -> None:
    """Raises `IllegalTransition` for an erased tip, `Conflict(code="too_many_files")` at the cap of that
    side."""
    enter(Call.evidence, tip.status)
    most = LIMITS.files_by_officer if author is MessageAuthor.OFFICER else LIMITS.files_by_reporter
    if sum(one.author is author for one in tip.evidence) >= most:
        raise Conflict(f"There is room for {most} files.", code="too_many_files")


def keeps_original(tip: Tip, author: MessageAuthor) -> bool:
    """What an anonymous reporter sent may say who they are (position, device): only the copy is kept."""
    return author is MessageAuthor.OFFICER or tip.identity_mode is not IdentityMode.ANONYMOUS


def anonymous(evidence: Evidence) -> Evidence:
    """The same without what may say who its sender is."""
    return evidence if evidence.author is MessageAuthor.OFFICER else replace(evidence, original=None)


def add(tip: Tip, added: Evidence) -> Decision[Tip]:
    """Any state, `tip.information_added` {author, items: 1}; `added` gets the next number.

    Raises as `require_room`.
    """
    require_room(tip, added.author)
    kept = added if keeps_original(tip, added.author) else anonymous(added)
    kept = replace(kept, number=len(tip.evidence) + 1)
    after = replace(tip, evidence=(*tip.evidence, kept))
    facts: dict[str, object] = {"author": added.author.value, "items": 1}
    original = kept.original is not None
    return told(after, "tip.information_added", facts, evidence=kept.number, original_kept=original)


def look(tip: Tip, number: int, which: Which) -> Decision[Tip]:
    """Nothing but an entry of the history, `evidence_seen`. Raises `NotFound`."""
    find(tip, number, which)
    seen = Noted("evidence_seen", {"evidence": number, "which": which})
    return Decision(tip, noted=(seen,), next_due=deadlines.next_due(tip))


def find(tip: Tip, number: int, which: Which = "copy") -> tuple[Evidence, StoredFile]:
    """Raises `NotFound`, also for an original that was not kept."""
    one = next((one for one in tip.evidence if one.number == number), None)
    file = None if one is None else one.copy if which == "copy" else one.original
    if one is None or file is None:
        raise NotFound("There is no such file.")
    return one, file
