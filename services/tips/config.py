"""Settings of tips, from the environment. Every fault is named at start, no value is ever printed."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from services.tips.ledger.settings import LedgerKey, Seconds
from shared.areas import PROVINCE_OR_WARD_PATTERN
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
    # The private key that signs checkpoints of the ledger. It names the log: another name is another log.
    tips_ledger_key: LedgerKey
    # Where the newest signed checkpoint is remembered beside the database, so that an old backup is noticed.
    tips_ledger_witness_dir: Path
    # How often a checkpoint is signed.
    tips_ledger_seconds: Seconds = 300
    # The province or ward whose reports `/report` takes; without it, the whole country.
    tips_report_area: str | None = Field(default=None, pattern=PROVINCE_OR_WARD_PATTERN)
    # Reports, and wrong codes, that an address may send in ten minutes before it has to compute or wait.
    tips_free_per_address: int = Field(default=20, ge=1, le=100_000)
    # Trusted proxies in front, each of which adds to X-Forwarded-For whom it saw.
    tips_proxies: int = Field(default=0, ge=0, le=5)
    # The duty desk's telephone number, shown where a report is not the right thing.
    tips_duty_phone: str | None = Field(default=None, pattern=r"^\+?[0-9][0-9 .()-]{2,23}$")

    @model_validator(mode="after")
    def _secrets_differ(self) -> Self:
        if self.tips_id_secret.get_secret_value() == self.tips_receipt_secret.get_secret_value():
            raise ValueError("TIPS_ID_SECRET and TIPS_RECEIPT_SECRET must differ")
        return self
