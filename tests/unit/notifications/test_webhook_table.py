"""The states of a webhook: every call from every state, held against the table written here by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain import webhooks
from services.notifications.domain.webhooks import (
    MOST_SECRETS,
    OVERLAP,
    TRANSITIONS,
    Call,
    Reason,
    Secret,
    Status,
    Terms,
    Webhook,
)
from shared.errors import Conflict, IllegalTransition

NOW = datetime(2026, 9, 14, 1, 0, tzinfo=UTC)
TABLE = """
enabled, disabled | rotate-secret | same
enabled           | disable       | disabled
disabled          | enable        | enabled
enabled           | replay        | same
enabled, disabled | remove        | removed
"""


def webhook(status: Status = Status.ENABLED, *secrets: Secret) -> Webhook:
    return Webhook(
        owner="integration:portal",
        terms=Terms(("99",)),
        origin="https://portal.example.org",
        key="k",
        url="sealed",
        secrets=secrets or (secret(1),),
        created_at=NOW,
        since=NOW,
        begins={"7": 3},
        status=status,
    )


def secret(number: int, until: datetime | None = None) -> Secret:
    return Secret(f"sec_{number}", f"sealed {number}", NOW, until)


def after(call: Call, before: Webhook) -> Webhook:
    if call is Call.ROTATE:
        return webhooks.rotate(before, secret(9), NOW).state
    if call is Call.DISABLE:
        return webhooks.disable(before, Reason.OWNER, NOW).state
    if call is Call.ENABLE:
        return webhooks.enable(before, {"7": 9}, NOW).state
    if call is Call.REMOVE:
        return webhooks.remove(before).state
    webhooks.check_replay(before)
    return before


def rows() -> dict[Call, tuple[set[Status], str]]:
    found: dict[Call, tuple[set[Status], str]] = {}
    for line in TABLE.strip().splitlines():
        sources, call, to = (cell.strip() for cell in line.split("|"))
        found[Call(call)] = ({Status(one) for one in sources.split(", ")}, to)
    return found


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("status", Status)
def test_a_call_leads_where_the_table_says_and_is_refused_elsewhere(call: Call, status: Status) -> None:
    sources, to = rows()[call]
    if status in sources:
        assert after(call, webhook(status)).status == (status if to == "same" else Status(to))
    else:
        with pytest.raises(IllegalTransition, match="lawful now"):
            after(call, webhook(status))


def test_the_code_holds_the_same_table() -> None:
    assert {row.call: (set(row.sources), row.to or "same") for row in TRANSITIONS} == rows()


def test_after_a_rotation_both_secrets_sign_for_a_day_and_then_the_new_one_alone() -> None:
    rotated = webhooks.rotate(webhook(), secret(2), NOW).state
    assert [one.id for one in webhooks.valid_secrets(rotated, NOW)] == ["sec_2", "sec_1"]
    just_before, at_the_end = NOW + OVERLAP - timedelta(seconds=1), NOW + OVERLAP
    assert len(webhooks.valid_secrets(rotated, just_before)) == 2
    assert [one.id for one in webhooks.valid_secrets(rotated, at_the_end)] == ["sec_2"]


def test_a_second_rotation_does_not_prolong_the_first_secret() -> None:
    later = NOW + timedelta(hours=20)
    twice = webhooks.rotate(webhooks.rotate(webhook(), secret(2), NOW).state, secret(3), later).state
    ends = {one.id: one.until for one in twice.secrets}
    assert ends == {"sec_3": None, "sec_2": later + OVERLAP, "sec_1": NOW + OVERLAP}


def test_the_same_secret_again_changes_nothing_and_too_many_are_refused() -> None:
    rotated = webhooks.rotate(webhook(), secret(2), NOW).state
    assert webhooks.rotate(rotated, secret(2), NOW).state == rotated
    full = webhook(Status.ENABLED, *(secret(number) for number in range(MOST_SECRETS)))
    with pytest.raises(Conflict) as refused:
        webhooks.rotate(full, secret(99), NOW)
    assert refused.value.code == "too_many_secrets"


def test_enabled_again_it_begins_anew_and_removed_it_keeps_nothing_secret() -> None:
    disabled = webhooks.disable(webhook(), Reason.GONE, NOW).state
    assert (disabled.reason, disabled.disabled_at) == (Reason.GONE, NOW)
    again = webhooks.enable(disabled, {"7": 9}, NOW + timedelta(days=1)).state
    assert (again.begins, again.since, again.round) == ({"7": 9}, NOW + timedelta(days=1), 2)
    assert (again.reason, again.disabled_at) == (None, None)
    removed = webhooks.remove(webhook()).state
    assert (removed.key, removed.url, removed.secrets, removed.origin) == (None, None, (), "")
    assert replace(removed, status=Status.ENABLED).owner == "integration:portal"
