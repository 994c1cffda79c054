"""Settings of notifications, from the environment."""

from pydantic import Field

from shared.settings import DatabaseName, IdSecret, Port, SealingKeys, ServiceSettings


class NotificationsSettings(ServiceSettings):
    port: Port = 8103
    mongo_database: DatabaseName = "notifications"
    # From which ids are derived.
    notifications_id_secret: IdSecret
    notifications_sealing_key: SealingKeys
    # Whether a webhook may point at a private address or at http://. Only for a stack on one machine.
    notifications_private_webhooks: bool = False
    # Open streams of one replica; beyond it 503.
    stream_clients: int = Field(default=500, ge=1, le=100_000)
    # The same for the public stream, so that neither kind of reader takes the other's places.
    public_stream_clients: int = Field(default=500, ge=1, le=100_000)
    # Under which the public reaches this service; without it, feeds link to where they were asked.
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$", max_length=200)
