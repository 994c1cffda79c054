"""Messages both ways, sealed under the tip's key; a repeat under the same key posts nothing again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.tips.dialogue.domain import post_message
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.state import Message, Tip
from services.tips.tip.usecases import identifiers
from services.tips.tip.usecases.access import HANDLE, Command, open_tip, require_access
from services.tips.tip.usecases.bench import Bench
from shared.contracts.vocabulary import MessageAuthor
from shared.decision import Decision
from shared.errors import Conflict
from shared.outbox import Cause, Loaded


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to whoever wrote: the same for every repeat."""

    number: int
    author: MessageAuthor
    at: datetime


Decide = Callable[[Tip, datetime], Decision[Tip]]


async def ask(bench: Bench, command: Command, *, text: str, key: str | None) -> Posted:
    """An officer writes to the reporter. `key` is the Idempotency-Key."""
    loaded = await open_tip(bench, command, HANDLE)
    mark = identifiers.mark_of(bench.secrets, command.tip_id, command.caller.name, key)
    post = posting(bench, command.tip_id, MessageAuthor.OFFICER, text, mark)

    def guarded(tip: Tip, now: datetime) -> Decision[Tip]:
        require_access(tip, command.caller, HANDLE)
        return post(tip, now)

    # A repeat names the version that its first arrival has already changed.
    if_version = None if _marked(loaded.state, mark) else command.if_version
    return await deliver(bench, command.tip_id, guarded, mark, command.cause, if_version=if_version)


def posting(bench: Bench, tip_id: str, author: MessageAuthor, text: str, mark: str) -> Decide:
    """The decision that adds a message once. Raises Conflict `idempotency_mismatch` for another text under
    one mark.
    """

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        earlier = _marked(tip, mark)
        if earlier is not None:
            if bench.open(tip_id, tip, f"message/{earlier.number}", earlier.text) != text:
                raise Conflict("This key was used with another text.", code="idempotency_mismatch")
            return Decision(tip, next_due=deadlines.next_due(tip))
        sealed = bench.seal(tip_id, tip, f"message/{len(tip.messages) + 1}", text)
        decision = post_message(tip, author=author, text=sealed, size=len(text), now=now)
        *before, newest = decision.state.messages
        messages = (*before, replace(newest, mark=mark))
        return replace(decision, state=replace(decision.state, messages=messages))

    return decide


async def deliver(
    bench: Bench, tip_id: str, decide: Decide, mark: str, cause: Cause, *, if_version: int | None = None
) -> Posted:
    loaded = await bench.outbox.update(tip_id, decide, cause, if_version=if_version)
    message = _marked(loaded.state, mark)
    if message is None:
        raise Conflict("The message was not stored.")
    return Posted(message.number, message.author, message.at)


def _marked(tip: Tip, mark: str) -> Message | None:
    return next((message for message in tip.messages if message.mark == mark), None)


def opened(bench: Bench, loaded: Loaded[Tip]) -> list[dict[str, Any]]:
    """Every message in order, opened."""
    return [
        {
            "number": message.number,
            "author": message.author,
            "at": message.at,
            "text": bench.open(loaded.id, loaded.state, f"message/{message.number}", message.text),
        }
        for message in loaded.state.messages
    ]
