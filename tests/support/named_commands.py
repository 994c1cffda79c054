"""What a page tells its reader to run, and which of it does not exist here."""

import functools
import importlib.util
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy.local.service_secrets import service_secrets
from deploy.local.services import Service
from services.analytics.config import AnalyticsSettings
from services.analytics.main import create as analytics
from services.mediation.config import MediationSettings
from services.mediation.main import create as mediation
from services.notifications.config import NotificationsSettings
from services.notifications.main import create as notifications
from services.tips.config import TipsSettings
from services.tips.main import create as tips
from shared.replay import _parser as replay_parser
from tests.support.promql import CHECKOUT, series

DOORS = {"8101": "tips", "8102": "mediation", "8103": "notifications", "8104": "analytics"}
_APPS: dict[str, tuple[type[Any], Any]] = {
    "tips": (TipsSettings, tips),
    "mediation": (MediationSettings, mediation),
    "notifications": (NotificationsSettings, notifications),
    "analytics": (AnalyticsSettings, analytics),
}
_COMPOSE_WORDS = {"up", "ps", "logs", "restart", "stop", "start", "stats", "exec", "run"}
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")


def unknown_commands(page: str) -> list[str]:
    """Every command, path and metric on a page that does not exist."""
    return [*_unknown_runs(commands(page)), *_unknown_paths(page), *_unknown_metrics(page)]


def commands(page: str) -> list[str]:
    """The lines of its `sh` blocks, and what stands in backticks and begins like a command."""
    lines = [line for block in _BLOCK.findall(page) for line in block.splitlines() if line.strip()]
    prose = _BLOCK.sub("", page)
    begins = ("make ", "docker compose ", "python -m ", ".venv/bin/python ")
    return lines + [one for one in _INLINE.findall(prose) if one.startswith(begins)]


def mending(page: str) -> list[str]:
    """The commands under its heading `Mend`."""
    _, found, rest = page.partition("\n## Mend\n")
    assert found, "a page says what mends it"
    return commands(rest.partition("\n## ")[0])


def _unknown_runs(lines: list[str]) -> Iterator[str]:
    for line in lines:
        words = shlex.split(line)
        if words[:2] == ["docker", "compose"]:
            if words[2] not in _COMPOSE_WORDS or not _services(words) <= compose_services():
                yield line
        elif words[0] == "make":
            if words[1] not in make_targets():
                yield line
        elif "-m" in words and "python" in words[0]:
            after = words[words.index("-m") + 1 :]
            if not _module_takes(after[0], after[1:]):
                yield line


def _services(words: list[str]) -> set[str]:
    """The services that a `docker compose` line names: its words up to a pipe or a command for `exec`."""
    upto = words.index("|") if "|" in words else len(words)
    plain = [word for word in words[3:upto] if not word.startswith("-") and not word[:1].isdigit()]
    return set(plain[:1] if words[2] in ("exec", "run") else plain)


def _module_takes(module: str, arguments: list[str]) -> bool:
    if (
        not (CHECKOUT / f"{module.replace('.', '/')}.py").is_file()
        and not (CHECKOUT / module.replace(".", "/") / "__main__.py").is_file()
    ):
        return importlib.util.find_spec(module.partition(".")[0]) is not None and module == "pytest"
    if module != "shared.replay":
        return True
    try:
        replay_parser().parse_args(arguments)
    except SystemExit:
        return False
    return True


def _unknown_paths(page: str) -> Iterator[str]:
    for port, path in re.findall(r"http://127\.0\.0\.1:(81\d\d)(/[^\s'\"?`|]*)", page):
        if port not in DOORS or not _is_a_path(path, paths(DOORS[port])):
            yield f"{port}{path}"
    everywhere = [path for service in DOORS.values() for path in paths(service)]
    for path in re.findall(r"`(?:GET |POST )?(/[\w{}/.-]+)(?:\?[^`]*)?`", _BLOCK.sub("", page)):
        if not _is_a_path(path, everywhere):
            yield path


def _is_a_path(asked: str, known: list[str]) -> bool:
    return any(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked) for path in known)


def _unknown_metrics(page: str) -> Iterator[str]:
    exposed = {re.sub(r"_(bucket|sum|count)$", "", name) for name in series()}
    for name in re.findall(r"\bliengia_\w+", page):
        if not any(one.startswith(name) for one in exposed):
            yield name


@functools.cache
def make_targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))


@functools.cache
def compose_services() -> frozenset[str]:
    return frozenset(yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"])


@functools.cache
def paths(service: str) -> list[str]:
    """The paths of a service's OpenAPI document."""
    return list(_document(service)["paths"])


def _document(service: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        keys.write_text('{"keys": []}')
        environment = Service(service, 1).environment(
            mongo_url="mongodb://127.0.0.1:1/?replicaSet=none",
            kafka="127.0.0.1:1",
            jwks_file=keys,
            own=service_secrets(service, Path(folder)),
        )
        settings, create = _APPS[service]
        fields = {
            name: environment[name.upper()] for name in settings.model_fields if name.upper() in environment
        }
        document: dict[str, Any] = create(settings.model_validate(fields)).openapi()
        return document
