"""Go's own `sumdb` reads the log: an implementation that shares nothing with ours."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from services.tips.ledger.keys import SigningKey
from tests.component.tips.conftest import Ward
from tests.component.tips.ledger.conftest import Stranger
from tests.support.browser import IN_BROWSER

pytestmark = IN_BROWSER  # not in one, but on its event loop, to which the ward belongs

SOURCE = Path(__file__).parent / "go"
BUILD_SECONDS = 240


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled reader. Skips where Go, or its module golang.org/x/mod, cannot be had."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not installed: apt-get install golang")
    built = tmp_path_factory.mktemp("go") / "reader"
    env = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    fetched = subprocess.run(
        [go, "mod", "download"], cwd=SOURCE, env=env, capture_output=True, timeout=BUILD_SECONDS, check=False
    )
    if fetched.returncode != 0:
        pytest.skip("golang.org/x/mod cannot be fetched")
    done = subprocess.run(
        [go, "build", "-o", built, "."],
        cwd=SOURCE,
        env=env,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return built


async def read(reader: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run([reader, *arguments], capture_output=True, text=True, timeout=60, check=False)

    return await asyncio.to_thread(run)


async def test_go_finds_a_report_in_a_log_that_only_grew(ward: Ward, reader: Path, tmp_path: Path) -> None:
    desk, stranger = ward.desk, Stranger(ward.desk)
    await stranger.next_checkpoint()
    earlier = tmp_path / "earlier.txt"
    earlier.write_text((await desk.http.get("/ledger/checkpoint")).text)
    made = await desk.received()
    while (await stranger.next_checkpoint()).size <= 256:
        pass
    (entry,) = (await stranger.receipt(made["receipt_code"]))["entries"]
    key, place = str(stranger.key.verifier), str(entry["index"])
    holds = await read(reader, ward.address, key, str(earlier), entry["leaf"], place)
    assert (holds.returncode, "leaf" in holds.stdout) == (0, True), holds.stderr
    other = str(SigningKey.fresh(stranger.key.name).verifier)
    for wrong in (
        (other, str(earlier), entry["leaf"], place),
        (key, str(earlier), "00" * 32, place),
        (key, str(earlier), entry["leaf"], str(entry["index"] ^ 1)),
    ):
        assert (await read(reader, ward.address, *wrong)).returncode == 1
