"""A setting that is wrong is named at start, and never shown."""

from pathlib import Path

import pytest

from services.tips.__main__ import main
from services.tips.config import TipsSettings
from services.tips.intake.submission_key import new_submission_key
from services.tips.ledger.keys import SigningKey
from shared.settings import load


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    key_file = tmp_path / "key.json"
    key_file.write_text(new_submission_key())
    good = {
        "MONGO_URL": "mongodb://127.0.0.1/tips",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
        "AUTH_JWKS_FILE": "/keys",
        "TIPS_ID_SECRET": "a" * 32,
        "TIPS_RECEIPT_SECRET": "b" * 32,
        "TIPS_SEALING_KEY": "k1:" + "QUJD" * 10 + "QUI=",
        "TIPS_SUBMISSION_KEY_FILE": str(key_file),
        "TIPS_LEDGER_KEY": str(SigningKey.fresh("ledger.test/tips")),
        "TIPS_LEDGER_WITNESS_DIR": str(tmp_path / "witness"),
    }
    for name, value in good.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_good_settings_are_taken(environment: pytest.MonkeyPatch) -> None:
    settings = load(TipsSettings)
    assert (settings.port, settings.mongo_database) == (8101, "tips")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIPS_ID_SECRET", "planted-too-short"),
        ("TIPS_SEALING_KEY", "k1:planted"),
        ("TIPS_SEALING_KEY", "file:/planted"),
        ("TIPS_LEDGER_KEY", "PRIVATE+KEY+planted"),
        ("PORT", "planted"),
    ],
)
def test_a_fault_is_named_without_its_value(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        load(TipsSettings)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert name in told
    assert "planted" not in told


def test_the_two_secrets_must_differ(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("TIPS_RECEIPT_SECRET", "a" * 32)
    with pytest.raises(SystemExit):
        load(TipsSettings)
    assert "must differ" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "planted", '{"kty": "oct", "k": "planted"}', "[]"])
def test_a_key_file_that_cannot_be_used_ends_the_start(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: str | None,
) -> None:
    file = tmp_path / "bad.json"
    if content is not None:
        file.write_text(content)
    environment.setenv("TIPS_SUBMISSION_KEY_FILE", str(file))
    assert main([]) == 2
    told = capsys.readouterr().err
    assert told.startswith("TIPS_SUBMISSION_KEY_FILE: ")
    assert "planted" not in told


def test_a_witness_that_cannot_be_kept_ends_the_start(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    environment.setenv("TIPS_LEDGER_WITNESS_DIR", str(tmp_path / "file"))
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("TIPS_LEDGER_WITNESS_DIR: ")
