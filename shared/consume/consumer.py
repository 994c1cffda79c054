"""The supervised consumer of one service: survives Kafka and MongoDB being away, and says how it is doing."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shared import kafka
from shared.clock import Clock
from shared.consume.batch import Batches, TooMuchPoison
from shared.consume.dead_letters import KafkaDeadLetters
from shared.consume.effects import BulkEffects
from shared.consume.mongo_park import MongoPark
from shared.consume.mongo_store import MongoEffects
from shared.consume.oldest import OldestUnhandled
from shared.consume.reactions import Reactions
from shared.consume.reading import ContractFor, Effects, Reader
from shared.consume.record import Record, RejectHook
from shared.consume.shapes import Reaction
from shared.consume.subscription import Subscription
from shared.consume.timing import Timing
from shared.consume.trouble import is_away, where
from shared.contracts import contract_for as contract_of
from shared.contracts.topics import retry_topic
from shared.errors import LiengiaError, Unavailable
from shared.metrics import (
    CONSUMER_EVENTS,
    CONSUMER_LAG,
    CONSUMER_OLDEST,
    CONSUMER_RETRIES,
    CONSUMER_STOPPED,
)
from shared.mongo import Database

log = logging.getLogger(__name__)

POISON_PER_MINUTE = 100
DEFAULT_TIMING = Timing()
_BLIND_LOOKS = 2

State = Literal["starting", "away", "running", "stopped"]


class Consumer:
    """Consumes `topics` and `<service>.retry` as group `service`, and gives every event to the effects of
    its type.

    `effects`: full event type to effects. `rejects`: topic to a hook that gets what cannot be processed, in
    place of the dead-letter topic; it returns True once the record is kept, False for one that is not its
    to keep (a dead letter then), and raises Unavailable when it cannot keep it now. What it keeps does not
    count against `poison_per_minute`, so that nobody outside can stop a service. Above that limit the
    consumer stops itself until it is started anew. `run` it in a supervised task.
    """

    def __init__(
        self,
        *,
        service: str,
        bootstrap: str,
        database: Database,
        topics: Sequence[str],
        effects: Effects,
        clock: Clock,
        rejects: Mapping[str, RejectHook] | None = None,
        poison_per_minute: int = POISON_PER_MINUTE,
        contract_for: ContractFor = contract_of,
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._group = service
        self._timing = timing
        self._bootstrap = bootstrap
        self._topics = [*topics, retry_topic(service)]
        reader = Reader(effects, contract_for)
        self._park = MongoPark(database, service)
        self._reactions = Reactions(
            group=service, effects=effects, reader=reader, park=self._park, clock=clock
        )
        self._dead_letters = KafkaDeadLetters(bootstrap, service)
        self._batches = Batches(
            group=service,
            reader=reader,
            bulk=BulkEffects(group=service, effects=effects, store=MongoEffects(), clock=clock),
            reactions=self._reactions,
            dead_letters=self._dead_letters,
            clock=clock,
            rejects=rejects or {},
            poison_per_minute=poison_per_minute,
        )
        self._reacts = any(isinstance(effect, Reaction) for every in effects.values() for effect in every)
        self._state: State = "starting"
        self._detail = ""
        self._lag: dict[str, int] = {}
        self._oldest = OldestUnhandled(clock)
        self._parked: Mapping[str, int] = {"keys": 0, "events": 0}
        self._failures = 0
        self._unreadable = 0
        self._halt = asyncio.Event()

    async def run(self) -> None:
        """Consume until cancelled."""
        CONSUMER_STOPPED.labels(self._group).set(0)
        CONSUMER_RETRIES.labels(self._group)  # shown from the start, or its first step would be no increase
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_consuming())
                if self._reacts:
                    tasks.create_task(self._keep_retrying())
        finally:
            await self._dead_letters.close()

    def status(self) -> dict[str, Any]:
        """For readiness' body: state, lag per `topic/partition`, parked, dead letters since the start."""
        return {
            "group": self._group,
            "state": self._state,
            "detail": self._detail,
            "lag": dict(self._lag),
            "parked": dict(self._parked),
            "dead_letters": self._batches.dead_lettered,
            "unreadable": self._unreadable,
        }

    async def _keep_consuming(self) -> None:
        failures = 0
        while True:
            try:
                await self._session()
                failures = 0
            except Exception as error:  # noqa: BLE001 - the consumer loop is a boundary
                failures += 1
                self._say("away", error)
            await asyncio.sleep(self._pause(failures))

    async def _session(self) -> None:
        """From joining the group to leaving it, because the cluster changed or went blind. A consumer that
        stopped itself leaves the group too, and then waits for its restart.
        """
        cluster, missing = await kafka.look(self._bootstrap, self._topics)
        if missing:
            raise Unavailable(f"topics are missing: {', '.join(sorted(missing))}")
        subscription = Subscription(
            bootstrap=self._bootstrap,
            cluster=cluster,
            group=self._group,
            topics=self._topics,
            handle=self._handle,
            failed=self._batch_failed,
            moved=self._batches.sequences.clear,
            on_unreadable=self._note_unreadable,
        )
        await subscription.start()
        self._state, self._detail = "running", ""
        try:
            await self._watch(subscription, cluster)
        finally:
            await subscription.stop()
        if self._halt.is_set():
            CONSUMER_STOPPED.labels(self._group).set(1)
            await asyncio.Event().wait()

    async def _watch(self, subscription: Subscription, cluster: str) -> None:
        """Keep lag and state fresh; return when the subscription must be made anew."""
        blind = 0
        while not self._halt.is_set():
            try:
                self._show_lag(await subscription.lag(self._timing.answer))
                blind = 0
                if await kafka.cluster_id(self._bootstrap) != cluster:
                    # aiokafka never notices: offsets and positions belong to a cluster that is gone.
                    log.error("the cluster was replaced: joining the new one")
                    return
                if self._failures == 0:
                    self._state, self._detail = "running", ""
            except Unavailable as error:
                blind += 1
                self._say("away", error)
                if blind >= _BLIND_LOOKS:
                    return
            try:
                await asyncio.wait_for(self._halt.wait(), self._timing.look)
            except TimeoutError:
                continue

    async def _handle(self, records: Sequence[Record]) -> None:
        self._oldest.take(records)
        await self._batches.handle(records)
        self._oldest.handled(records)
        self._failures = 0

    async def _batch_failed(self, error: Exception) -> None:
        """Back off before the batch is seen again: at once would be 847 tries a second."""
        self._failures += 1
        CONSUMER_RETRIES.labels(self._group).inc()
        if isinstance(error, TooMuchPoison):
            self._say("stopped", error)
            self._halt.set()
        else:
            self._say("away", error)
        await asyncio.sleep(self._pause(self._failures))

    async def _keep_retrying(self) -> None:
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._park.prepare()
                    prepared = True
                while await self._batches.retry_parked():
                    pass
                self._parked = await self._reactions.counts()
            except Exception as error:  # noqa: BLE001 - the consumer loop is a boundary
                log.warning("parked keys cannot be retried now", extra={"fault": where(error)})
            await asyncio.sleep(self._timing.retry)

    def _say(self, state: State, error: Exception) -> None:
        self._state = state
        self._detail = error.detail if isinstance(error, LiengiaError) else type(error).__name__
        level = logging.WARNING if is_away(error) else logging.ERROR
        log.log(level, "the consumer is held up", extra={"group": self._group, "fault": where(error)})

    def _show_lag(self, lag: Mapping[Any, int]) -> None:
        self._lag = {f"{one.topic}/{one.partition}": behind for one, behind in lag.items()}
        by_topic: Counter[str] = Counter(dict.fromkeys(self._topics, 0))
        for one, behind in lag.items():
            by_topic[one.topic] += behind
        for topic, behind in by_topic.items():
            CONSUMER_LAG.labels(self._group, topic).set(behind)
        CONSUMER_OLDEST.labels(self._group).set(self._oldest.seconds(lag))

    def _note_unreadable(self, topic: str, partition: int, offset: int) -> None:
        self._unreadable += 1
        CONSUMER_EVENTS.labels(self._group, "unreadable").inc()

    def _pause(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row, with jitter so that replicas do not march in
        step.
        """
        return min(0.1 * 2.0 ** min(failures, 10), self._timing.longest_pause) * random.uniform(0.5, 1.0)
