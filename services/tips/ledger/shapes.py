"""The shapes of the ledger's answers, for the OpenAPI document."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Hexadecimal = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Hashes = list[str]
"""SHA-256 hashes in Base64."""


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InclusionProof(_Answer):
    """`leaf` is the entry, whose hash is SHA-256(0x00 ‖ entry); `proof` belongs to `checkpoint`."""

    leaf: Hexadecimal
    index: int
    proof: Hashes
    checkpoint: str


class ConsistencyProof(_Answer):
    """`from` and `to` count leaves."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    old: int = Field(alias="from")
    new: int = Field(alias="to")
    proof: Hashes


class ReceiptEntry(_Answer):
    """`leaf` = HMAC-SHA-256(`salt`, "liengia/tip-history/v1\\n" `what` "\\n" `at` "\\n" `chain` "\\n").

    `index` is null and `proof` empty while no checkpoint covers it yet.
    """

    what: str
    at: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")]
    chain: Hexadecimal
    salt: Hexadecimal
    leaf: Hexadecimal
    index: int | None
    proof: Hashes


class TipReceipt(_Answer):
    """To be kept: with it everybody can check, without this service, that the log holds these steps.

    `log` is the log's public key, `promised_seconds` how long a step may take to be covered.
    `checkpoint` is null before the log has its first.
    """

    format: Literal["liengia/tip-receipt/v1"]
    log: str
    promised_seconds: int
    checkpoint: str | None
    entries: list[ReceiptEntry]
