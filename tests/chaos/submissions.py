"""Sealed reports over Kafka, as a gateway writes them. Accepted is what the broker acknowledged."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from confluent_kafka import KafkaError, Producer
from joserfc import jwe
from joserfc.jwk import ECKey

from shared.contracts.submissions import TIP_SUBMISSION_TOPIC, TIP_SUBMITTED
from tests.chaos.ledger import Ledger
from tests.support.system import System, report

SOURCE = "/integrations/chaos"
_KNOCKS = 0.05
_FLUSHED_WITHIN = 120.0


@dataclass
class Submissions:
    """`waiting` are sent and not yet acknowledged."""

    system: System
    ledger: Ledger
    waiting: dict[str, str] = field(default_factory=dict)
    _producer: Producer | None = None
    _key: ECKey | None = None
    _kid: str = ""

    async def send(self, mark: str) -> None:
        """Returns when the record was acknowledged; one that failed is sent again under the same id."""
        value = await self._sealed(report(occurred_at=mark, channel="kafka"))
        id = str(uuid4())
        self.ledger.ask("submission", id, mark=mark)
        self.waiting[id] = mark
        self._produce(id, value)
        while id in self.waiting:
            self._our_producer().poll(0)
            await asyncio.sleep(_KNOCKS)

    async def poison(self) -> None:
        """Three records that cannot be taken in: in the clear, no JWE at all, and no text."""
        clear = json.dumps(report(text="in the clear")).encode()
        self._produce(str(uuid4()), clear, "application/json")
        self._produce(str(uuid4()), b"a.b.c.d.e")
        self._produce(str(uuid4()), b"\xff\xfe")
        await asyncio.to_thread(self._our_producer().flush, 30)

    async def flushed(self) -> None:
        """Wait until nothing waits. Raises TimeoutError."""
        async with asyncio.timeout(_FLUSHED_WITHIN):
            while self.waiting:
                self._our_producer().poll(0)
                await asyncio.sleep(_KNOCKS)

    def close(self) -> None:
        if self._producer is not None:
            self._producer.purge()
            self._producer.flush(1)
            self._producer = None

    def _produce(self, id: str, value: str | bytes, content_type: str = "application/jose") -> None:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": id,
            "ce_type": TIP_SUBMITTED,
            "ce_source": SOURCE,
            "content-type": content_type,
        }

        def delivered(error: KafkaError | None, _: Any) -> None:
            if error is not None:
                if id in self.waiting and self._producer is not None:
                    self._produce(id, value)
                return
            mark = self.waiting.pop(id, None)
            if mark is not None:
                self.ledger.accept("submission", id, mark=mark)

        self._our_producer().produce(
            TIP_SUBMISSION_TOPIC, key=id, value=value, headers=list(headers.items()), on_delivery=delivered
        )

    def _our_producer(self) -> Producer:
        if self._producer is None:
            self._producer = Producer(
                {
                    "bootstrap.servers": self.system.kafka.bootstrap,
                    "acks": "all",
                    "linger.ms": 20,
                    "message.timeout.ms": 60_000,
                    "reconnect.backoff.max.ms": 500,
                    "log_level": 0,
                }
            )
        return self._producer

    async def _sealed(self, body: dict[str, object]) -> str:
        """To the key that tips publishes."""
        while self._key is None:
            for replica in self.system.of("tips"):
                try:
                    async with httpx.AsyncClient(timeout=3, trust_env=False) as client:
                        answer = await client.get(f"{replica.url}/.well-known/jwks.json")
                except httpx.HTTPError:
                    continue
                (public,) = answer.json()["keys"]
                self._key, self._kid = ECKey.import_key(public), public["kid"]
                break
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": self._kid}
        return jwe.encrypt_compact(header, json.dumps(body).encode(), self._key)
