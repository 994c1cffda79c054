"""The README's picture and table of the topics, between two marks."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from shared.contracts.topics import EVENT_TOPICS, GROUP_TOPICS, Topic

START: Final = "<!-- topics -->"
END: Final = "<!-- /topics -->"
README: Final = Path(__file__).parents[3] / "README.md"


def block() -> str:
    """A Mermaid picture of who sends what to whom, and the table."""
    lines = ["```mermaid", "flowchart LR"]
    for number, topic in enumerate(EVENT_TOPICS):
        lines.append(f"  t{number}[/{topic.name}/]")
        lines.append(f"  {topic.producer} --> t{number}")
        lines += [f"  t{number} --> {consumer}" for consumer in topic.consumers]
    lines += [
        "```",
        "",
        "| topic | key | from | to | partitions (ward, country) | kept |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(topic) for topic in (*EVENT_TOPICS, *GROUP_TOPICS)]
    return "\n".join(lines)


def _row(topic: Topic) -> str:
    consumers = ", ".join(topic.consumers) or "operators"
    partitions = f"{topic.partitions['ward']}, {topic.partitions['country']}"
    kept = "newest per key" if topic.cleanup == "compact" else _days(topic.retention)
    return f"| `{topic.name}` | {topic.key} | {topic.producer} | {consumers} | {partitions} | {kept} |"


def _days(retention: timedelta | None) -> str:
    return "for ever" if retention is None else f"{retention.days} days"


def with_block(text: str) -> str | None:
    """`text` with today's block between its marks; None when it has no marks."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        return None
    return f"{before}{START}\n{block()}\n{END}{after}"
