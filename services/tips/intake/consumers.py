"""Kafka in: encrypted reports on `tips.submission.v1`.

A report that cannot be taken in is kept sealed here, never put on a topic.
"""

import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Protocol

from services.tips.intake.submission_key import SubmissionKey
from services.tips.intake.usecases import submit
from services.tips.tip.usecases.bench import Bench
from shared.consume import Record, Rejected
from shared.contracts.tip_submission import SealedTipSubmission
from shared.contracts.topics import retry_topic
from shared.errors import Poison, Refused
from shared.events import Event
from shared.identifiers import Origin, fingerprint
from shared.outbox import Cause

SERVICE = "tips"


class Rejects(Protocol):
    """Where rejected submissions are kept."""

    async def reject(self, id: str, reason: str, at: datetime, sealed: Mapping[str, str]) -> None: ...


def taking_in(bench: Bench, key: SubmissionKey) -> Callable[[Event], Awaitable[None]]:
    async def take(event: Event) -> None:
        """The same use case as `POST /tips`; a redelivery finds the tip it made the first time.

        Nobody's name stands on a record, so its CloudEvents source is the principal: two sources never meet.
        """
        try:
            if event.sealed is None:
                raise Poison("a submission must be encrypted", code="not_encrypted")
            submission = SealedTipSubmission.accept(key.open(event.sealed))
            sent = submission.channel_msg_id
            message = (submission.channel.value, sent) if sent is not None else None
            origin = Origin(f"kafka:{event.source}", message=message, event=(event.source, event.id))
            cause = Cause("integration:kafka", event.traceparent)
            await submit(bench, submission, origin, cause, given_code=submission.receipt_code)
        except Refused as refusal:
            raise Poison("the submission was refused", code=refusal.code) from None

    return take


def rejecting(bench: Bench, rejects: Rejects) -> Callable[[Rejected], Awaitable[bool]]:
    """Keeps the record that could not be taken in, whole and sealed under a key of its own.

    On the replay topic, where both kinds come, what is another service's event is left to the dead letters.
    """

    async def keep(rejected: Rejected) -> bool:
        record = rejected.record
        if record.topic == retry_topic(SERVICE) and _is_of_mediation(record):
            return False
        whole = {
            "key": _text(record.key),
            "value": _text(record.value),
            "headers": [[header, _text(value)] for header, value in record.headers],
        }
        # A cluster that was lost and came back gives the same places to other records.
        name = f"{record.place}/{fingerprint(bench.secrets.identifier, whole)[:16]}"
        wrapped = bench.sealer.new_key(name)
        sealed = bench.sealer.seal(wrapped, name, "record", json.dumps(whole))
        await rejects.reject(name, rejected.reason, rejected.at, {"key": wrapped, "record": sealed})
        return True

    return keep


def _is_of_mediation(record: Record) -> bool:
    kind = dict(record.headers).get("ce_type") or b""
    return kind.startswith(b"liengia.mediation.")


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()
