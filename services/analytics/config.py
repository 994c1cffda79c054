"""Settings of analytics: what every service reads, and where this one listens."""

from pydantic import Field

from shared.settings import DatabaseName, Port, ServiceSettings


class AnalyticsSettings(ServiceSettings):
    port: Port = 8104
    mongo_database: DatabaseName = "analytics"
    # Open /live streams of one replica; beyond it 503.
    live_clients: int = Field(default=500, ge=1, le=100_000)
