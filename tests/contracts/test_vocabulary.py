"""The words in the code are those that integrators were told, written out here once more."""

from enum import StrEnum

import pytest

from shared.contracts import CONTRACTS, case_vocabulary, vocabulary
from shared.contracts.submissions import TIP_SUBMISSION_TOPIC, TIP_SUBMITTED
from shared.contracts.topics import EVENT_TOPICS

WORDS: dict[type[StrEnum], str] = {
    vocabulary.Category: (
        "theft_burglary, robbery_snatching, assault, domestic_violence, child_abuse, fraud_online, "
        "fraud_offline, illegal_lending, drugs, gambling, weapons_fireworks, trafficking, fire_hazard, "
        "traffic_danger, noise, vandalism, environmental_dumping, sidewalk_encroachment, "
        "workplace_accident, missing_person, lost_found, infrastructure_hazard, neighbour_dispute, "
        "officer_misconduct, other_incident"
    ),
    vocabulary.DisputeType: (
        "boundary, shared_path, noise, household_waste, animals, water_drainage, debt_small, "
        "property_damage, family_nonviolent, inheritance, condominium, other"
    ),
    vocabulary.Channel: (
        "web, phone, in_person, meeting, home_visit, zalo_oa, zalo_group, social_post, sms, email, "
        "loudspeaker, leaflet, notice_board, public_services_portal, open311, kafka, other"
    ),
    vocabulary.IdentityMode: "anonymous, protected, open",
    vocabulary.TipState: (
        "received, classified, referred, handed_over, resolved, unfounded, out_of_scope, replied, closed, "
        "reopened, erased"
    ),
    vocabulary.Classification: "crime_report, admin_violation, dispute, emergency, information",
    vocabulary.Harm: "attempted, completed, unknown",
    vocabulary.HandoverResult: "case_opened, sanctioned, no_case",
    case_vocabulary.CaseState: (
        "requested, awaiting_advice, consent_pending, accepted, assigned, in_session, following_up, closed, "
        "erased"
    ),
    case_vocabulary.MediationOutcome: "successful, ended, out_of_scope",
    vocabulary.Qualifier: "exact, more_than, approx_below, approx, order_of_magnitude",
    vocabulary.Origin: "computed, attested, derived",
}
# By topic, as docs/subscribers.md and docs/integrations.md speak of them.
TYPES = {
    "tips.tip.v1": (
        "tip.received tip.classified tip.declined tip.assigned tip.attended tip.referred_to_mediation "
        "tip.resolved tip.replied tip.returned tip.handed_over tip.found_unfounded tip.closed tip.rated "
        "tip.handover_result tip.reopened tip.message_posted tip.information_added tip.duplicate_linked "
        "tip.duplicate_unlinked tip.deadline_extended tip.deadline_warning tip.deadline_breached tip.erased "
        "identity.accessed"
    ),
    "mediation.case.v1": (
        "mediation.requested mediation.scope_decided mediation.accepted mediation.assigned "
        "mediation.session_held mediation.concluded mediation.followup_due mediation.agreement_performed "
        "mediation.agreement_partly_performed mediation.agreement_breached mediation.closed mediation.rated "
        "mediation.erased"
    ),
    "notifications.notice.v1": (
        "campaign.approved campaign.completed alert.issued alert.updated alert.cancelled "
        "delivery.batch_completed delivery.failed outreach.session_recorded pledge.recorded dialogue.held"
    ),
    "analytics.signal.v1": (
        "patrol.recorded group.meeting_held model.launched model.asset_added statistic.reported "
        "trend.detected hotspot.detected group.inactive plan.task_due plan.task_overdue plan.task_done "
        "scorecard.signed report.published"
    ),
    "analytics.registry.v1": (
        "area.changed organisation.changed group.changed model.changed asset.changed contact.changed"
    ),
    "tips.submission.v1": "tip.submitted",
    "community.submission.v1": (
        "patrol_submitted group_meeting_submitted model_submitted asset_submitted statistic_submitted "
        "outreach_session_submitted pledge_submitted"
    ),
}


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_a_vocabulary_has_exactly_the_words_of_the_product(words: type[StrEnum]) -> None:
    assert [word.value for word in words] == [word.strip() for word in WORDS[words].split(",")]


@pytest.mark.parametrize("topic", TYPES)
def test_a_topic_carries_exactly_the_types_of_the_public_contract(topic: str) -> None:
    ours = {event_type for event_type, model in CONTRACTS.items() if topic == model.TOPIC}
    if topic == TIP_SUBMISSION_TOPIC:
        ours.add(TIP_SUBMITTED)
    assert ours == {f"liengia.{name}.v1" for name in TYPES[topic].split()}


def test_every_event_topic_is_in_the_public_contract() -> None:
    assert {topic.name for topic in EVENT_TOPICS} == set(TYPES)
