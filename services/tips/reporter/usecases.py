"""What a reporter may do with their own tip. The receipt code is all they need and all we know them by."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.tips.clocks.domain.explain import explain
from services.tips.dialogue import usecases as dialogue
from services.tips.dialogue.usecases import Posted
from services.tips.erasure import domain as erasure
from services.tips.evidence.usecases import Sent, Shelf, add_by_reporter
from services.tips.identity import domain as identity
from services.tips.identity.usecases import seen_by_the_reporter
from services.tips.mediation import usecases as mediation
from services.tips.receipt.domain import codes
from services.tips.reporter import domain
from services.tips.tip.domain.state import Evidence, Tip
from services.tips.tip.usecases import identifiers
from services.tips.tip.usecases.bench import Bench
from shared.contracts.vocabulary import MessageAuthor, TipState
from shared.decision import Decision
from shared.errors import NotFound, Unauthorised
from shared.outbox import Cause, Loaded

STATUS_WORDS: dict[TipState, tuple[str, str]] = {
    TipState.RECEIVED: (
        "Tin của bạn đã được tiếp nhận và đang chờ cán bộ phân loại.",
        "Your report has been received and waits for an officer to look at it.",
    ),
    TipState.CLASSIFIED: (
        "Tin của bạn đã được phân loại và đang được xử lý.",
        "Your report has been looked at and is being worked on.",
    ),
    TipState.REFERRED: (
        "Vụ việc đã được chuyển sang hòa giải ở cơ sở.",
        "The matter has been referred to neighbourhood mediation.",
    ),
    TipState.HANDED_OVER: (
        "Tin của bạn đã được chuyển cho cơ quan có thẩm quyền.",
        "Your report has been handed over to the authority in charge.",
    ),
    TipState.RESOLVED: (
        "Vụ việc đã được giải quyết. Bạn sẽ nhận được câu trả lời.",
        "The matter has been resolved. You will get an answer.",
    ),
    TipState.UNFOUNDED: (
        "Đã xác minh nhưng chưa có căn cứ. Bạn sẽ nhận được câu trả lời.",
        "It was checked and nothing was found to support it. You will get an answer.",
    ),
    TipState.OUT_OF_SCOPE: (
        "Tin này không thuộc phạm vi giải quyết ở đây. Bạn sẽ nhận được câu trả lời.",
        "This is not something that can be dealt with here. You will get an answer.",
    ),
    TipState.REPLIED: (
        "Đã có câu trả lời cho bạn. Bạn có thể đánh giá hoặc đề nghị xem xét lại.",
        "There is an answer for you. You may rate it or contest it.",
    ),
    TipState.CLOSED: ("Tin đã được đóng.", "The report has been closed."),
    TipState.REOPENED: (
        "Theo đề nghị của bạn, tin đã được mở lại và giao cho cán bộ khác.",
        "As you asked, the report has been reopened and goes to another officer.",
    ),
    TipState.ERASED: (
        "Nội dung tin đã được xóa theo quy định lưu trữ.",
        "What the report said has been erased, as the rules on keeping data require.",
    ),
}

JOIN_WORDS = (
    "Với mã này, bạn tự tham gia hòa giải, chỉ dùng một lần: đọc hoặc đưa mã cho tổ hòa giải, hoặc nhập ở "
    "trang của tổ hòa giải. Tin báo của bạn không được chuyển sang đó; bạn tự chọn điều muốn kể. "
    "Bạn không bắt buộc phải dùng mã, và đừng đưa mã cho ai khác.",
    "With this code you join the mediation yourself, once: tell or show it to the mediation team, or enter "
    "it on their page. What you reported is not passed on to them; you choose what to tell. "
    "You need not use it, and give it to nobody else.",
)


async def find(bench: Bench, said: str) -> Loaded[Tip]:
    """The tip of a receipt code as it was typed. Raises Unauthorised `receipt_unknown`.

    A code that cannot be one is looked up all the same, so that the answer takes the same time.
    A code that two tips share (see `intake`) opens neither.
    """
    mark = identifiers.receipt_mark(bench.secrets, _canonical(said))
    found = await bench.lookup.by_receipt(mark)
    if len(found) != 1:
        raise unknown()
    try:
        return await bench.outbox.get(found[0])
    except NotFound:
        raise unknown() from None


def _canonical(said: str) -> str:
    try:
        return codes.parse(said)
    except Unauthorised:
        return "not a code"


def unknown() -> Unauthorised:
    return Unauthorised("This receipt code is not known.", code="receipt_unknown")


def view(bench: Bench, loaded: Loaded[Tip]) -> dict[str, Any]:
    """What a reporter sees: the status in plain words, what was answered, the dialogue, and every deadline
    with its reason.

    No officer is named, and nothing says more than the code itself proves.
    """
    tip, now = loaded.state, bench.now()
    vi, en = STATUS_WORDS[tip.status]
    return {
        "status": tip.status,
        "status_text": {"vi": vi, "en": en},
        "category": tip.category,
        "area": tip.area,
        "received_at": tip.received_at,
        "reply": bench.open(loaded.id, tip, "reply", tip.reply),
        "replied_at": tip.replied_at,
        "messages": dialogue.opened(bench, loaded),
        "clocks": [
            {name: clock[name] for name in ("clock", "state", "due", "why")}
            for clock in explain(tip, now, bench.rules)
        ],
        "evidence": [
            {"number": one.number, "kind": one.kind, "at": one.at, "size": one.copy.size}
            for one in tip.evidence
            if one.author is MessageAuthor.REPORTER
        ],
        "mediation": _join(bench, loaded),
        "identity": seen_by_the_reporter(tip),
        "erasure": {
            "asked_at": tip.erasure_asked_at,
            "answer_by": tip.erasure_due,
            "erased_at": tip.erased_at,
        },
        "rating": tip.rating,
        "may_contest_until": domain.may_contest_until(tip, now),
    }


def _join(bench: Bench, loaded: Loaded[Tip]) -> dict[str, Any] | None:
    """The join code while the matter is with mediation; before and after there is none to show."""
    if loaded.state.status is not TipState.REFERRED:
        return None
    vi, en = JOIN_WORDS
    code = mediation.join_code(bench, loaded.id, loaded.state.referral)
    return {"join_code": code, "what_for": {"vi": vi, "en": en}}


async def write(bench: Bench, said: str, *, text: str, key: str | None, traceparent: str | None) -> Posted:
    """A message to the officer. `key` is the Idempotency-Key."""
    tip_id = (await find(bench, said)).id
    mark = identifiers.mark_of(bench.secrets, tip_id, "reporter", key)
    decide = dialogue.posting(bench, tip_id, MessageAuthor.REPORTER, text, mark)
    return await dialogue.deliver(bench, tip_id, decide, mark, Cause("reporter", traceparent))


async def add_file(
    bench: Bench,
    shelf: Shelf,
    said: str,
    *,
    pieces: AsyncIterator[bytes],
    key: str | None,
    traceparent: str | None,
) -> Evidence:
    """A file of the reporter's. `key` is the Idempotency-Key. Raises as `evidence.add`."""
    loaded = await find(bench, said)
    mark = identifiers.mark_of(bench.secrets, loaded.id, "reporter", key)
    sent = Sent(MessageAuthor.REPORTER, pieces, mark)
    return await add_by_reporter(bench, shelf, loaded, sent, Cause("reporter", traceparent))


async def withdraw_identity(bench: Bench, said: str, *, traceparent: str | None) -> Loaded[Tip]:
    """Who reported is destroyed; the report goes on without it. Raises Conflict `no_identity`."""
    tip_id = (await find(bench, said)).id
    return await bench.outbox.update(
        tip_id, lambda tip, now: identity.withdraw(tip), Cause("reporter", traceparent)
    )


async def ask_for_erasure(bench: Bench, said: str, *, traceparent: str | None) -> Loaded[Tip]:
    """Raises Conflict `erased_already`; a repeat changes nothing."""
    tip_id = (await find(bench, said)).id

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        return erasure.ask(tip, rules=bench.rules.of(tip.profile), now=now)

    return await bench.outbox.update(tip_id, decide, Cause("reporter", traceparent))


async def rate(bench: Bench, said: str, *, rating: int, traceparent: str | None) -> Loaded[Tip]:
    tip_id = (await find(bench, said)).id
    return await bench.outbox.update(
        tip_id, lambda tip, now: domain.rate(tip, rating, now=now), Cause("reporter", traceparent)
    )


async def contest(bench: Bench, said: str, *, reason: str | None, traceparent: str | None) -> Loaded[Tip]:
    """Once, inside the appeal window. The reason becomes a message of the reporter's."""
    tip_id = (await find(bench, said)).id
    mark = identifiers.mark_of(bench.secrets, tip_id, "reporter", None)

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        reopened = domain.contest(tip, rules=bench.rules, now=now)
        if reason is None:
            return reopened
        told = dialogue.posting(bench, tip_id, MessageAuthor.REPORTER, reason, mark)(reopened.state, now)
        return replace(told, happened=reopened.happened + told.happened, noted=reopened.noted + told.noted)

    return await bench.outbox.update(tip_id, decide, Cause("reporter", traceparent))
