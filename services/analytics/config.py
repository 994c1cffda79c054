"""Settings of analytics: what every service reads, and where this one listens."""

from pydantic import Field

from shared.settings import ServiceSettings


class AnalyticsSettings(ServiceSettings):
    port: int = Field(default=8104, ge=0, le=65535)
    mongo_database: str = Field(default="analytics", min_length=1, max_length=63, pattern=r"^[a-z0-9_-]+$")
    # Open /live streams of one replica; beyond it 503.
    live_clients: int = Field(default=500, ge=1, le=100_000)
