"""docker-compose.yml, read by the real Compose binary and held against the settings each service reads."""

import importlib
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.environment import fresh
from shared.contracts.topics import TOPICS
from shared.settings import ServiceSettings
from tests.support.compose import ISSUER, compose, filled_in

CHECKOUT = Path(__file__).resolve().parents[2]
SERVICES: list[str] = json.loads((CHECKOUT / "deploy/mongo/databases.json").read_text())


@pytest.fixture(scope="module")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_in(tmp_path_factory.mktemp("compose"))


@pytest.fixture(scope="module")
def config(env_file: Path) -> dict[str, Any]:
    done = compose(env_file)
    assert done.returncode == 0, done.stderr
    parsed: dict[str, Any] = json.loads(done.stdout)
    return parsed


def settings_of(service: str) -> type[ServiceSettings]:
    """The settings class in `services/<service>/config.py`."""
    module = importlib.import_module(f"services.{service}.config")
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, ServiceSettings) and member is not ServiceSettings
    ]
    assert len(found) == 1, f"{service} has one settings class"
    return found[0]


def read_by(service: str) -> dict[str, bool]:
    """Every variable the service reads, and whether it must be given."""
    fields = settings_of(service).model_fields
    return {name.upper(): field.is_required() for name, field in fields.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_given_to_a_service_is_one_that_it_reads(config: dict[str, Any], service: str) -> None:
    for part in (service, f"{service}-indexes"):
        assert set(config["services"][part]["environment"]) <= set(read_by(service))


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_a_service_must_have_is_given(config: dict[str, Any], service: str) -> None:
    required = {name for name, must in read_by(service).items() if must}
    for part in (service, f"{service}-indexes"):
        assert required <= set(config["services"][part]["environment"])


@pytest.mark.parametrize("service", SERVICES)
def test_no_name_is_given_that_two_replicas_of_a_service_would_share(
    config: dict[str, Any], service: str
) -> None:
    assert "REPLICA_ID" not in config["services"][service]["environment"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_accepts_the_values_it_is_given(
    config: dict[str, Any], env_file: Path, service: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    part = config["services"][service]
    environment: Mapping[str, str] = {**part["environment"], **mounted(part, config, env_file, tmp_path)}
    for name in read_by(service):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = settings_of(service)()
    assert settings.oidc_issuer == ISSUER
    assert settings.mongo_database == service


def mounted(part: dict[str, Any], config: dict[str, Any], env_file: Path, folder: Path) -> dict[str, str]:
    """The variables that name a secret's file, with a file of the same content in `folder` instead."""
    found = {}
    for secret in part.get("secrets", []):
        (name,) = (name for name, value in part["environment"].items() if value == secret["target"])
        variable = config["secrets"][secret["source"]]["environment"]
        file = folder / secret["source"]
        file.write_text(values_in(env_file)[variable])
        found[name] = str(file)
    return found


def values_in(env_file: Path) -> dict[str, str]:
    lines = [line for line in env_file.read_text().splitlines() if "='" in line]
    return {name: value.strip("'") for name, value in (line.split("=", 1) for line in lines)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_its_database_its_topics_and_its_indexes(
    config: dict[str, Any], service: str
) -> None:
    waits = {name: rule["condition"] for name, rule in config["services"][service]["depends_on"].items()}
    assert waits == {
        "mongo": "service_healthy",
        "topics": "service_completed_successfully",
        f"{service}-indexes": "service_completed_successfully",
    }


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_built_from_the_one_dockerfile_and_asked_whether_it_is_ready(
    config: dict[str, Any], service: str
) -> None:
    part = config["services"][service]
    assert part["build"]["dockerfile"] == "deploy/Dockerfile"
    assert part["build"]["args"] == {"SERVICE": service}
    assert "/readyz" in " ".join(part["healthcheck"]["test"])
    assert part["ports"][0]["target"] == int(part["environment"]["PORT"])
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]


def test_each_service_gets_only_its_own_database_and_secrets(config: dict[str, Any], env_file: Path) -> None:
    values = values_in(env_file)
    secret = {name: values[name] for name in fresh()}
    for service in SERVICES:
        given = json.dumps(config["services"][service]["environment"])
        foreign = {
            name: value
            for name, value in secret.items()
            if not name.startswith(f"{service.upper()}_") and name != f"MONGO_PASSWORD_{service.upper()}"
        }
        assert not [name for name, value in foreign.items() if value in given]


def test_the_topics_job_speaks_to_the_broker_that_the_services_use(config: dict[str, Any]) -> None:
    assert TOPICS
    topics = config["services"]["topics"]
    brokers = {
        config["services"][name]["environment"]["KAFKA_BOOTSTRAP_SERVERS"] for name in (*SERVICES, "topics")
    }
    assert topics["entrypoint"] == ["python", "-m", "shared.topics"]
    assert topics["depends_on"]["kafka"]["condition"] == "service_healthy"
    assert brokers == {"kafka:9092"}


def test_mongo_and_kafka_are_the_versions_and_shapes_promised(config: dict[str, Any]) -> None:
    mongo, kafka = config["services"]["mongo"], config["services"]["kafka"]
    assert mongo["image"] == "mongo:8"
    assert "--replSet liengia --keyFile" in (CHECKOUT / "deploy/mongo/entrypoint.sh").read_text()
    assert mongo["healthcheck"]["test"]
    assert kafka["image"] == "apache/kafka:4.2.0"
    assert kafka["environment"]["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert kafka["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert "ports" not in mongo
    assert "ports" not in kafka


@pytest.mark.parametrize("missing", [*fresh(), "OIDC_ISSUER"])
def test_a_missing_value_is_named_with_what_to_do(env_file: Path, tmp_path: Path, missing: str) -> None:
    partial = tmp_path / ".env"
    kept = [line for line in env_file.read_text().splitlines() if not line.startswith(f"{missing}=")]
    partial.write_text("\n".join(kept))
    done = compose(partial)
    assert done.returncode != 0
    assert missing in done.stderr
    assert ".env" in done.stderr
