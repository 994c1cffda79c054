"""The documents keep pace with the code: links lead somewhere, tests named exist, tables are complete."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase
from pydantic.fields import FieldInfo

from services.analytics.config import AnalyticsSettings
from services.mediation.config import MediationSettings
from services.notifications.config import NotificationsSettings
from services.tips.config import TipsSettings
from shared import metrics
from shared.settings import ServiceSettings

CHECKOUT = Path(__file__).resolve().parents[2]
OPERATORS = (CHECKOUT / "docs/operators.md").read_text()
DECISIONS = [page for page in (CHECKOUT / "docs/decisions").glob("*.md") if page.name != "README.md"]
OWN_FOLDERS = ("docs", "services", "shared", "deploy", "tests")
SERVICES: dict[str, type[ServiceSettings]] = {
    "tips": TipsSettings,
    "mediation": MediationSettings,
    "notifications": NotificationsSettings,
    "analytics": AnalyticsSettings,
}


def documents() -> list[Path]:
    found = [
        *CHECKOUT.glob("*.md"),
        *(page for top in OWN_FOLDERS for page in (CHECKOUT / top).rglob("*.md")),
    ]
    return sorted(found)


def anchors(page: Path) -> set[str]:
    """The names under which a code host links to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield f"{page.relative_to(CHECKOUT)}: {target}"


def section(heading: str) -> str:
    """The text under a heading of the operators' page, up to the next one."""
    _, found, rest = OPERATORS.partition(f"\n{heading}\n")
    assert found, f"docs/operators.md has no heading {heading!r}"
    return re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def table(heading: str) -> dict[str, str]:
    """First and second column of the settings under a heading, without marks."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", section(heading), re.MULTILINE)
    return {name: default.strip("` ") for name, default in rows}


def variables(settings: type[ServiceSettings]) -> set[str]:
    return {name.upper() for name in settings.model_fields}


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_names_what_enforces_it_and_that_exists(page: Path) -> None:
    _, found, enforced = page.read_text().partition("**Enforced by")
    assert found, "a decision ends with what enforces it"
    files = re.findall(r"`(tests/[\w/]+\.py)`", enforced)
    names = re.findall(r"`(test_\w+)`", enforced)
    rules = re.findall(r"`((?:layers|pure|independent|shared|services)-[\w-]+)`", enforced)
    assert files or names or rules or "`make check`" in enforced
    assert [file for file in files if not (CHECKOUT / file).is_file()] == []
    assert set(names) <= known_tests()
    assert set(rules) <= import_rules()


def known_tests() -> set[str]:
    sources = (file.read_text() for file in (CHECKOUT / "tests").rglob("test_*.py"))
    return {name for source in sources for name in re.findall(r"def (test_\w+)", source)}


def import_rules() -> set[str]:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    return {contract["id"] for contract in project["tool"]["importlinter"]["contracts"]}


def test_every_decision_is_in_the_list_of_decisions() -> None:
    listed = (CHECKOUT / "docs/decisions/README.md").read_text()
    assert [page.name for page in DECISIONS if f"({page.name})" not in listed] == []


def test_the_settings_of_every_service_are_told_to_operators_and_no_others() -> None:
    assert set(table("### Every service")) == variables(ServiceSettings)


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_own_settings_are_told_to_operators_and_no_others(service: str) -> None:
    own = variables(SERVICES[service]) - variables(ServiceSettings)
    assert set(table(f"### {service}")) == own


def test_the_settings_of_the_topics_job_are_told_to_operators_and_no_others() -> None:
    source = (CHECKOUT / "shared/topics.py").read_text()
    assert set(table("### The topics job")) == set(re.findall(r'environment\.get\("([A-Z_]+)"', source))


def test_the_defaults_that_operators_read_are_those_of_the_code() -> None:
    told = table("### Every service")
    for service, settings in SERVICES.items():
        told |= table(f"### {service}")
        defaults = {name: as_told(name, field) for name, field in settings.model_fields.items()}
        assert {name: told[name.upper()] for name in defaults} == defaults


def as_told(name: str, field: FieldInfo) -> str:
    """A default as the table says it; what each service sets for itself is worded there."""
    if name == "port":
        return ", ".join(f"{its.model_fields[name].default} {own}" for own, its in SERVICES.items())
    if name == "mongo_database":
        return "the service's name"
    if field.is_required():
        return "required"
    if field.default_factory is not None:
        return "a fresh name"
    return "none" if field.default is None else str(field.default)


def test_every_metric_is_explained_to_operators_and_no_other() -> None:
    explained = re.findall(r"`(liengia_\w+)`", section("## Health and metrics"))
    assert sorted(explained) == sorted(exposed())


def exposed() -> Iterator[str]:
    """The metrics of the one list, by the names that Prometheus reads."""
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            yield f"{family.name}_total" if family.type == "counter" else family.name
