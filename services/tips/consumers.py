"""Kafka in: what each feature does with what tips consumes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from services.tips.intake.consumers import SERVICE, taking_in
from services.tips.intake.submission_key import SubmissionKey
from services.tips.mediation.consumers import closing_the_loop
from services.tips.tip.usecases.bench import Bench
from shared.clock import Clock
from shared.consume import Consumer, Reaction, Rejected
from shared.contracts.mediation import MediationConcluded
from shared.contracts.submissions import TIP_SUBMISSION_TOPIC, TIP_SUBMITTED
from shared.contracts.topics import retry_topic
from shared.mongo import Database

TOPICS = (TIP_SUBMISSION_TOPIC, MediationConcluded.TOPIC)


def effects(bench: Bench, key: SubmissionKey) -> Mapping[str, Sequence[Reaction]]:
    """What happens with each type on the topics that tips consumes."""
    return {
        TIP_SUBMITTED: [Reaction(taking_in(bench, key))],
        MediationConcluded.TYPE: [Reaction(closing_the_loop(bench))],
    }


def consumer(
    database: Database,
    bench: Bench,
    key: SubmissionKey,
    keep: Callable[[Rejected], Awaitable[bool]],
    *,
    bootstrap: str,
    clock: Clock,
) -> Consumer:
    """`keep` takes the reports that cannot be taken in, from their topic and from the replay."""
    return Consumer(
        service=SERVICE,
        bootstrap=bootstrap,
        database=database,
        topics=TOPICS,
        effects=effects(bench, key),
        clock=clock,
        rejects=dict.fromkeys((TIP_SUBMISSION_TOPIC, retry_topic(SERVICE)), keep),
    )
