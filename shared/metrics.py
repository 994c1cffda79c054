"""Every metric of the platform, in one list.

Rule: no label may grow with wards, people or aggregates. Label values come from closed sets: service names,
HTTP methods, route templates (never raw paths), status codes, consumer groups, topics of the topic table,
effect results, dead-letter reasons.
Units are in the names: `_seconds`, `_total` (monotonic), `_events`, `_size`.
"""

from prometheus_client import Counter, Gauge, Histogram

# --- HTTP -------------------------------------------------------------------------------------------------
# Requests answered. `route` is the template ("/tips/{tip_id}") or "unmatched";
# `method` is a standard verb or "OTHER".
HTTP_REQUESTS = Counter(
    "liengia_http_requests_total", "HTTP requests answered", ("service", "method", "route", "status")
)
# Time from the first byte of the head to the last byte of the answer.
HTTP_SECONDS = Histogram(
    "liengia_http_request_seconds",
    "Time to answer an HTTP request, in seconds",
    ("service", "method", "route"),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)

# --- Intake (group commit) --------------------------------------------------------------------------------
# How many creates shared one bulk insert.
INTAKE_GROUP_SIZE = Histogram(
    "liengia_intake_group_size",
    "Creates that shared one bulk insert",
    ("service",),
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)

# --- Relay (pending -> Kafka) -----------------------------------------------------------------------------
# Events stored and not yet on Kafka, and the age of the oldest: the alert of a Kafka outage.
RELAY_PENDING = Gauge("liengia_relay_pending_events", "Events not yet on Kafka", ("service",))
RELAY_OLDEST_PENDING = Gauge(
    "liengia_relay_oldest_pending_seconds", "Age of the oldest event not yet on Kafka", ("service",)
)
# Events Kafka acknowledged.
RELAY_PUBLISHED = Counter("liengia_relay_published_total", "Events acknowledged by Kafka", ("service",))
# Events that may have been sent more than once (aborted producer, takeover). Consumers drop them.
RELAY_REPEATS = Counter("liengia_relay_repeats_total", "Events sent again after a fault", ("service",))
# Keys set aside because Kafka refused their event for good. Above zero: an operator is needed.
RELAY_SET_ASIDE = Gauge(
    "liengia_relay_set_aside", "Keys set aside after a final refusal by Kafka", ("service",)
)
# Lanes this replica holds a lease for; the sum over replicas should be 16.
LANES_OWNED = Gauge("liengia_lanes_owned", "Relay lanes owned by this replica", ("service",))

# --- Consumer ---------------------------------------------------------------------------------------------
# Records between the committed offset and the end of the log, over the partitions this replica holds.
CONSUMER_LAG = Gauge("liengia_consumer_lag", "Records not yet consumed", ("group", "topic"))
# Age of the oldest record this replica has not handled: exact for the batch in hand, else at most so much.
CONSUMER_OLDEST = Gauge(
    "liengia_consumer_oldest_seconds", "Age of the oldest record not yet handled", ("group",)
)
# Batches that failed and come again, because something is away or a fault of ours.
CONSUMER_RETRIES = Counter("liengia_consumer_retries_total", "Batches that failed and come again", ("group",))
# What became of each record: `applied`, `repeat`, `refused`, `parked`, `skipped` (unknown type), `rejected`
# (kept sealed), `dead_lettered`, `unreadable`.
CONSUMER_EVENTS = Counter(
    "liengia_consumer_events_total", "Records handled, by result", ("group", "effect_result")
)
# Records written to `<group>.dlt`. `reason` is the code of shared.errors.Poison.
DEAD_LETTERS = Counter("liengia_dead_letters_total", "Records dead-lettered", ("group", "reason"))
# Numbers missing in an aggregate's sequence, as this replica saw it. Above zero: events may be lost.
CONSUMER_GAPS = Counter("liengia_consumer_gaps_total", "Missing sequence numbers", ("group", "topic"))
# 1 while the consumer has stopped itself (too much poison in a minute): an operator is needed.
CONSUMER_STOPPED = Gauge("liengia_consumer_stopped", "1 while the consumer has stopped itself", ("group",))
# Keys waiting for what their head event needs.
PARKED_KEYS = Gauge("liengia_parked_keys", "Keys parked", ("group",))

# --- Clocks -----------------------------------------------------------------------------------------------
# Ticks run on aggregates whose clock was due. `result`: `fired`, `failed`.
CLOCK_TICKS = Counter("liengia_clock_ticks_total", "Clock ticks run", ("service", "result"))

# --- Ledger -----------------------------------------------------------------------------------------------
# Leaves of the newest signed checkpoint, the random ones among them.
LEDGER_LEAVES = Gauge("liengia_ledger_leaves", "Leaves of the newest signed checkpoint", ("service",))
# From the time of a history entry to the signed checkpoint that covers it, as measured.
LEDGER_DELAY = Histogram(
    "liengia_ledger_merge_delay_seconds",
    "Time from a history entry to the checkpoint that covers it, in seconds",
    ("service",),
    buckets=(1, 10, 30, 60, 120, 300, 600, 1200, 3600, 14400, 86400),
)
# The maximum merge delay as it is stated, and the age of the oldest entry not yet covered (at the replica
# that appends, 0 at the others). Above the former: the statement is broken.
LEDGER_PROMISED = Gauge("liengia_ledger_promised_seconds", "The stated maximum merge delay", ("service",))
LEDGER_OLDEST = Gauge(
    "liengia_ledger_oldest_waiting_seconds", "Age of the oldest history entry not yet covered", ("service",)
)
# 1 while this replica signs nothing because the database does not hold what was already signed.
LEDGER_REFUSES = Gauge("liengia_ledger_refuses", "1 while the ledger refuses to sign", ("service",))

# --- Webhooks ---------------------------------------------------------------------------------------------
# Posts to receivers outside. `outcome`: `delivered` (2xx), `failed`, `gone` (410), `refused` (a private
# address).
WEBHOOK_ATTEMPTS = Counter(
    "liengia_webhook_attempts_total", "Webhook posts, by outcome", ("service", "outcome")
)
# Deliveries that have not ended, over all webhooks and replicas, and the age of the oldest.
WEBHOOK_WAITING = Gauge("liengia_webhook_waiting", "Webhook deliveries not yet ended", ("service",))
WEBHOOK_OLDEST = Gauge(
    "liengia_webhook_oldest_seconds", "Age of the oldest webhook delivery not yet ended", ("service",)
)
# Webhooks disabled. `reason`: `owner`, `operator`, `gone`, `failing`.
WEBHOOKS_DISABLED = Counter("liengia_webhooks_disabled_total", "Webhooks disabled", ("service", "reason"))

# --- Background tasks and build ---------------------------------------------------------------------------
# Restarts of supervised tasks; `task` is the fixed name given in a composition root.
TASK_RESTARTS = Counter("liengia_task_restarts_total", "Supervised tasks restarted", ("service", "task"))
# Always 1; the labels say what runs.
BUILD_INFO = Gauge("liengia_build_info", "What runs, always 1", ("service", "version"))
