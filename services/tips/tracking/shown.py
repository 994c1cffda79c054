"""What a resident's page says beside the status: what happens next, what may be done, every clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.tips.clocks.domain import wording
from services.tips.pages.track_texts import TRACK
from services.tips.tip.domain.deadlines import APPEAL
from shared.contracts.vocabulary import MessageAuthor, TipState
from shared.web.pages import VIET_NAM
from shared.words import Language, moment_in_words

_RATED = frozenset({TipState.REPLIED, TipState.CLOSED})


def shown(tip: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """`tip` as `usecases.reporter.view` gives it."""
    clocks = [_clock(clock, language) for clock in tip["clocks"]]
    return {
        "clocks": clocks,
        "next": _next(tip, clocks, language),
        "can": {
            "write": tip["status"] is not TipState.ERASED,
            "rate": tip["status"] in _RATED and tip["rating"] is None,
            "contest": tip["may_contest_until"] is not None,
        },
    }


def _clock(clock: Mapping[str, Any], language: Language) -> dict[str, Any]:
    due = clock["due"]
    return {
        "name": clock["clock"],
        "duty": wording.duty(clock["clock"])[language],
        "state": clock["state"],
        "due": None if due is None else datetime.fromisoformat(due),
        "why": clock["why"][language],
    }


def _next(tip: Mapping[str, Any], clocks: list[dict[str, Any]], language: Language) -> str:
    """The reporter's turn first, else the next duty that somebody has to meet."""
    texts = TRACK[language]
    if tip["messages"] and tip["messages"][-1]["author"] is MessageAuthor.OFFICER:
        return texts["next_reply"]
    duties = [clock for clock in clocks if clock["state"] == "running" and clock["name"] != APPEAL]
    if not duties:
        return ""
    first = min(duties, key=lambda clock: clock["due"])
    return (
        texts["next_due"]
        .format(first["duty"], moment_in_words(first["due"], language, VIET_NAM))
        .capitalize()
    )
