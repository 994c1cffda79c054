"""What `/metrics` shows stays bounded, and has all that a report on reliability needs."""

from prometheus_client.metrics import MetricWrapperBase

from shared import metrics

# Labels whose values come from code: what can be counted on one's fingers, however many wards there are.
CLOSED_SETS = {"service", "method", "route", "status", "group", "topic", "effect_result", "reason", "outcome"}
ALLOWED_LABELS = CLOSED_SETS | {"result", "task", "version"}
MOST_LABELS = 4
NEEDED_FOR_A_REPORT = {
    "how far the relay is behind": metrics.RELAY_PENDING,
    "how old the oldest event not sent is": metrics.RELAY_OLDEST_PENDING,
    "how far each group is behind": metrics.CONSUMER_LAG,
    "how old the oldest event not handled is": metrics.CONSUMER_OLDEST,
    "dead letters": metrics.DEAD_LETTERS,
    "duplicates dropped": metrics.CONSUMER_EVENTS,
    "sent again": metrics.RELAY_REPEATS,
    "handled again": metrics.CONSUMER_RETRIES,
    "posts to webhooks": metrics.WEBHOOK_ATTEMPTS,
    "what runs": metrics.BUILD_INFO,
}


def all_metrics() -> list[MetricWrapperBase]:
    return [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]


def test_no_metric_has_a_label_that_grows_with_wards_or_ids() -> None:
    assert len(all_metrics()) >= 15
    for metric in all_metrics():
        assert metric._name.startswith("liengia_")
        assert set(metric._labelnames) <= ALLOWED_LABELS
        assert len(metric._labelnames) <= MOST_LABELS


def test_what_a_report_needs_is_counted_by_service_or_group() -> None:
    for need, metric in NEEDED_FOR_A_REPORT.items():
        assert {"service", "group"} & set(metric._labelnames), need
