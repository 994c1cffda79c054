"""Checks a kept proof without asking who keeps the log, and tells in words what it found."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from services.tips.ledger.domain import merkle
from services.tips.ledger.domain.commitments import Statement, commit
from services.tips.ledger.domain.merkle import leaf_hash
from services.tips.ledger.domain.notes import Checkpoint, Malformed
from services.tips.ledger.keys import VerifierKey
from services.tips.ledger.shapes import ConsistencyProof, ReceiptEntry, TipReceipt

Line = tuple[str, str]
"""Vietnamese, English."""


@dataclass
class Findings:
    """What was found, in order. `fine` while nothing speaks against the log; `whole` while nothing is left
    that cannot be told from these files."""

    fine: bool = True
    whole: bool = True
    lines: list[Line] = field(default_factory=list)

    def say(self, vi: str, en: str) -> None:
        self.lines.append((vi, en))

    def doubt(self, vi: str, en: str) -> None:
        self.whole = False
        self.say(vi, en)

    def fail(self, vi: str, en: str) -> None:
        self.fine = False
        self.say(vi, en)


class Unreadable(ValueError):
    """A file is not what it should be."""


def read_receipt(text: str | bytes) -> TipReceipt:
    """Raises Unreadable."""
    try:
        return TipReceipt.model_validate_json(text)
    except ValidationError:
        raise Unreadable("the proof") from None


def read_consistency(text: str | bytes) -> ConsistencyProof:
    """Raises Unreadable."""
    try:
        return ConsistencyProof.model_validate_json(text)
    except ValidationError:
        raise Unreadable("the consistency proof") from None


def key_of(receipt: TipReceipt, given: str | None) -> VerifierKey:
    """The key to check by: the one that was kept elsewhere, else the receipt's own. Raises Unreadable."""
    try:
        return VerifierKey.parse(given or receipt.log)
    except Malformed:
        raise Unreadable("the key") from None


def check_receipt(receipt: TipReceipt, key: VerifierKey, findings: Findings) -> Checkpoint | None:
    """Every entry is committed to as it says, and stands in the receipt's checkpoint, which `key` signed."""
    if receipt.checkpoint is None:
        findings.doubt(
            "Bằng chứng chưa có dấu chốt: hãy lấy lại sau.",
            "The proof has no checkpoint yet: fetch it again.",
        )
        return None
    if (head := opened(receipt.checkpoint, key, findings)) is None:
        return None
    findings.say(
        f"Dấu chốt {head.origin}, {head.size} con dấu: chữ ký đúng.",
        f"Checkpoint {head.origin}, {head.size} leaves: the signature is right.",
    )
    if not receipt.entries:
        findings.doubt("Bằng chứng không nói về bước nào.", "The proof speaks of no step.")
    for entry in receipt.entries:
        _check_entry(entry, head, findings)
    return head


def check_growth(
    old: Checkpoint, new: Checkpoint, proofs: Sequence[ConsistencyProof], findings: Findings
) -> None:
    """The log of `new` begins with that of `old`, which was kept before it."""
    if new.size < old.size:
        findings.fail(
            f"SỔ ĐÃ BỊ LÙI LẠI: trước có {old.size} con dấu, nay chỉ còn {new.size}.",
            f"THE LOG WAS SET BACK: it had {old.size} leaves and now has {new.size}.",
        )
        return
    proof = next((one.proof for one in proofs if (one.old, one.new) == (old.size, new.size)), None)
    if proof is None and old.size != new.size:
        wanted = f"/ledger/consistency?from={old.size}&to={new.size}"
        findings.fail(
            f"Thiếu bằng chứng nối {old.size} với {new.size}: hãy lấy {wanted}.",
            f"What joins {old.size} to {new.size} is missing: fetch {wanted}.",
        )
    elif merkle.extends(old.size, old.root, new.size, new.root, _hashes(proof or [])):
        findings.say(
            f"Sổ chỉ dài thêm, từ {old.size} đến {new.size} con dấu: không con dấu cũ nào bị xóa hay sửa.",
            f"The log only grew, from {old.size} to {new.size} leaves: nothing old was removed or changed.",
        )
    else:
        findings.fail(
            f"SỔ ĐÃ BỊ VIẾT LẠI: {new.size} con dấu nay không bắt đầu bằng {old.size} con dấu trước.",
            f"THE LOG WAS REWRITTEN: the {new.size} leaves now do not begin with the {old.size} before.",
        )


def opened(text: str, key: VerifierKey, findings: Findings) -> Checkpoint | None:
    """The checkpoint in a note, if `key` signed it."""
    try:
        return key.open(text)
    except Malformed as fault:
        findings.fail("Dấu chốt không đúng chữ ký của sổ này.", f"A checkpoint does not hold: {fault}")
        return None


def _check_entry(entry: ReceiptEntry, head: Checkpoint, findings: Findings) -> None:
    leaf = bytes.fromhex(entry.leaf)
    if not _says(entry, leaf):
        findings.fail(
            f"{entry.at} {entry.what}: con dấu KHÔNG khớp.",
            f"{entry.at} {entry.what}: the leaf does NOT match.",
        )
    elif entry.index is None:
        findings.doubt(
            f"{entry.at} {entry.what}: còn chờ vào sổ.",
            f"{entry.at} {entry.what}: still waits for a checkpoint.",
        )
    elif merkle.includes(leaf_hash(leaf), entry.index, head.size, _hashes(entry.proof), head.root):
        findings.say(f"{entry.at} {entry.what}: có trong sổ.", f"{entry.at} {entry.what}: is in the log.")
    else:
        findings.fail(
            f"{entry.at} {entry.what}: KHÔNG có trong sổ.", f"{entry.at} {entry.what}: is NOT in the log."
        )


def _says(entry: ReceiptEntry, leaf: bytes) -> bool:
    """Whether `leaf` commits to what the entry says; to a day that no calendar has none does."""
    try:
        said = Statement(entry.what, datetime.fromisoformat(entry.at), entry.chain)
    except ValueError:
        return False
    return commit(said, bytes.fromhex(entry.salt)) == leaf


def _hashes(written: Sequence[str]) -> list[bytes]:
    """What is no Base64 becomes a hash that fits nowhere."""
    try:
        return [base64.b64decode(one, validate=True) for one in written]
    except (ValueError, binascii.Error):
        return [b""]
