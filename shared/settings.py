"""Settings of a service: environment variables, every fault named at start and no value ever printed."""

import re
import secrets
import socket
import sys
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import Invalid
from shared.key_encryption import ring_of

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def fresh_replica_id() -> str:
    """The host's name and eight random digits: no two processes share it, on one host or on many."""
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:48]
    return f"{host}-{secrets.token_hex(4)}"


def _readable(value: SecretStr) -> SecretStr:
    try:
        ring_of(value)
    except Invalid as fault:
        raise ValueError(fault.detail) from None
    return value


Port = Annotated[int, Field(ge=0, le=65535)]
DatabaseName = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9_-]+$")]
# Key-encryption keys that wrap the data key of every aggregate: `name:<32 bytes in Base64>`, current first;
# or the # provider that has them, `file:<path>`.
SealingKeys = Annotated[SecretStr, AfterValidator(_readable)]
# From which ids are derived: it must stay the same for the life of the data.
IdSecret = Annotated[SecretStr, Field(min_length=32)]


class ServiceSettings(BaseSettings):
    """What every service reads. A service subclasses it; variables are the field names in upper case."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: Port
    # May hold a password, therefore secret.
    mongo_url: SecretStr
    mongo_database: DatabaseName
    kafka_bootstrap_servers: str = Field(min_length=1)
    log_level: Level = "INFO"
    # Names this process in leases and to Kafka. Replicas that share one are only harder to tell apart.
    replica_id: str = Field(
        default_factory=fresh_replica_id, min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$"
    )
    # Exactly one of the two says whose tokens are believed.
    auth_jwks_file: Path | None = None
    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://")
    # The `iss` a token must carry when keys come from a file (with `oidc_issuer` that is the issuer).
    auth_issuer: str = "liengia-local"
    auth_audience: str = "liengia"
    # Largest request body in bytes.
    body_limit: int = Field(default=1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    # Seconds a request body may take to arrive.
    body_seconds: float = Field(default=30, gt=0, le=600)
    # Calls that change something under way at once; one more is answered 503 with Retry-After.
    calls_at_once: int = Field(default=512, ge=1, le=100_000)
    # Seconds that a service told to stop stays open while its readiness already says so.
    drain_seconds: float = Field(default=0.5, ge=0, le=60)
    # Seconds that requests in flight then get to finish.
    graceful_seconds: int = Field(default=10, ge=1, le=120)

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> Self:
        if (self.auth_jwks_file is None) == (self.oidc_issuer is None):
            raise ValueError("set exactly one of AUTH_JWKS_FILE and OIDC_ISSUER")
        return self


Settings = TypeVar("Settings", bound=BaseSettings)


class Unusable(Exception):
    """What a setting names cannot be used. The message names variable and fault, never the content."""


def load(settings: type[Settings]) -> Settings:
    """Read `settings` from the environment, or end the process with status 2.

    Every fault is named on stderr by its variable, without its value, so that nothing secret reaches a log.
    """
    try:
        return settings()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False, include_context=False):
            name = "_".join(str(part) for part in fault["loc"]).upper() or "settings"
            print(f"{name}: {fault['msg']}", file=sys.stderr)
        print("Set these environment variables and start again.", file=sys.stderr)
        raise SystemExit(2) from None
