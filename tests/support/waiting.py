"""Waiting for what happens soon: tests never sleep for a guessed time, they ask until it is so."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

Answer = TypeVar("Answer")
_PAUSE = 0.02
_LONGEST_PAUSE = 1.0
# How much longer than asked a test waits before it fails: the cores may be shared with other tests.
_PATIENCE = 3.0


def _pause(began: float) -> float:
    """Seconds until the next question: a costly one is asked seldom, so that the asked have the cores."""
    return min(_LONGEST_PAUSE, max(_PAUSE, 4 * (time.monotonic() - began)))


@overload
async def eventually(condition: Callable[[], Awaitable[Answer | None]], within: float = 10.0) -> Answer: ...
@overload
async def eventually(condition: Callable[[], Answer | None], within: float = 10.0) -> Answer: ...
async def eventually(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """Ask `condition` (plain or async) until it answers something true, and return that answer.

    A condition may fail with AssertionError meanwhile; after `within` seconds its last failure is the test's.
    """
    until = time.monotonic() + within * _PATIENCE
    while True:
        began = time.monotonic()
        failure: AssertionError | None = None
        answer: Any = None
        try:
            asked = condition()
            answer = await asked if inspect.isawaitable(asked) else asked
        except AssertionError as error:
            failure = error
        if answer:
            return answer
        if time.monotonic() >= until:
            raise failure or AssertionError(f"not so within {within} s; the last answer was {answer!r}")
        await asyncio.sleep(_pause(began))


def eventually_sync(condition: Callable[[], Answer], within: float = 10.0) -> Answer:
    """`eventually` for tests and fixtures without an event loop."""
    until = time.monotonic() + within * _PATIENCE
    while True:
        began = time.monotonic()
        failure: AssertionError | None = None
        answer: Answer | None = None
        try:
            answer = condition()
        except AssertionError as error:
            failure = error
        if answer:
            return answer
        if time.monotonic() >= until:
            raise failure or AssertionError(f"not so within {within} s; the last answer was {answer!r}")
        time.sleep(_pause(began))


async def in_time(awaitable: Awaitable[Answer], within: float = 10.0) -> Answer:
    """What `awaitable` gives. Raises TimeoutError after `within` seconds and the patience of all waiting."""
    return await asyncio.wait_for(awaitable, within * _PATIENCE)
