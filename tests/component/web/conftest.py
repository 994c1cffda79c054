"""An application on the web kit and a client for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.tokens import Issuer
from tests.support.web_app import Database, build, client_of, settings


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def jwks(issuer: Issuer, tmp_path: Path) -> Path:
    return issuer.write_jwks(tmp_path)


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
async def client(jwks: Path, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(build(settings(jwks, body_limit=2048), database=database)) as client:
        yield client
