"""An event log in memory that can be down, fall silent in a wave, refuse events, and be wiped."""

import asyncio
from collections.abc import Callable, Collection, Sequence

from shared.errors import Unavailable
from shared.events import Event
from shared.outbox.ports import Failure, Outgoing, Sent


class MemoryCluster:
    """A Kafka in memory. `down`: nobody answers. `refuses`: events it never takes. `wipe`: it comes back
    empty."""

    def __init__(self) -> None:
        self.id = "cluster-1"
        self.records: list[Event] = []
        self.down = False
        self.refuses: Callable[[Event], bool] = lambda event: False
        self.acknowledges: int | None = None  # how many more events, before it falls silent once

    def wipe(self) -> None:
        self.records.clear()
        self.id = f"cluster-{int(self.id.rsplit('-', 1)[1]) + 1}"


class MemoryLog:
    """One relay's connection to a cluster."""

    def __init__(self, cluster: MemoryCluster) -> None:
        self._cluster = cluster

    async def cluster(self) -> str:
        await asyncio.sleep(0)
        if self._cluster.down:
            raise Unavailable("Kafka does not answer", code="kafka_unavailable")
        return self._cluster.id

    async def missing(self, topics: Collection[str]) -> set[str]:
        return set()

    async def produce(self, wave: Sequence[Sequence[Outgoing]], *, seconds: float) -> Sequence[Sent]:
        alone = sum(map(len, wave)) == 1
        sent = [self._produce(document, alone) for document in wave]
        await asyncio.sleep(0)
        return sent

    async def abort(self) -> None:
        return None

    def _produce(self, document: Sequence[Outgoing], alone: bool) -> Sent:
        for acknowledged, outgoing in enumerate(document):
            if self._cluster.down or self._cluster.acknowledges == 0:
                return Sent(acknowledged, Failure.AGAIN)
            if self._cluster.refuses(outgoing.event):
                return Sent(acknowledged, Failure.REFUSED if alone else Failure.SUSPECT)
            if self._cluster.acknowledges is not None:
                self._cluster.acknowledges -= 1
            self._cluster.records.append(outgoing.event)
        return Sent(len(document))
