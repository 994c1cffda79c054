"""Telling a part that is away from a fault of ours, without repeating anything an exception's text may
hold.
"""

import traceback

from aiokafka.errors import KafkaError

from shared.errors import Unavailable


def is_away(error: BaseException) -> bool:
    """Whether trying again later can help: database, broker or network. Never a reason for a dead letter."""
    return isinstance(error, Unavailable | KafkaError | OSError)  # TimeoutError is an OSError


def where(error: BaseException) -> str:
    """Kind and place of a fault, `ValueError at tips/usecases.py:41`. Its message may quote data, so it
    stays out.
    """
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} at {'/'.join(last.filename.rsplit('/', 2)[-2:])}:{last.lineno}"
