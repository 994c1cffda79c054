"""What the local stack makes once is what the services accept: tokens, sealing keys, the submission key."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.local.issuer import AUDIENCE, EVERYWHERE, ISSUER, SCOPES, Issuer
from deploy.local.private import write_private
from deploy.local.service_secrets import service_secrets
from services.tips.intake.submission_key import SubmissionKey
from services.tips.ledger.keys import SigningKey
from shared.auth import Verifier
from shared.clock import SystemClock
from shared.errors import Unauthorised
from shared.key_encryption import ring_of
from shared.keys import from_file


def verifier(folder: Path) -> Verifier:
    keys = from_file(Issuer(folder).jwks_file)
    return Verifier(keys, issuer=ISSUER, audience=AUDIENCE, clock=SystemClock())


async def test_a_development_token_is_believed_with_its_scopes_and_areas(tmp_path: Path) -> None:
    token = Issuer(tmp_path).token(["tips:read", "tips:handle"], ["99/99001"], "officer-7")
    principal = await verifier(tmp_path).verify(token)
    assert principal.id == "officer-7"
    assert principal.scopes == {"tips:read", "tips:handle"}
    assert principal.covers("99/99001/tdp-4")
    assert not principal.covers("99/99002")


async def test_the_token_that_make_up_prints_may_do_everything_everywhere(tmp_path: Path) -> None:
    principal = await verifier(tmp_path).verify(Issuer(tmp_path).token(SCOPES, [EVERYWHERE]))
    assert principal.covers("01/00001")
    principal.require("operate", "99/99001")


async def test_a_token_outlives_a_restart_and_another_machines_token_is_refused(tmp_path: Path) -> None:
    token = Issuer(tmp_path / "here").token(["tips:read"], ["99"])
    await verifier(tmp_path / "here").verify(token)
    with pytest.raises(Unauthorised):
        await verifier(tmp_path / "there").verify(token)


def test_the_tips_secrets_stay_the_same_and_open_what_they_must(tmp_path: Path) -> None:
    first = service_secrets("tips", tmp_path)
    assert service_secrets("tips", tmp_path) == first
    assert ring_of(SecretStr(first["TIPS_SEALING_KEY"])).current == "k1"
    assert len(SubmissionKey.load(Path(first["TIPS_SUBMISSION_KEY_FILE"])).keys.keys) == 1
    assert first["TIPS_ID_SECRET"] != first["TIPS_RECEIPT_SECRET"]
    assert SigningKey.parse(first["TIPS_LEDGER_KEY"]).name.endswith("/ledger")


def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "one"
    write_private(file, "secret")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
