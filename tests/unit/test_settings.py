"""Settings fail at start, naming every fault and no value."""

from pathlib import Path

import pytest

from shared.settings import ServiceSettings, load

SECRET = "mongodb://tips:hunter2@127.0.0.1/"
GOOD = {
    "PORT": "8101",
    "MONGO_URL": SECRET,
    "MONGO_DATABASE": "tips",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092",
    "AUTH_JWKS_FILE": "/keys/jwks.json",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_settings_are_read_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    settings = load(ServiceSettings)
    assert settings.port == 8101
    assert settings.auth_jwks_file == Path("/keys/jwks.json")
    assert settings.mongo_url.get_secret_value() == SECRET


def test_every_fault_is_named_at_once_and_no_value_is_printed(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("PORT", "eighty-one-oh-one")
    environment.setenv("MONGO_DATABASE", "Tips $where")
    environment.delenv("KAFKA_BOOTSTRAP_SERVERS")
    with pytest.raises(SystemExit) as stopped:
        load(ServiceSettings)
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert all(name in said for name in ("PORT", "MONGO_DATABASE", "KAFKA_BOOTSTRAP_SERVERS"))
    assert not any(value in said for value in ("eighty-one-oh-one", "$where", "hunter2"))


def test_two_processes_that_were_given_no_name_have_two(environment: pytest.MonkeyPatch) -> None:
    environment.setattr("socket.gethostname", lambda: "Máy chủ số 1 " + "x" * 80)
    first, second = load(ServiceSettings).replica_id, load(ServiceSettings).replica_id
    assert first != second
    environment.setenv("REPLICA_ID", first)
    assert load(ServiceSettings).replica_id == first


@pytest.mark.parametrize("issuer", [None, "https://issuer.example"])
def test_exactly_one_source_of_keys_is_asked_for(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], issuer: str | None
) -> None:
    if issuer is None:
        environment.delenv("AUTH_JWKS_FILE")
    else:
        environment.setenv("OIDC_ISSUER", issuer)
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    assert "exactly one of AUTH_JWKS_FILE and OIDC_ISSUER" in capsys.readouterr().err


def test_printing_the_settings_shows_no_password(environment: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in repr(load(ServiceSettings))
