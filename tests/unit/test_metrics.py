"""Metric names and labels stay bounded."""

from prometheus_client.metrics import MetricWrapperBase

from shared import metrics

CLOSED_SETS = {"service", "method", "route", "status", "group", "topic", "effect_result", "reason", "outcome"}
ALLOWED_LABELS = CLOSED_SETS | {"result", "task", "version"}


def test_no_metric_has_a_label_that_grows_with_wards_or_ids() -> None:
    all_metrics = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    assert len(all_metrics) >= 15
    for metric in all_metrics:
        assert metric._name.startswith("liengia_")
        assert set(metric._labelnames) <= ALLOWED_LABELS
