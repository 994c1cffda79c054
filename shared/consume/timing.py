"""How long a consumer waits for what, in one place, so that tests need not wait as long as operators want."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `look`: between two looks at lag and cluster; `answer`: how long such a look may take before
    Kafka counts as silent; `retry`: between two tries of parked keys; `longest_pause`: the most between two
    tries of anything that failed.
    """

    look: float = 5.0
    answer: float = 4.0
    retry: float = 1.0
    longest_pause: float = 5.0
