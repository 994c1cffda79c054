"""HTTP: the log for anybody, the proof of one tip for its reporter and for officers."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse, Response

from services.tips.ledger.shapes import ConsistencyProof, InclusionProof, TipReceipt
from services.tips.ledger.usecases import proving, receipts
from services.tips.ledger.usecases.bench import Ledger
from services.tips.reporter import usecases as reporter
from services.tips.reporter.api import Typed
from services.tips.tip.api import Called
from services.tips.tip.usecases.access import READ, open_tip
from services.tips.tip.usecases.bench import Bench
from shared.errors import NotFound
from shared.web import answer

# Neither changes ever: a tile's name says all that it depends on.
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_FRESH: Final = {"Cache-Control": "public, max-age=2"}
_LEAF: Final = re.compile(r"[0-9a-f]{64}")


def _described(media_type: str) -> dict[int | str, dict[str, object]]:
    schema = {"type": "string"} if media_type == "text/plain" else {"type": "string", "format": "binary"}
    return {200: {"content": {media_type: {"schema": schema}}}}


def routes(ledger: Ledger, bench: Bench) -> APIRouter:
    router = APIRouter(tags=["ledger"])
    _add_log(router, ledger)
    _add_proofs(router, ledger)
    _add_receipts(router, ledger, bench)
    return router


def _add_log(router: APIRouter, ledger: Ledger) -> None:
    @router.get(
        "/ledger/checkpoint",
        summary="The newest signed checkpoint",
        response_class=PlainTextResponse,
        responses=_described("text/plain"),
    )
    async def checkpoint() -> Response:
        """C2SP tlog-checkpoint: origin, number of leaves, root, and the Ed25519 signature of the log."""
        return PlainTextResponse((await proving.head(ledger)).checkpoint, headers=_FRESH)

    @router.get(
        "/ledger/key",
        summary="The key that checks the checkpoints",
        response_class=PlainTextResponse,
        responses=_described("text/plain"),
    )
    async def key() -> Response:
        """As C2SP signed-note and Go's `sumdb/note` write it. Keep it: who checks must not ask us."""
        return PlainTextResponse(f"{ledger.key.verifier}\n", headers=_FRESH)

    @router.get(
        "/ledger/tile/{name:path}",
        summary="A tile of hashes, or a bundle of entries",
        response_class=Response,
        responses=_described("application/octet-stream"),
    )
    async def tile(name: str) -> Response:
        """C2SP tlog-tiles: `<level>/<index>` and `entries/<index>`, with `.p/<width>` for a partial one."""
        found = await proving.tile(ledger, name)
        return Response(found, media_type="application/octet-stream", headers=_FOR_EVER)


def _add_proofs(router: APIRouter, ledger: Ledger) -> None:
    @router.get(
        "/ledger/proof", summary="That a leaf is in the newest checkpoint", response_model=InclusionProof
    )
    async def proof(
        leaf: Annotated[str, Query(pattern=f"^{_LEAF.pattern}$", description="An entry, in hexadecimal")],
    ) -> Response:
        """An audit path of RFC 6962, lowest hash first. Random leaves have one like any other."""
        newest, (found,) = await proving.inclusions(ledger, [bytes.fromhex(leaf)])
        if newest is None or found.index is None:
            raise NotFound("No checkpoint covers this leaf. A new one may take some minutes.")
        shown = {"leaf": leaf, "index": found.index, "proof": receipts.written(found.proof)}
        return answer({**shown, "checkpoint": newest.checkpoint}, headers=_FRESH)

    @router.get(
        "/ledger/consistency",
        summary="That a later tree begins with an earlier one",
        response_model=ConsistencyProof,
    )
    async def consistency(
        old: Annotated[int, Query(alias="from", ge=1, description="Leaves of the earlier checkpoint")],
        new: Annotated[int, Query(alias="to", ge=1, description="Leaves of the later checkpoint")],
    ) -> Response:
        """A consistency proof of RFC 6962. Keep a checkpoint, and ask later whether the log only grew."""
        found = await proving.consistency(ledger, old, new)
        return answer({"from": old, "to": new, "proof": receipts.written(found)}, headers=_FOR_EVER)


def _add_receipts(router: APIRouter, ledger: Ledger, bench: Bench) -> None:
    @router.get(
        "/reporter/proof",
        tags=["reporter"],
        summary="The proof of one's own tip, to keep and to check without us",
        response_model=TipReceipt,
    )
    async def own(code: Typed) -> Response:
        """Every step that its reporter hears of: its leaf, its salt, and its place in the log."""
        return answer(await receipts.reporters(ledger, await reporter.find(bench, code)))

    @router.get(
        "/tips/{tip_id}/ledger",
        tags=["reading"],
        summary="The proof of a whole case history",
        response_model=TipReceipt,
    )
    async def whole(call: Called) -> Response:
        """Scope `tips:read`. `chain` is the `hash` of the entry in `/tips/{tip_id}/timeline`."""
        loaded = await open_tip(bench, call, READ)
        return answer(await receipts.receipt(ledger, loaded.id, loaded.timeline))
