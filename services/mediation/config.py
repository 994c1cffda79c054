"""Settings of mediation, from the environment."""

from shared.settings import DatabaseName, IdSecret, Port, SealingKeys, ServiceSettings


class MediationSettings(ServiceSettings):
    port: Port = 8102
    mongo_database: DatabaseName = "mediation"
    # From which case ids are derived.
    mediation_id_secret: IdSecret
    mediation_sealing_key: SealingKeys
