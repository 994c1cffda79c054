"""The topic table: which topic carries what, from whom, to whom, for how long. Everything about topics is
derived from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

Profile = Literal["ward", "country"]
SERVICES: Final = ("tips", "mediation", "notifications", "analytics")

_MANY: Final[Mapping[Profile, int]] = {"ward": 4, "country": 96}
_FEW: Final[Mapping[Profile, int]] = {"ward": 1, "country": 6}


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. `key` says what the record key is; `retention` None keeps records until compaction
    replaces them.

    Partition counts are fixed when the topic is made: adding partitions later would reorder keys.
    """

    name: str
    key: str
    producer: str
    consumers: tuple[str, ...]
    partitions: Mapping[Profile, int]
    retention: timedelta | None
    cleanup: Literal["delete", "compact"] = "delete"
    purpose: str = ""

    def config(self) -> dict[str, str]:
        """Topic settings as Kafka names them."""
        retention_ms = -1 if self.retention is None else int(self.retention.total_seconds() * 1000)
        return {"cleanup.policy": self.cleanup, "retention.ms": str(retention_ms)}


def dead_letter_topic(group: str) -> str:
    return f"{group}.dlt"


def retry_topic(group: str) -> str:
    return f"{group}.retry"


EVENT_TOPICS: Final = (
    Topic(
        "tips.tip.v1",
        "tip id",
        "tips",
        ("mediation", "notifications", "analytics"),
        _MANY,
        timedelta(days=30),
        purpose="The life of every tip",
    ),
    Topic(
        "mediation.case.v1",
        "case id",
        "mediation",
        ("tips", "mediation", "notifications", "analytics"),
        _MANY,
        timedelta(days=30),
        purpose="Mediation cases: type and outcome, never terms or parties",
    ),
    Topic(
        "notifications.notice.v1",
        "notice id",
        "notifications",
        ("notifications", "analytics"),
        _MANY,
        timedelta(days=30),
        purpose="Campaigns, alerts, deliveries, outreach",
    ),
    Topic(
        "analytics.signal.v1",
        "signal id",
        "analytics",
        ("notifications",),
        _MANY,
        timedelta(days=30),
        purpose="Figures, trends, hotspots, patrols, plans",
    ),
    Topic(
        "analytics.registry.v1",
        "registry entry id",
        "analytics",
        ("tips", "mediation", "notifications"),
        _MANY,
        None,
        cleanup="compact",
        purpose="Areas, organisations, groups: the newest state of each",
    ),
    Topic(
        "tips.submission.v1",
        "the integration's own id of the report",
        "integrations",
        ("tips",),
        _MANY,
        timedelta(days=7),
        purpose="Encrypted reports from integrations",
    ),
    Topic(
        "community.submission.v1",
        "the integration's own id of the entry",
        "integrations",
        ("analytics", "notifications"),
        _MANY,
        timedelta(days=7),
        purpose="Patrols, meetings, pledges from partners",
    ),
)

# Replay is by hand and rare, so few partitions; a dead letter must outlive a long holiday.
GROUP_TOPICS: Final = tuple(
    topic
    for group in SERVICES
    for topic in (
        Topic(
            retry_topic(group),
            "the original record's key",
            group,
            (group,),
            _FEW,
            timedelta(days=7),
            purpose=f"Replay of dead letters to {group}",
        ),
        Topic(
            dead_letter_topic(group),
            "the original record's key",
            group,
            (),
            _FEW,
            timedelta(days=90),
            purpose=f"Records that {group} could not process",
        ),
    )
)

TOPICS: Final[tuple[Topic, ...]] = EVENT_TOPICS + GROUP_TOPICS
