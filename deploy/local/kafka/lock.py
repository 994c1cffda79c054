"""`python -m deploy.local.kafka.lock`: resolve jgo.toml into jgo.lock.toml (for a new Kafka version only)."""

from pathlib import Path

from jgo.env import EnvironmentBuilder
from jgo.env._lockfile import LockFile
from jgo.env._spec import EnvironmentSpec
from jgo.maven import MavenContext

from deploy.local.kafka.jars import LOCK_FILE, jar_cache

SPEC_FILE = Path(__file__).with_name("jgo.toml")


def main() -> None:
    """Write the lock: every jar of the class path with version and SHA-256, and no address."""
    context = MavenContext(repo_cache=jar_cache())
    builder = EnvironmentBuilder(context, cache_dir=jar_cache() / "environments")
    wanted = builder.spec_to_dependencies(EnvironmentSpec.load(SPEC_FILE))
    inputs, transitive = context.resolver.resolve(wanted)
    running = [dependency for dependency in transitive if dependency.scope in ("compile", "runtime")]
    lock = LockFile.from_resolved_dependencies([*inputs, *running], environment_name="kafka")
    lock.save(LOCK_FILE)
    print(f"{LOCK_FILE.name}: {len(lock.dependencies)} jars")


if __name__ == "__main__":
    main()
