"""The proof that somebody may take home: what the log holds of one tip, and all that is needed to check it
without us.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Any, Final

from services.tips.ledger.domain.commitments import Statement, moment
from services.tips.ledger.usecases.bench import Ledger
from services.tips.ledger.usecases.proving import inclusions
from shared.outbox import Loaded, TimelineEntry

FORMAT: Final = "liengia/tip-receipt/v1"
# What a reporter hears of anyway. Who works on a tip, and what is only looked up, is not among it.
REPORTERS: Final = frozenset(
    {
        "received",
        "classified",
        "declined",
        "deadline_extended",
        "referred_to_mediation",
        "returned",
        "handed_over",
        "resolved",
        "found_unfounded",
        "handover_result",
        "replied",
        "message_posted",
        "rated",
        "reopened",
        "closed",
        "identity_accessed",
        "identity_withdrawn",
        "identity_erased",
        "erased",
    }
)


async def reporters(ledger: Ledger, loaded: Loaded[Any]) -> dict[str, Any]:
    """The receipt of a tip for whoever reported it."""
    return await receipt(ledger, loaded.id, loaded.timeline, shown=REPORTERS.__contains__)


async def receipt(
    ledger: Ledger,
    tip_id: str,
    history: Sequence[TimelineEntry],
    *,
    shown: Callable[[str], bool] = lambda what: True,
) -> dict[str, Any]:
    """The entries of a case history that may be `shown`, each with its leaf, salt and proof in the newest
    checkpoint; `index` is None for one that still waits.
    """
    told = [entry for entry in history if shown(entry.what)]
    said = [Statement(entry.what, entry.time, entry.hash) for entry in told]
    salts = [ledger.salt(tip_id, entry.number) for entry in told]
    leaves = [ledger.leaf(tip_id, entry.number, one) for entry, one in zip(told, said, strict=True)]
    newest, found = await inclusions(ledger, leaves)
    return {
        "format": FORMAT,
        "log": str(ledger.key.verifier),
        "promised_seconds": int(ledger.promised.total_seconds()),
        "checkpoint": None if newest is None else newest.checkpoint,
        "entries": [
            {
                "what": one.what,
                "at": moment(one.at),
                "chain": one.chain,
                "salt": salt.hex(),
                "leaf": place.leaf.hex(),
                "index": place.index,
                "proof": written(place.proof),
            }
            for one, salt, place in zip(said, salts, found, strict=True)
        ],
    }


def written(proof: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(value).decode() for value in proof]
