"""`python -m deploy.environment > .env`: every secret that docker-compose.yml asks for, made fresh.

What only you know (the address of your OpenID Connect issuer) is left empty; Compose names what is missing.
"""

import json
import secrets
from pathlib import Path

from deploy.local.service_secrets import fresh_ledger_key, fresh_secrets, fresh_submission_key
from deploy.local.services import DATABASES

EXAMPLE = Path(__file__).resolve().parents[1] / ".env.example"


def fresh() -> dict[str, str]:
    """Variable names and values. Passwords are hexadecimal, since they become part of a URL."""
    databases: list[str] = json.loads(DATABASES.read_text())
    return {
        "MONGO_ROOT_PASSWORD": secrets.token_hex(24),
        "MONGO_REPLICA_SET_KEY": secrets.token_hex(48),
        **{f"MONGO_PASSWORD_{name.upper()}": secrets.token_hex(24) for name in databases},
        **{variable: value for name in databases for variable, value in fresh_secrets(name).items()},
        "TIPS_LEDGER_KEY": fresh_ledger_key(),
        "TIPS_SUBMISSION_JWK": json.dumps(fresh_submission_key(), separators=(",", ":")),
    }


def filled(example: str, values: dict[str, str]) -> str:
    """The example with every `NAME=` that has a value completed; comments and the rest stay as they are."""
    lines = []
    for line in example.splitlines():
        name = line.removesuffix("=")
        value = values.get(name)
        lines.append(line if value is None else f"{name}='{value}'")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(filled(EXAMPLE.read_text(), fresh()), end="")  # noqa: T201 - what it is for
