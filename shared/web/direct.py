"""The short way of a busy POST: the documents and answers of FastAPI, without its machinery on each request.

Resolving dependencies, reading JSON twice and looking for the body's fields cost more than storing a report
does (docs/decisions/fast-intake.md).
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from shared.web.access import maybe_principal
from shared.web.idempotency import idempotency_key

Endpoint = Callable[[Any, Any, Any], Awaitable[Response]]
_JSON = frozenset({"application/json", "application/json; charset=utf-8"})


class DirectRoute(APIRoute):
    """For endpoints `(body: <pydantic model>, caller: MaybeCaller, idempotency_key: IdempotencyKey)`.

    A body that is not plainly valid, or not all there, goes the ordinary way, which finds the words for what
    is wrong with it.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        ordinary = super().get_route_handler()
        endpoint: Endpoint = self.endpoint
        model = _model_of(self)

        async def handle(request: Request) -> Response:
            if request.headers.get("content-type") not in _JSON:
                return await ordinary(request)
            try:
                body = model.model_validate_json(await request.body())
            except (ValidationError, ClientDisconnect):
                return await ordinary(request)
            caller = await maybe_principal(request, None)
            key = await idempotency_key(caller, request.headers.get("idempotency-key"))
            return await endpoint(body, caller, key)

        return handle


def _model_of(route: APIRoute) -> type[BaseModel]:
    (body,) = route.dependant.body_params
    taken: type[BaseModel] = body.field_info.annotation  # type: ignore[assignment]
    return taken
