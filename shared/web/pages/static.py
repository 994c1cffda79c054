"""Static files under names with their content's stamp: kept by browsers for ever, renamed by a release."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from shared.errors import NotFound

_MEDIA_TYPES: Final = {"css": "text/css", "js": "text/javascript"}
_STAMPED: Final = re.compile(r"(?P<stem>[a-z-]+)\.(?P<stamp>[0-9a-f]{12})\.(?P<kind>[a-z]+)")


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    media_type: str
    stamp: str


class Static:
    """The files in `static/` of every package; those of a later one lie over those of an earlier."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        self._assets = {name: asset for package in packages for name, asset in _read(package).items()}

    def address(self, name: str) -> str:
        """Where a page finds file `name` (`base.css`): `/static/base.0123456789ab.css`."""
        stem, _, kind = name.rpartition(".")
        return f"/static/{stem}.{self._assets[name].stamp}.{kind}"

    def routes(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @router.get("/static/{name}")
        async def static(name: str, request: Request) -> Response:
            found = _STAMPED.fullmatch(name)
            asset = self._assets.get(f"{found['stem']}.{found['kind']}") if found else None
            if found is None or asset is None:
                raise NotFound("There is nothing at this address.")
            # While a release rolls out, a page of one version may ask a replica of the other: it gets what
            # there is, and does not keep it.
            current = found["stamp"] == asset.stamp
            tag = f'"{asset.stamp}"'
            headers = {
                "ETag": tag,
                "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
            }
            if request.headers.get("if-none-match") == tag:
                return Response(status_code=304, headers=headers)
            return Response(asset.content, media_type=asset.media_type, headers=headers)

        return router


def _read(package: str) -> dict[str, _Asset]:
    folder = files(package).joinpath("static")
    assets = {}
    for file in folder.iterdir() if folder.is_dir() else ():
        content = file.read_bytes()
        media_type = _MEDIA_TYPES[file.name.rpartition(".")[2]]
        assets[file.name] = _Asset(content, media_type, hashlib.sha256(content).hexdigest()[:12])
    return assets
