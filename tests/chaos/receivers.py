"""Receivers of webhooks: one that is well, and one that fails, hangs up and dawdles as the seed says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random

from shared.contracts import EVENT_MODELS
from tests.support.portal import Portal, portal
from tests.support.receiver import Behaviour, Received, answers, resets
from tests.support.reconcile import TOPICS
from tests.support.system import System

STEADY, FLAKY = "the steady receiver", "the flaky receiver"
_FAILS_OF, _RESETS_OF, _SLOW_OF, _OUT_OF = 3, 6, 8, 100
_SLOW_SECONDS = 0.2
_TYPES = frozenset(model.TYPE for model in EVENT_MODELS if model.TOPIC in TOPICS)
# The bulk of the events goes to one of the two, so that the machine need not post everything twice.
_TO_STEADY_ONLY = frozenset({"liengia.tip.classified.v1", "liengia.tip.assigned.v1"})
_TO_FLAKY_ONLY = frozenset({"liengia.tip.received.v1", "liengia.tip.resolved.v1"})


def flaky(rng: Random) -> Behaviour:
    """Of a hundred posts about three are answered 500, three end in a hang-up and two come late. A post that
    was read and then hung up on has arrived: it comes again under its `webhook-id`."""

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        drawn = rng.randrange(_OUT_OF)
        if drawn < _FAILS_OF:
            await answers(500)(received, writer)
        elif drawn < _RESETS_OF:
            await resets(received, writer)
        else:
            if drawn < _SLOW_OF:
                await asyncio.sleep(_SLOW_SECONDS)
            await answers(200)(received, writer)

    return behave


@asynccontextmanager
async def receivers(system: System, rng: Random) -> AsyncIterator[dict[str, Portal]]:
    """Both registered for every area while the block runs."""
    async with AsyncExitStack() as stack:
        steady = await stack.enter_async_context(portal(system, types=_TYPES - _TO_FLAKY_ONLY))
        failing = await stack.enter_async_context(portal(system, types=_TYPES - _TO_STEADY_ONLY))
        failing.receiver.behaviour = flaky(rng)
        yield {STEADY: steady, FLAKY: failing}
