"""What the settings of the ledger must look like."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from services.tips.ledger.domain.notes import Malformed
from services.tips.ledger.keys import SigningKey


def _readable(value: SecretStr) -> SecretStr:
    try:
        SigningKey.parse(value.get_secret_value())
    except Malformed as fault:
        raise ValueError(str(fault)) from None
    return value


LedgerKey = Annotated[SecretStr, AfterValidator(_readable)]
Seconds = Annotated[int, Field(ge=1, le=3600)]
