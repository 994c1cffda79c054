"""Kafka's jars are used only when they are what the lock file pins; a failed download says what to do."""

import os
from pathlib import Path

import pytest

from deploy.local.failure import CannotStart
from deploy.local.kafka.jars import class_path, jar_cache, locked

NOBODY = "http://127.0.0.1:9"  # the discard port: a proxy that refuses at once


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A full cache of the test's own, and no way to any network."""
    class_path()
    present = jar_cache()
    for jar in locked():
        copy = jar.path(tmp_path / "maven")
        copy.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(jar.path(present), copy)
    monkeypatch.setenv("LIENGIA_CACHE", str(tmp_path))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, NOBODY)
    return tmp_path / "maven"


def test_intact_jars_need_no_network(cache: Path) -> None:
    paths = class_path().split(os.pathsep)
    assert len(paths) == len(locked())
    assert all(path.startswith(str(cache)) for path in paths)


def test_a_changed_jar_is_never_used(cache: Path) -> None:
    jar = locked()[0]
    jar.path(cache).unlink()
    jar.path(cache).write_bytes(b"something else")
    with pytest.raises(CannotStart, match=jar.artifact):
        class_path()
    assert not jar.path(cache).exists()


def test_a_failed_download_is_one_sentence_saying_what_to_do(cache: Path) -> None:
    jar = locked()[0]
    jar.path(cache).unlink()
    with pytest.raises(CannotStart) as failure:
        class_path()
    assert f"Fetching {jar.artifact} {jar.version} for Apache Kafka failed" in str(failure.value)
    assert "Check the network" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_the_lock_names_versions_and_hashes_and_no_address() -> None:
    assert all(len(jar.sha256) == 64 for jar in locked())
    kafka = {jar.version for jar in locked() if jar.group == "org.apache.kafka"}
    assert len(kafka) == 1
    assert tuple(map(int, kafka.pop().split("."))) >= (4, 2, 0)
