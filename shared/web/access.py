"""Who calls, as FastAPI dependencies. Async, because a sync dependency costs a thread hop."""

from typing import Annotated, cast

import httpx
from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from shared import keys
from shared.auth import Principal, Verifier
from shared.clock import Clock
from shared.errors import Unauthorised
from shared.settings import ServiceSettings

# Characters of a receipt code as it is sent: nine words whose marks may each be percent-encoded.
LONGEST_CODE = 400

# These two only describe the schemes in the OpenAPI document; the parsing is below.
_bearer = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="JWT",
    description="A token of the issuer, with scopes and areas",
    auto_error=False,
)
_receipt = APIKeyHeader(
    name="Authorization",
    scheme_name="receipt",
    description="`Receipt <code>`: a reporter with the code of their tip",
    auto_error=False,
)


def verifier_from(settings: ServiceSettings, clock: Clock, client: httpx.AsyncClient) -> Verifier:
    """The verifier the settings ask for. `client`, with a timeout, fetches an issuer's keys."""
    if settings.auth_jwks_file is not None:
        source, issuer = keys.from_file(settings.auth_jwks_file), settings.auth_issuer
    else:
        issuer = cast(str, settings.oidc_issuer)
        source = keys.from_issuer(issuer, client)
    return Verifier(source, issuer=issuer, audience=settings.auth_audience, clock=clock)


async def maybe_principal(request: Request, _: Annotated[object, Depends(_bearer)]) -> Principal | None:
    """The caller of a public route: None without a token; a wrong one is refused, never passed over."""
    scheme, credential = _authorization(request)
    if scheme in ("", "receipt"):
        return None
    if scheme != "bearer" or not credential:
        raise Unauthorised("Send Authorization: Bearer with a token.")
    return await cast(Verifier, request.app.state.verifier).verify(credential)


async def principal(caller: Annotated[Principal | None, Depends(maybe_principal)]) -> Principal:
    """The caller of a protected route; raises `Unauthorised` without a token."""
    if caller is None:
        raise Unauthorised("This call needs a token.")
    return caller


async def receipt(request: Request, _: Annotated[object, Depends(_receipt)]) -> str:
    """The receipt code as it was typed, from `Authorization: Receipt <code>`. Never log or store it."""
    scheme, credential = _authorization(request)
    if scheme != "receipt" or not 0 < len(credential) <= LONGEST_CODE:
        raise Unauthorised("Send Authorization: Receipt with your code.", code="receipt_unknown")
    return credential


def _authorization(request: Request) -> tuple[str, str]:
    """Scheme in lower case and credential, both empty without the header.

    Only what HTTP calls white space is left out (RFC 9110, section 5.6.3): of UTF-8 read as Latin-1, the
    last byte of `à` and `ễ` would count as white space, too.
    """
    values = request.headers.getlist("authorization")
    if len(values) > 1:
        raise Unauthorised("Send one Authorization header.")
    scheme, _, credential = (values[0] if values else "").strip(" \t").partition(" ")
    return scheme.lower(), credential.strip(" \t")


Caller = Annotated[Principal, Depends(principal)]
MaybeCaller = Annotated[Principal | None, Depends(maybe_principal)]
ReceiptCode = Annotated[str, Depends(receipt)]
