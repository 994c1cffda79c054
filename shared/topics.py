"""`python -m shared.topics`: makes the topics of the topic table that are missing, and waits until they
can be written.

Settings: KAFKA_BOOTSTRAP_SERVERS; TOPIC_PROFILE `ward` (default) or `country`; TOPIC_REPLICATION (default 1);
TOPIC_WAIT_SECONDS, how long Kafka may be away (default 60). Exit codes: 0 done; 1 a setting or an existing
topic is wrong; 2 Kafka did not answer in time. A partition count that differs is an error and never changed:
adding partitions would reorder keys (docs/decisions/topics-by-a-job.md).
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast, get_args

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, for_code

from shared import kafka
from shared.contracts.topics import TOPICS, Profile, Topic
from shared.errors import Conflict, Unavailable

ALREADY_EXISTS: Final = 36  # Kafka's TOPIC_ALREADY_EXISTS
DONE, WRONG, AWAY = 0, 1, 2
_CALL_SECONDS: Final = 10.0
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    bootstrap: str
    profile: Profile
    replication: int
    wait_seconds: float


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises Conflict naming every setting that is missing or wrong, without its value."""
    bootstrap = environment.get("KAFKA_BOOTSTRAP_SERVERS", "").strip()
    profile = environment.get("TOPIC_PROFILE", "ward")
    replication = environment.get("TOPIC_REPLICATION", "1")
    wait = environment.get("TOPIC_WAIT_SECONDS", "60")
    faults = []
    if not bootstrap:
        faults.append("KAFKA_BOOTSTRAP_SERVERS must name host:port")
    if profile not in get_args(Profile):
        faults.append("TOPIC_PROFILE must be ward or country")
    if not (replication.isdecimal() and 1 <= int(replication) <= 9):
        faults.append("TOPIC_REPLICATION must be a whole number from 1 to 9")
    if not (wait.isdecimal() and 1 <= int(wait) <= 3600):
        faults.append("TOPIC_WAIT_SECONDS must be a whole number from 1 to 3600")
    if faults:
        raise Conflict("; ".join(faults), code="settings_wrong")
    return Settings(bootstrap, cast(Profile, profile), int(replication), float(wait))


async def ensure_topics(settings: Settings, report: Report, topics: Sequence[Topic] = TOPICS) -> None:
    """Makes what is missing and returns when every partition has a leader; safe to run again and at the
    same time.

    Raises Conflict when an existing topic has another partition count or Kafka refuses a topic, Unavailable
    when Kafka is away for longer than `wait_seconds`.
    """
    deadline = asyncio.get_running_loop().time() + settings.wait_seconds
    attempt = 0
    while True:
        try:
            await _ensure_once(settings, report, topics)
            return
        except (Unavailable, KafkaError, OSError, TimeoutError) as error:
            pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
            if asyncio.get_running_loop().time() + pause >= deadline:
                raise Unavailable(
                    f"Kafka at {settings.bootstrap} did not answer within {settings.wait_seconds:.0f} s; "
                    "start it or correct KAFKA_BOOTSTRAP_SERVERS",
                    code="kafka_unavailable",
                ) from error
            if attempt == 0:
                report(f"waiting for Kafka at {settings.bootstrap}")
            attempt += 1
            await asyncio.sleep(pause)


async def _ensure_once(settings: Settings, report: Report, topics: Sequence[Topic]) -> None:
    admin = kafka.make_admin(settings.bootstrap, client_id="liengia-topics")
    await kafka.start(admin)
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            present = await _partitions(admin)
        _refuse_other_counts(settings.profile, topics, present)
        missing = [topic for topic in topics if topic.name not in present]
        if missing:
            async with asyncio.timeout(_CALL_SECONDS):
                await _create(admin, settings, missing)
        await _await_leaders(admin, settings.profile, topics)
    finally:
        await kafka.stop(admin)
    for topic in topics:
        word = "made" if topic in missing else "there"
        report(f"{topic.name}: {word}, {_count(topic.partitions[settings.profile])}")


def _refuse_other_counts(
    profile: Profile, topics: Sequence[Topic], present: Mapping[str, Sequence[bool]]
) -> None:
    wrong = [
        f"{topic.name} has {_count(len(found))}, the {profile} profile wants {topic.partitions[profile]}"
        for topic in topics
        if (found := present.get(topic.name)) is not None and len(found) != topic.partitions[profile]
    ]
    if wrong:
        advice = "set the TOPIC_PROFILE that they were made with, or move to new topics; counts never change"
        raise Conflict(f"{'; '.join(wrong)}: {advice}", code="topics_differ")


async def _create(admin: AIOKafkaAdminClient, settings: Settings, missing: Sequence[Topic]) -> None:
    durability = {"min.insync.replicas": "2"} if settings.replication >= 3 else {}
    wanted = [
        NewTopic(
            name=topic.name,
            num_partitions=topic.partitions[settings.profile],
            replication_factor=settings.replication,
            topic_configs={**topic.config(), **durability},
        )
        for topic in missing
    ]
    answer = await admin.create_topics(wanted)
    for name, code, message in answer.topic_errors:
        if code in (0, ALREADY_EXISTS):
            continue
        error = for_code(code)
        if error.retriable:
            raise error(message)
        raise Conflict(f"Kafka refuses {name}: {message or error.__name__}", code="topic_refused")


async def _await_leaders(admin: AIOKafkaAdminClient, profile: Profile, topics: Sequence[Topic]) -> None:
    """A topic is usable a moment after it is made: writers that come before get an error and back off."""
    async with asyncio.timeout(_CALL_SECONDS):
        while True:
            present = await _partitions(admin)
            if all(
                len(present.get(topic.name, ())) == topic.partitions[profile] and all(present[topic.name])
                for topic in topics
            ):
                return
            # Somebody else may have made them just now, with another profile.
            _refuse_other_counts(profile, topics, {name: led for name, led in present.items() if all(led)})
            await asyncio.sleep(0.1)


async def _partitions(admin: AIOKafkaAdminClient) -> dict[str, list[bool]]:
    """Topic → for each partition, whether it has a leader."""
    described = await admin.describe_topics()
    return {
        topic["topic"]: [part["error_code"] == 0 and part["leader"] >= 0 for part in topic["partitions"]]
        for topic in described
        if topic["error_code"] == 0
    }


def _count(partitions: int) -> str:
    return f"{partitions} partition{'' if partitions == 1 else 's'}"


def main(environment: Mapping[str, str]) -> int:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # each refused connection would be a line
    try:
        asyncio.run(ensure_topics(read_settings(environment), lambda line: print(line, flush=True)))
    except Unavailable as error:
        print(f"topics: {error.detail}", file=sys.stderr)
        return AWAY
    except Conflict as error:
        print(f"topics: {error.detail}", file=sys.stderr)
        return WRONG
    return DONE


if __name__ == "__main__":
    sys.exit(main(os.environ))
