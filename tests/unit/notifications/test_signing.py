"""Signatures, verified by the specification's own library."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from services.notifications.usecases.signing import new_secret, signed

BODY = '{"id":"tip_a:1","area":"Phường Bình Minh"}'.encode()


def test_the_specifications_library_verifies_what_is_signed() -> None:
    secret = new_secret()
    headers = dict(signed("msg_1", datetime.now(UTC), BODY, [secret]))
    assert Webhook(secret).verify(BODY, headers)["id"] == "tip_a:1"


@pytest.mark.parametrize("change", ["body", "webhook-id", "webhook-timestamp", "secret"])
def test_whatever_is_changed_it_verifies_no_more(change: str) -> None:
    secret = new_secret()
    headers = dict(signed("msg_1", datetime.now(UTC), BODY, [secret]))
    if change in headers:
        headers[change] = str(int(headers[change]) + 1) if change.endswith("timestamp") else "msg_2"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret() if change == "secret" else secret).verify(
            BODY + b" " if change == "body" else BODY, headers
        )


def test_during_a_rotation_both_secrets_verify() -> None:
    new, old = new_secret(), new_secret()
    headers = dict(signed("msg_1", datetime.now(UTC), BODY, [new, old]))
    for secret in (new, old):
        Webhook(secret).verify(BODY, headers)


def test_a_secret_is_long_and_never_the_same() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert all(len(one) == len("whsec_") + 44 for one in (new_secret(), new_secret()))
