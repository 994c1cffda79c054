"""docker-compose.yml as the real Compose binary reads it."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.environment import EXAMPLE, filled, fresh

CHECKOUT = Path(__file__).resolve().parents[2]
COMPOSE = Path(sys.executable).with_name("docker-compose")
ISSUER = "https://id.example.org/realms/ward"


def compose(env_file: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """`docker compose <options> config` as JSON, seeing no variable but the file's."""
    command = [str(COMPOSE), "--env-file", str(env_file), *options, "config", "--format", "json"]
    env = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)


def filled_in(folder: Path) -> Path:
    """A `.env` in `folder` with all that the file asks for."""
    file = folder / ".env"
    file.write_text(filled(EXAMPLE.read_text(), {**fresh(), "OIDC_ISSUER": ISSUER}))
    return file
