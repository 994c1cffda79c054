"""The service that docs/add-a-service.md builds, in a copy of the checkout: lawful, small, and it works."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.places import CHECKOUT
from deploy.local.services import base_environment
from tests.support.reconcile import records_of
from tests.support.system import System
from tests.support.tip_events import publish, tip_event, tip_id
from tests.support.waiting import eventually

PAGE = (CHECKOUT / "docs/add-a-service.md").read_text()
BLOCKS = re.findall(r"^```(python|json|diff)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
FILE_OF_DIFF = re.compile(r"^--- a/\S+\n\+\+\+ b/(\S+)\n(.*?)(?=^---|\Z)", re.DOTALL | re.MULTILINE)
COPIED = ("shared", "services", "deploy")
MOST_LINES = 100
VISIT = f"visit_{tip_id(1)[4:]}"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout with all that the page says."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", folder)
    for kind, block in BLOCKS:
        if kind == "diff":
            change(folder, block)
        else:
            write(folder, block)
    (folder / "services/visits/__init__.py").touch()
    return folder


def write(folder: Path, block: str) -> None:
    name, _, text = block.partition("\n")
    file = folder / name.lstrip("#/ ")
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def change(folder: Path, diff: str) -> None:
    """Each hunk must fit at exactly one place of its file."""
    for name, hunks in FILE_OF_DIFF.findall(diff):
        file = folder / name
        for hunk in hunks.split("@@\n")[1:]:
            lines = hunk.splitlines()
            old, new = ("\n".join(line[1:] for line in lines if line[0] in kept) for kept in (" -", " +"))
            assert file.read_text().count(old) == 1, f"{name} has no single place for:\n{hunk}"
            file.write_text(file.read_text().replace(old, new))


@pytest.fixture(scope="module")
def system(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("visits"), checkout=copy)
    try:
        running.start("visits").wait_until_ready()
        yield running
    finally:
        running.stop()


def test_it_takes_fewer_than_a_hundred_lines_of_code() -> None:
    written = [
        line
        for kind, block in BLOCKS
        for line in block.splitlines()
        if (kind == "python" and line and not line.startswith("# ")) or re.match(r"\+(?!\+\+)", line)
    ]
    assert len(written) < MOST_LINES


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy", "--cache-dir", CHECKOUT / ".mypy_cache", "--package", "services.visits"],
        ["lint-imports", "--no-logo", "--no-cache"],
        [sys.executable, "-m", "shared.contracts", "generate"],
        [sys.executable, "-m", "shared.contracts", "check"],
    ],
    ids=lambda command: " ".join(map(str, command[-2:])),
)
def test_it_keeps_every_rule_of_the_house(copy: Path, command: list[str]) -> None:
    tool = Path(sys.executable).parent / command[0]
    done = subprocess.run(
        [tool, *command[1:]], cwd=copy, env=base_environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_resolved_tip_opens_one_visit_which_is_made_once_and_told(system: System) -> None:
    resolved = tip_event("resolved", tip=1)
    await publish(system.kafka.bootstrap, [resolved, resolved, tip_event("resolved", tip=2, restricted=True)])
    async with httpx.AsyncClient(base_url=system.of("visits")[0].url, trust_env=False) as http:
        head = system.bearer("visits:make", "events:read", areas=("99/99001",))

        async def asked(visit: str, headers: dict[str, str]) -> httpx.Response:
            return await http.post(f"/visits/{visit}/made", headers=headers)

        async def opened() -> bool:
            elsewhere = system.bearer("visits:make", areas=("98",))
            return (await asked(VISIT, elsewhere)).status_code == 403

        await eventually(opened, within=30)
        assert (await asked(VISIT, {})).status_code == 401
        assert (await asked(VISIT, head)).json()["status"] == "made"
        assert (await asked(VISIT, head)).json()["code"] == "illegal_transition"
        assert (await asked(f"visit_{tip_id(2)[4:]}", head)).status_code == 404
        await eventually(lambda: records_of(system.kafka.bootstrap, "visits.visit.v1"))
        told = (await http.get("/events", headers=head)).json()["items"]
    assert [(event["type"], event["data"]["tip_id"]) for event in told] == [
        ("liengia.visit.made.v1", resolved.subject)
    ]
    (record,) = records_of(system.kafka.bootstrap, "visits.visit.v1")
    assert record.key() == VISIT.encode()
