"""The worlds of outbox and consuming put together: what the relay sends is what the consumer reads."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.protocol.group import LeaveGroupRequest

from shared import kafka
from shared.clock import SystemClock
from shared.consume.reading import Effects
from shared.events import Event, to_kafka
from shared.outbox import Outbox, Relay, Timing
from shared.outbox.documents import lane_of
from shared.outbox.ports import EventLog, JournalStore, Outgoing, Sent
from tests.component.outbox.probe import Counter, counters
from tests.component.outbox.relays import BRIEF
from tests.component.outbox.world import PARTITIONS, read_topic
from tests.component.outbox.world import MemoryWorld as OutboxInMemory
from tests.component.outbox.world import RealWorld as RealOutbox
from tests.support.consume_probe import Message
from tests.support.consume_real import RealWorld as RealConsuming
from tests.support.consume_worlds import MemoryWorld as ConsumingInMemory
from tests.support.consume_worlds import Stop
from tests.support.memory_consume import MemoryLog
from tests.support.memory_log import MemoryCluster
from tests.support.memory_outbox import MemoryStorage

HASTY = Timing(
    lease=0.1, renew=0.02, wave=0.04, least=0.02, margin=0.01, again=0.02, poll=0.02, clocks=60, cluster=0.05
)
SLOW_TO_LOOK = replace(BRIEF, clocks=60)


class World(Protocol):
    """`strays`: waves that a relay began on a lane that was another's."""

    strays: list[str]

    async def open(self) -> None: ...
    def outbox(self) -> Outbox[Counter]:
        """New objects on the same database."""

    def relay(self, name: str) -> Relay: ...
    async def consume(self, effects: Effects) -> None:
        """Consumes as a member of the group until it is cancelled."""

    async def expel(self) -> None:
        """The group gives up the members that there are, as when their sessions have ended."""

    def effects_of(self, make: Callable[[Any, Any], Effects]) -> Effects:
        """What `make` makes of the collections for facts and for copies."""

    def journal(self) -> JournalStore: ...
    async def records(self) -> Sequence[Event]: ...
    async def rows(self) -> Mapping[str, Mapping[str, Any]]: ...
    async def copies(self) -> Mapping[str, Mapping[str, Any]]: ...
    async def all_consumed(self) -> bool: ...
    async def close(self) -> None: ...


class Witness:
    """A relay's event log that tells `stray` of every wave begun on a lane whose owner is another."""

    def __init__(self, log: EventLog, owns: Callable[[int], bool], stray: Callable[[str], None]) -> None:
        self._log, self._owns, self._stray = log, owns, stray

    async def cluster(self) -> str:
        return await self._log.cluster()

    async def missing(self, topics: Collection[str]) -> set[str]:
        return await self._log.missing(topics)

    async def produce(self, wave: Sequence[Sequence[Outgoing]], *, seconds: float) -> Sequence[Sent]:
        for subject in {outgoing.event.subject for document in wave for outgoing in document}:
            if not self._owns(lane_of(subject)):
                self._stray(subject)
        return await self._log.produce(wave, seconds=seconds)

    async def abort(self) -> None:
        await self._log.abort()


class _Topic(MemoryLog):
    """The cluster's events as the records of one partition."""

    def __init__(self, cluster: MemoryCluster) -> None:
        super().__init__()
        self._cluster = cluster

    def batch(self, member: int) -> list[Any]:
        for event in self._cluster.records[len(self.records) :]:
            key, value, headers = to_kafka(event)
            self.append("probe", Message(key, value, tuple(headers)))
        return super().batch(member)


class InMemory:
    def __init__(self) -> None:
        self.strays: list[str] = []

    async def open(self) -> None:
        self._now = asyncio.get_running_loop().time
        self._storage = MemoryStorage(self._now)
        self._outbox, self._consuming = OutboxInMemory(), ConsumingInMemory()
        self._consuming.log = _Topic(self._outbox.cluster)

    def outbox(self) -> Outbox[Counter]:
        return counters(self._storage, SystemClock())

    def relay(self, name: str) -> Relay:
        def owns(lane: int) -> bool:
            return (self._storage.lanes.owner(lane) or "").startswith(f"{name}:")

        log = Witness(self._outbox.log(), owns, self.strays.append)
        return Relay([self.outbox()], log, name, timing=HASTY, monotonic=self._now)

    async def consume(self, effects: Effects) -> None:
        await _until_cancelled(await self._consuming.start(effects))

    async def expel(self) -> None:
        return None  # who joins last has the one partition

    def effects_of(self, make: Callable[[Any, Any], Effects]) -> Effects:
        return make(self._consuming.facts, self._consuming.copies)

    def journal(self) -> JournalStore:
        return self._storage.journal

    async def records(self) -> Sequence[Event]:
        return list(self._outbox.cluster.records)

    async def rows(self) -> Mapping[str, Mapping[str, Any]]:
        return await self._consuming.rows()

    async def copies(self) -> Mapping[str, Mapping[str, Any]]:
        return await self._consuming.copied()

    async def all_consumed(self) -> bool:
        return self._consuming.log.committed == len(self._outbox.cluster.records)

    async def close(self) -> None:
        await self._consuming.close()


class Real:
    """One database and one topic for both; every life has connections of its own."""

    def __init__(self, mongo_url: str, database: str, bootstrap: str) -> None:
        self.strays: list[str] = []
        self._mongo_url, self._database, self._bootstrap = mongo_url, database, bootstrap

    async def open(self) -> None:
        self._outbox = RealOutbox(self._mongo_url, self._database, self._bootstrap)
        self._consuming = self._connected()
        await self._consuming.open()
        kept = self._consuming.database
        for name in await kept.list_collection_names():
            await kept[name].drop()
        self._lives = [self._consuming]
        self._outbox.topic = self._consuming.topic
        await self._outbox.storage().lanes.prepare()

    def _connected(self) -> RealConsuming:
        return RealConsuming(self._bootstrap, self._mongo_url, self._database, PARTITIONS)

    def outbox(self) -> Outbox[Counter]:
        return counters(self._outbox.storage(), SystemClock(), topic=self._consuming.topic)

    def relay(self, name: str) -> Relay:
        return Relay([self.outbox()], self._outbox.log(), name, timing=SLOW_TO_LOOK)

    async def consume(self, effects: Effects) -> None:
        life = self._connected()
        life.topic, life.group = self._consuming.topic, self._consuming.group
        self._lives.append(life)
        await _until_cancelled(await life.start(effects))

    async def expel(self) -> None:
        admin = kafka.make_admin(self._bootstrap, client_id="tests")
        await kafka.start(admin)
        await _expel(admin, self._consuming.group)
        await kafka.stop(admin)

    def effects_of(self, make: Callable[[Any, Any], Effects]) -> Effects:
        life = self._connected()
        self._lives.append(life)
        return make(life.facts, life.copies)

    def journal(self) -> JournalStore:
        return self._outbox.storage().journal

    async def records(self) -> Sequence[Event]:
        return await read_topic(self._bootstrap, self._outbox.topic)

    async def rows(self) -> Mapping[str, Mapping[str, Any]]:
        return await self._consuming.rows()

    async def copies(self) -> Mapping[str, Mapping[str, Any]]:
        return await self._consuming.copied()

    async def all_consumed(self) -> bool:
        return await self._consuming.all_consumed()

    async def close(self) -> None:
        for life in self._lives:
            await life.close()
        await self._outbox.close()


async def _until_cancelled(stop: Stop) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        await stop()


async def _expel(admin: AIOKafkaAdminClient, group: str) -> None:
    """A dead member keeps its partitions until its session of six seconds ends: end it now."""
    try:
        coordinator = await admin.find_coordinator(group)
    except GroupCoordinatorNotAvailableError:
        return  # nobody has ever joined
    (described,) = await admin.describe_consumer_groups([group], group_coordinator_id=coordinator)
    for _, _, _, _, members, *_ in described.groups:
        for member in members:
            await admin._client.send(coordinator, LeaveGroupRequest(group, member[0]))
