"""Kafka's jars: fetched once into a cache, held against the lock file's SHA-256 every time they are used."""

import fcntl
import hashlib
import os
import ssl
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failure import CannotStart

LOCK_FILE = Path(__file__).with_name("jgo.lock.toml")
_CHECKOUT = Path(__file__).resolve().parents[3]
_PARALLEL = 6


@dataclass(frozen=True, slots=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    def path(self, cache: Path) -> Path:
        """Where it lies in a Maven repository."""
        folder = cache.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"

    def intact(self, cache: Path) -> bool:
        try:
            return hashlib.sha256(self.path(cache).read_bytes()).hexdigest() == self.sha256
        except FileNotFoundError:
            return False


def jar_cache() -> Path:
    """`LIENGIA_CACHE`, else `.local/cache` of the checkout; the jars lie in its folder `maven`."""
    return Path(os.environ.get("LIENGIA_CACHE") or _CHECKOUT / ".local" / "cache") / "maven"


def locked() -> list[Jar]:
    """The class path as the lock file pins it."""
    with LOCK_FILE.open("rb") as file:
        pinned = tomllib.load(file)["dependencies"]
    return [Jar(jar["groupId"], jar["artifactId"], jar["version"], jar["sha256"]) for jar in pinned]


def class_path() -> str:
    """Every jar present and intact, joined for `java -cp`; fetches what is missing. Raises CannotStart."""
    cache = jar_cache()
    jars = locked()
    if not all(jar.intact(cache) for jar in jars):
        with _alone(cache):
            _fetch([jar for jar in jars if not jar.intact(cache)], cache)
    return os.pathsep.join(str(jar.path(cache)) for jar in jars)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """Two processes that share a cache do not write the same jar at once."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(missing: Sequence[Jar], cache: Path) -> None:
    _trust_what_this_machine_trusts()
    with ThreadPoolExecutor(_PARALLEL) as pool:
        downloads = {pool.submit(_download, jar, cache): jar for jar in missing}
        for number, done in enumerate(as_completed(downloads), start=1):
            if error := done.exception():
                pool.shutdown(cancel_futures=True)
                raise _failed(downloads[done], error) from error
            _show(f"      Apache Kafka: {number} of {len(missing)} jars fetched", last=number == len(missing))


def _download(jar: Jar, cache: Path) -> None:
    from jgo.maven import MavenContext  # noqa: PLC0415  (half a second of imports that only a first run needs)

    jar.path(cache).unlink(missing_ok=True)
    MavenContext(repo_cache=cache, timeout=30).project(jar.group, jar.artifact).at_version(
        jar.version
    ).artifact().resolve()
    if not jar.intact(cache):
        jar.path(cache).unlink(missing_ok=True)
        raise ValueError("what came does not match the lock file's SHA-256")


def _trust_what_this_machine_trusts() -> None:
    """The download library believes only its own list; behind a company's proxy the machine's list counts."""
    paths = ssl.get_default_verify_paths()
    if store := paths.cafile or paths.capath:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", store)


def _failed(jar: Jar, error: BaseException) -> CannotStart:
    if isinstance(error, ValueError):
        reason = str(error)
    else:
        reason = f"Maven Central could not be reached or does not have it ({type(error).__name__})"
    return CannotStart(
        f"Fetching {jar.artifact} {jar.version} for Apache Kafka failed: {reason}. "
        "Check the network (or a proxy's settings) and run the same command again; what is there is kept."
    )


def _show(line: str, *, last: bool) -> None:
    """One line that counts up on a terminal; elsewhere only its last state."""
    if sys.stderr.isatty():
        print(f"\r{line}", end="\n" if last else "", file=sys.stderr, flush=True)
    elif last:
        print(line, file=sys.stderr, flush=True)
