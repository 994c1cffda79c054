"""Profile `observe` of docker-compose.yml: Prometheus and Grafana get our files and are closed to others."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.compose import CHECKOUT, compose, filled_in
from tests.support.promql import PROMETHEUS

OBSERVERS = {"prometheus": "prom/prometheus:v3.5.0", "grafana": "grafana/grafana:12.4.0"}
PROVISIONING = CHECKOUT / "deploy/grafana/provisioning"
SERVICES: list[str] = json.loads((CHECKOUT / "deploy/mongo/databases.json").read_text())


@pytest.fixture(scope="module")
def env_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled_in(tmp_path_factory.mktemp("observe"))


@pytest.fixture(scope="module")
def parts(env_file: Path) -> dict[str, Any]:
    done = compose(env_file, "--profile", "observe")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)["services"]
    return found


def test_without_the_profile_neither_is_there(env_file: Path) -> None:
    plain = json.loads(compose(env_file).stdout)["services"]
    assert not OBSERVERS.keys() & plain.keys()


@pytest.mark.parametrize("name", OBSERVERS)
def test_both_are_pinned_reached_from_this_machine_alone_and_cannot_write_our_files(
    parts: dict[str, Any], name: str
) -> None:
    part = parts[name]
    assert part["image"] == OBSERVERS[name]
    assert {port["host_ip"] for port in part["ports"]} == {"127.0.0.1"}
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    mounts = [mount for mount in part["volumes"] if mount["type"] == "bind"]
    assert mounts
    for mount in mounts:
        assert mount["read_only"] is True
        assert Path(mount["source"]).exists(), mount["source"]
    port = part["ports"][0]["target"]
    assert f"http://127.0.0.1:{port}/" in " ".join(part["healthcheck"]["test"])


def test_grafana_has_no_account_and_shows_without_letting_change(parts: dict[str, Any]) -> None:
    environment = parts["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert environment["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert environment["GF_AUTH_BASIC_ENABLED"] == "false"
    assert not [name for name in environment if "PASSWORD" in name]


def test_prometheus_asks_each_service_where_compose_puts_it(parts: dict[str, Any]) -> None:
    jobs = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    asked = {job["job_name"]: job["static_configs"][0]["targets"] for job in jobs}
    assert asked == {name: [f"{name}:{parts[name]['environment']['PORT']}"] for name in SERVICES}


def test_prometheus_finds_the_files_that_its_settings_name(parts: dict[str, Any]) -> None:
    targets = {mount["target"] for mount in parts["prometheus"]["volumes"]}
    settings = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    assert {f"/etc/prometheus/{name}" for name in settings["rule_files"]} <= targets
    assert "--config.file=/etc/prometheus/prometheus.yml" in parts["prometheus"]["command"]


def test_grafana_finds_prometheus_and_the_dashboard(parts: dict[str, Any]) -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources/prometheus.yml").read_text())["datasources"]
    port = parts["prometheus"]["ports"][0]["target"]
    assert source["url"] == f"http://prometheus:{port}"
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards/liengia.yml").read_text())["providers"]
    targets = {mount["target"]: Path(mount["source"]) for mount in parts["grafana"]["volumes"]}
    assert "/etc/grafana/provisioning" in targets
    assert (targets[provider["options"]["path"]] / "liengia.json").is_file()
