"""`/metrics` of all four services at work, held against what alerts and dashboard ask of it."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from uuid import uuid4

import httpx
import pytest
from confluent_kafka import Producer
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from tests.support.promql import alerts, asked, dashboard_expressions, series
from tests.support.receiver import answers, receiving
from tests.support.system import AREA, System, report
from tests.support.waiting import eventually

SERVICES = ("tips", "mediation", "notifications", "analytics")
OF_EVERY_SERVICE = {
    "liengia_build_info",
    "liengia_http_requests_total",
    "liengia_http_request_seconds_bucket",
    "liengia_relay_pending_events",
    "liengia_relay_oldest_pending_seconds",
    "liengia_relay_set_aside",
    "liengia_lanes_owned",
    "liengia_consumer_lag",
    "liengia_consumer_stopped",
    "liengia_consumer_oldest_seconds",
    "liengia_consumer_retries_total",
}
OF_SOME = {
    "liengia_intake_group_size_bucket": {"tips"},
    "liengia_relay_published_total": {"tips"},
    "liengia_consumer_events_total": {"notifications", "analytics"},
    "liengia_dead_letters_total": {"notifications", "analytics"},
    "liengia_parked_keys": {"tips"},
    "liengia_ledger_leaves": {"tips"},
    "liengia_ledger_merge_delay_seconds_bucket": {"tips"},
    "liengia_ledger_oldest_waiting_seconds": {"tips"},
    "liengia_ledger_promised_seconds": {"tips"},
    "liengia_ledger_refuses": {"tips"},
    "liengia_webhook_attempts_total": {"notifications"},
    "liengia_webhook_waiting": {"notifications"},
    "liengia_webhook_oldest_seconds": {"notifications"},
    "liengia_webhooks_disabled_total": {"notifications"},
}
# Born with their first fault, or with a clock that comes due after days: nothing here makes one.
OF_FAULTS = {
    "liengia_clock_ticks_total",
    "liengia_consumer_gaps_total",
    "liengia_relay_repeats_total",
    "liengia_task_restarts_total",
}

pytestmark = pytest.mark.timeout(480)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("metrics"))
    try:
        for name in SERVICES:
            running.start(name, **({"NOTIFICATIONS_PRIVATE_WEBHOOKS": "true"} if name == SERVICES[2] else {}))
        for replica in running.replicas:
            replica.wait_until_ready()
        yield running
    finally:
        running.stop()


def scraped(system: System, name: str) -> str:
    return httpx.get(f"{system.of(name)[0].url}/metrics", trust_env=False).raise_for_status().text


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def samples(texts: Mapping[str, str]) -> dict[str, dict[str, set[frozenset[str]]]]:
    """Of each series: the services that show it, and the sets of labels it has there."""
    found: dict[str, dict[str, set[frozenset[str]]]] = {}
    for service, text in texts.items():
        for family in families(text).values():
            for sample in family.samples:
                found.setdefault(sample.name, {}).setdefault(service, set()).add(frozenset(sample.labels))
    return found


@pytest.fixture(scope="module")
def texts(system: System) -> dict[str, str]:
    """What each service shows after a report, a broken record, and a webhook whose receiver said 410."""
    return asyncio.run(at_work(system))


async def at_work(system: System) -> dict[str, str]:
    async with receiving(answers(410)) as receiver, httpx.AsyncClient(trust_env=False) as client:
        door, hooks = system.of("tips")[0].url, system.of("notifications")[0].url
        reader = system.bearer("events:read")
        made = await client.post(f"{hooks}/webhooks", json={"url": receiver.url}, headers=reader)
        assert made.status_code == 201, made.text
        sent = await client.post(
            f"{door}/tips", json=report(area=AREA), headers={"Idempotency-Key": str(uuid4())}
        )
        assert sent.status_code == 201, sent.text
        producer = Producer({"bootstrap.servers": system.kafka.bootstrap, "acks": "all", "log_level": 0})
        producer.produce("tips.tip.v1", key="broken", value=b"{")
        assert producer.flush(30) == 0

        def all_seen() -> dict[str, str]:
            now = {name: scraped(system, name) for name in SERVICES}
            seen = samples(now)
            for metric, services in OF_SOME.items():
                assert set(seen.get(metric, {})) >= services, metric
            for metric in OF_EVERY_SERVICE:
                assert set(seen.get(metric, {})) == set(SERVICES), metric
            return now

        return await eventually(all_seen, within=60)


def test_each_service_shows_what_alerts_and_dashboard_ask_of_it(texts: dict[str, str]) -> None:
    for service, text in texts.items():
        shown = families(text)
        declared = {name.removesuffix("_total").removesuffix("_bucket") for name in series()}
        declared = {name.removesuffix("_sum").removesuffix("_count") for name in declared}
        assert declared <= set(shown), service
    seen = samples(texts)
    expressions = [*(alert["expr"] for alert in alerts()), *dashboard_expressions()]
    wanted = {one for expression in expressions for one in asked(expression)}
    for one in wanted:
        for labels in (labels for of in seen.get(one.metric, {}).values() for labels in of):
            assert one.labels <= labels, one
    assert {one.metric for one in wanted} - set(seen) <= OF_FAULTS
    assert OF_EVERY_SERVICE | set(OF_SOME) | OF_FAULTS >= {
        name for name in series() if not name.endswith(("_sum", "_count"))
    }


def test_the_label_service_names_the_service_that_answers(texts: dict[str, str]) -> None:
    for service, text in texts.items():
        named = {
            sample.labels["service"]
            for family in families(text).values()
            for sample in family.samples
            if "service" in sample.labels
        }
        assert named == {service}


def test_the_lint_of_prometheus_finds_nothing(texts: dict[str, str]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    for service, text in texts.items():
        done = subprocess.run(
            [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout + done.stderr) == (0, ""), service
