"""`/docs`, `/openapi.json` and `/asyncapi.json`. Swagger UI comes from an installed package, not a CDN."""

import hashlib
import importlib.resources
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from shared.web.problems import MEDIA_TYPE, Problem

_STATIC = "/docs/static"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
# Given to every operation; "default" also keeps the framework from describing its own 422.
RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {"description": "A problem (RFC 9457)", "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
}


def install(app: FastAPI, asyncapi: Callable[[], Mapping[str, Any]]) -> None:
    """Mount the documentation of `app`; `asyncapi` gives the AsyncAPI document of its events."""
    _describe_problems(app)
    folder = importlib.resources.files("fastapi_offline") / "static"
    app.mount(_STATIC, StaticFiles(directory=str(folder)), name="docs")
    app.include_router(_pages(app, asyncapi))


def _pages(app: FastAPI, asyncapi: Callable[[], Mapping[str, Any]]) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    html = bytes(
        get_swagger_ui_html(
            openapi_url="openapi.json",
            title=app.title,
            swagger_js_url=f"{_STATIC}/swagger-ui-bundle.js",
            swagger_css_url=f"{_STATIC}/swagger-ui.css",
            swagger_favicon_url=f"{_STATIC}/favicon.png",
        ).body
    ).decode()
    policy = _policy(html)

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    @router.get("/openapi.json")
    async def openapi() -> Response:
        return Response(orjson.dumps(app.openapi()), media_type="application/json")

    @router.get("/asyncapi.json")
    async def events() -> Response:
        return Response(orjson.dumps(asyncapi()), media_type="application/json")

    return router


def _policy(html: str) -> str:
    """Allows the page's own inline script by its hash; Swagger UI sets inline styles."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(html))
    scripts = " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _describe_problems(app: FastAPI) -> None:
    """Put the schema that `RESPONSES` refers to into the OpenAPI document."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        document = described()
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(schema.pop("$defs", {}))
        schemas["Problem"] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign]
