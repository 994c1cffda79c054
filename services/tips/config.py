"""Settings of tips, from the environment. Every fault is named at start, no value is ever printed."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator

from shared.errors import Invalid
from shared.sealing import Keyring
from shared.settings import ServiceSettings


class TipsSettings(ServiceSettings):
    """`TIPS_ID_SECRET` and `TIPS_RECEIPT_SECRET` must stay the same for the life of the data: tips are
    found through them.
    """

    port: int = Field(default=8101, ge=0, le=65535)
    mongo_database: str = Field(default="tips", min_length=1, max_length=63, pattern=r"^[a-z0-9_-]+$")
    # From which tip ids, receipt codes and their lookup hashes are derived; two independent secrets.
    tips_id_secret: SecretStr = Field(min_length=32)
    tips_receipt_secret: SecretStr = Field(min_length=32)
    # Key-encryption keys that wrap the data key of every tip, `name:<32 bytes in Base64>`, current one first.
    tips_sealing_key: SecretStr
    # The private key to which integrations encrypt submissions (JWK or JWK set, EC P-256).
    tips_submission_key_file: Path

    @field_validator("tips_sealing_key")
    @classmethod
    def _keys_can_be_read(cls, value: SecretStr) -> SecretStr:
        try:
            Keyring.parse(value.get_secret_value())
        except Invalid as fault:
            raise ValueError(fault.detail) from None
        return value

    @model_validator(mode="after")
    def _secrets_differ(self) -> Self:
        if self.tips_id_secret.get_secret_value() == self.tips_receipt_secret.get_secret_value():
            raise ValueError("TIPS_ID_SECRET and TIPS_RECEIPT_SECRET must differ")
        return self
