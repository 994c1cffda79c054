"""`python -m tests.performance.fill <count>`: stores tips with their event still pending, by the write door.

With the settings of tips in the environment. No relay runs here: one elsewhere finds them.
"""

import asyncio
import sys
from uuid import uuid4

from services.tips.config import TipsSettings
from services.tips.intake.domain import NewTip, receive
from services.tips.tip.domain.state import Tip
from services.tips.tip.outgoing import SOURCE, word
from services.tips.tip.rulebook import Rulebook
from services.tips.tip.store import COLLECTION, within
from shared import rules
from shared.clock import SystemClock, to_milliseconds
from shared.contracts.vocabulary import Category, Channel, IdentityMode
from shared.identifiers import derived_id
from shared.outbox import Cause, Outbox, StateCodec
from shared.service import database_of
from shared.settings import load

_AT_ONCE = 500
_AREAS = 50


async def fill(settings: TipsSettings, count: int) -> None:
    database, clock = database_of(settings), SystemClock()
    outbox = Outbox(
        database, COLLECTION, codec=StateCodec(Tip, beside=within), word=word, source=SOURCE, clock=clock
    )
    book = Rulebook(rules.load())
    await outbox.open()

    async def one(number: int) -> None:
        seed = uuid4().bytes
        tip_id = derived_id("tip", b"bench", seed)
        new = NewTip(
            area=f"99/99001/tdp-{number % _AREAS}",
            category=Category.NOISE,
            channel=Channel.WEB,
            identity_mode=IdentityMode.PROTECTED,
            receipt_hash=seed.hex(),
            key="k1:" + "x" * 80,
            text="x" * 200,
            text_size=80,
        )
        await outbox.create(tip_id, receive(new, book, to_milliseconds(clock.now())), Cause("reporter"))

    for first in range(0, count, _AT_ONCE):
        await asyncio.gather(*(one(number) for number in range(first, min(count, first + _AT_ONCE))))
    await outbox.close()
    database.client.close()


if __name__ == "__main__":
    asyncio.run(fill(load(TipsSettings), int(sys.argv[1])))
