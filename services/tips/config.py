"""Settings of tips, from the environment. Every fault is named at start, no value is ever printed."""

from pathlib import Path
from typing import Self

from pydantic import model_validator

from shared.settings import DatabaseName, IdSecret, Port, SealingKeys, ServiceSettings


class TipsSettings(ServiceSettings):
    """`TIPS_ID_SECRET` and `TIPS_RECEIPT_SECRET` must stay the same for the life of the data: tips are
    found through them.
    """

    port: Port = 8101
    mongo_database: DatabaseName = "tips"
    # From which tip ids, receipt codes and their lookup hashes are derived; two independent secrets.
    tips_id_secret: IdSecret
    tips_receipt_secret: IdSecret
    tips_sealing_key: SealingKeys
    # The private key to which integrations encrypt submissions (JWK or JWK set, EC P-256).
    tips_submission_key_file: Path

    @model_validator(mode="after")
    def _secrets_differ(self) -> Self:
        if self.tips_id_secret.get_secret_value() == self.tips_receipt_secret.get_secret_value():
            raise ValueError("TIPS_ID_SECRET and TIPS_RECEIPT_SECRET must differ")
        return self
