"""Messages between an officer and the reporter. Bounded, so that nobody can fill a document."""

from dataclasses import replace
from datetime import datetime

from services.tips.tip.domain.decided import told
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Message, Tip
from services.tips.tip.domain.table import Call, enter
from shared.contracts.vocabulary import MessageAuthor
from shared.decision import Decision
from shared.errors import Conflict, Fault, Invalid


def post_message(tip: Tip, *, author: MessageAuthor, text: str, size: int, now: datetime) -> Decision[Tip]:
    """Any state, `tip.message_posted` {author}. `text` is sealed, `size` its plain characters.

    Raises `Invalid` on an empty or long text, `Conflict(code="too_many_messages")` at the cap of that side.
    """
    status = enter(Call.messages, tip.status)
    if not 1 <= size <= LIMITS.message:
        fault = Fault("/text", f"must have 1 to {LIMITS.message} characters")
        raise Invalid("the message is empty or too long", (fault,))
    room = LIMITS.messages_by_officer if author is MessageAuthor.OFFICER else LIMITS.messages_by_reporter
    if sum(message.author is author for message in tip.messages) >= room:
        raise Conflict("this dialogue is full; please call instead", code="too_many_messages")
    message = Message(number=len(tip.messages) + 1, author=author, at=now, text=text, size=size)
    after = replace(tip, status=status, messages=(*tip.messages, message))
    return told(after, "tip.message_posted", {"author": author.value}, number=message.number)
