"""The shapes of the answers about webhooks, for the OpenAPI document. Times are in UTC."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.domain.attempts import Fault, Outcome
from services.notifications.domain.webhooks import Reason, Status


class Answer(BaseModel):
    """What this service answers holds these members and no others."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class SecretInForce(Answer):
    """A secret that signs; `until` is null for the newest."""

    made_at: datetime
    until: datetime | None


class ReplayItem(Answer):
    """`count` deliveries were found so far; `done` when all are made."""

    id: str
    requested_at: datetime
    since: datetime | None = Field(alias="from")
    before: datetime | None = Field(alias="to")
    count: int
    done: bool


class WebhookItem(Answer):
    """`url` is shown to its owner alone. `deliveries` is the number of the last one made."""

    id: str
    version: int
    status: Status
    url: str | None
    origin: str
    owner: str
    areas: list[str]
    types: list[str]
    restricted: bool
    created_at: datetime
    since: datetime
    reason: Reason | None
    disabled_at: datetime | None
    secrets: list[SecretInForce]
    deliveries: int
    waiting: int
    replay: ReplayItem | None


class WebhookWithSecret(WebhookItem):
    """`secret` is told here and nowhere else: `whsec_…`, null where a repeat comes after it was replaced."""

    secret: str | None


class WebhookList(Answer):
    items: list[WebhookItem]
    next_cursor: str | None


class AttemptItem(Answer):
    """One post. `status` is the receiver's answer; `fault` says why there is none."""

    webhook_id: str = Field(description="The header `webhook-id`")
    event: str
    type: str
    deliverynumber: int
    attempt: int
    at: datetime
    outcome: Outcome
    status: int | None
    fault: Fault | None
    milliseconds: int


class AttemptList(Answer):
    items: list[AttemptItem]
    next_cursor: str | None
