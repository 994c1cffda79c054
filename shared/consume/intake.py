"""An aiokafka consumer that survives a record aiokafka cannot decode."""

import logging
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord, TopicPartition

log = logging.getLogger(__name__)

Fetched = dict[TopicPartition, list["ConsumerRecord[bytes, bytes]"]]
_PROBE_MS = 500
_PROBED = 500  # records taken singly before they are handed on


class Intake(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka is not typed
    """Seeks past a record whose header *key* is not UTF-8, and counts it with `on_unreadable(topic,
    partition, offset)`.

    aiokafka (0.14) raises UnicodeDecodeError out of `getmany` for such a record, for ever, and by then has
    moved the positions of the other partitions whose records it drops: a commit would lose them. Every
    batch here ends in a commit or a rewind before the next `getmany`, so the committed offsets are where to
    begin again.
    """

    def __init__(self, *, on_unreadable: Callable[[str, int, int], None], **options: Any) -> None:
        super().__init__(**options)
        self._on_unreadable = on_unreadable

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Fetched:
        try:
            found: Fetched = await super().getmany(
                *partitions, timeout_ms=timeout_ms, max_records=max_records
            )
        except UnicodeDecodeError:
            return await self._around_unreadable()
        return found

    async def _around_unreadable(self) -> Fetched:
        assigned = sorted(self.assignment())
        for partition in assigned:
            await self._rewind(partition)
        for partition in assigned:
            records = await self._up_to_unreadable(partition)
            if records:
                return {partition: records}  # the other partitions stand where they are committed
        return {}

    async def _rewind(self, partition: TopicPartition) -> None:
        committed = await self.committed(partition)
        if committed is None:
            await self.seek_to_beginning(partition)
        else:
            self.seek(partition, committed)

    async def _up_to_unreadable(self, partition: TopicPartition) -> list["ConsumerRecord[bytes, bytes]"]:
        records: list[ConsumerRecord[bytes, bytes]] = []
        while len(records) < _PROBED:
            try:
                found = await super().getmany(partition, timeout_ms=_PROBE_MS, max_records=1)
            except UnicodeDecodeError:
                if records:
                    break  # hand these on and have them committed first; the next round ends here with none
                await self._skip(partition)
                continue
            except KafkaError:
                await self._rewind(partition)  # or the records taken so far would be passed over
                raise
            if not found:
                break
            records += found[partition]
        return records

    async def _skip(self, partition: TopicPartition) -> None:
        """Everything before this record is committed, so what follows it may be begun with."""
        offset = await self.position(partition)
        self.seek(partition, offset + 1)
        self._on_unreadable(partition.topic, partition.partition, offset)
        log.error(
            "sought past a record whose header key is not UTF-8",
            extra={"place": f"{partition.topic}/{partition.partition}/{offset}"},
        )
        await self.commit({partition: offset + 1})
