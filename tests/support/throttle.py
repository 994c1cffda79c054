"""A process that gets a small part of the time: stopped and let go again in turn."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

# A consumer takes a whole batch in a few milliseconds: shorter rounds would let it keep up with anything.
_ROUND = 2.0


@contextmanager
def throttled(pids: Sequence[int], part: float) -> Iterator[None]:
    """While the block runs each of `pids` may work for `part` (0 to 1) of the time. Shorter than any session
    or timeout: to everybody else it is alive, and slow."""
    ended = threading.Event()

    def tell(number: signal.Signals) -> None:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def hold() -> None:
        while not ended.is_set():
            tell(signal.SIGSTOP)
            ended.wait(_ROUND * (1 - part))
            tell(signal.SIGCONT)
            time.sleep(_ROUND * part)

    holder = threading.Thread(target=hold, name="throttle", daemon=True)
    holder.start()
    try:
        yield
    finally:
        ended.set()
        holder.join()
        tell(signal.SIGCONT)
