"""Gaps in an aggregate's event numbers, as far as this process can know them."""

from collections import OrderedDict

_REMEMBERED = 50_000  # keys; the least recently seen are forgotten first


class Sequences:
    """Highest sequence seen per (topic, record key). A gap means loss and is told, but never stops
    anything.
    """

    def __init__(self) -> None:
        self._highest: OrderedDict[tuple[str, bytes], int] = OrderedDict()

    def gap(self, topic: str, key: bytes, sequence: int) -> int:
        """How many events are missing before this one: 0 for a repeat, the next, or a key not seen yet."""
        place = (topic, key)
        last = self._highest.pop(place, None)
        self._highest[place] = max(sequence, last or 0)
        if len(self._highest) > _REMEMBERED:
            self._highest.popitem(last=False)
        return 0 if last is None else max(sequence - last - 1, 0)

    def forget(self, topic: str, key: bytes) -> None:
        """A record of this key could not be read, so its number is unknown."""
        self._highest.pop((topic, key), None)

    def clear(self) -> None:
        """Partitions have moved: another replica may have consumed meanwhile."""
        self._highest.clear()
