"""A city portal: a webhook for everything, and what its receiver was posted."""

from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from tests.support.receiver import Receiver, receiving
from tests.support.system import System


@dataclass
class Portal:
    """A registered webhook and its receiver. `types`: what it asked for; empty: everything."""

    system: System
    receiver: Receiver
    id: str
    secret: str
    owner: dict[str, str]
    types: frozenset[str] = frozenset()

    def repeats(self) -> list[str]:
        """The `webhook-id`s that came more than once."""
        return [one for one, count in Counter(self.receiver.ids()).items() if count > 1]

    def verify(self) -> None:
        """Every post is signed with the secret that was told once."""
        for post in self.receiver.posts:
            post.verify(self.secret)

    def end_claims(self) -> None:
        """As if a minute had gone by: what a dead sender had claimed is due."""
        with self.system.databases() as client:
            client["notifications"]["webhook_deliveries"].update_many(
                {"claim": {"$exists": True}, "state": "pending"}, {"$set": {"due": datetime.now(UTC)}}
            )

    def hurry(self) -> None:
        """As if hours had gone by: what waits for its next attempt is due."""
        now = datetime.now(UTC)
        with self.system.databases() as client:
            client["notifications"]["webhook_deliveries"].update_many(
                {"webhook": self.id, "state": "pending", "claim": {"$exists": False}, "due": {"$gt": now}},
                {"$set": {"due": now}},
            )

    def waiting(self) -> int:
        """Deliveries that have not ended."""
        with self.system.databases() as client:
            return client["notifications"]["webhook_deliveries"].count_documents({"state": "pending"})


@asynccontextmanager
async def portal(
    system: System, path: str = "a-secret-in-the-path", types: Collection[str] = ()
) -> AsyncIterator[Portal]:
    """Registered while the block runs, for every area and for `types` (none: every type), beginning now."""
    owner = system.bearer("events:read", subject=f"portal-{uuid4()}")
    door = system.of("notifications")[0].url + "/webhooks"
    async with receiving() as receiver, httpx.AsyncClient(timeout=20, trust_env=False) as client:
        made = await client.post(
            door, json={"url": f"{receiver.url}/{path}", "types": sorted(types)}, headers=owner
        )
        assert made.status_code == 201, made.text
        told = made.json()
        yield Portal(system, receiver, told["id"], told["secret"], owner, frozenset(types))
        await client.delete(f"{door}/{told['id']}", headers=owner)
