"""What the load client is told, and what it answers."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Plan:
    """`rate` requests a second, whatever becomes of them; None: each connection asks again as soon as it was
    answered. `warm` seconds come first and are not counted. `pids`: processes whose CPU is taken, by name.
    `more_ports`: the connections are spread evenly over `port` and these.
    """

    port: int
    connections: int
    seconds: float
    warm: float = 0.0
    rate: float | None = None
    pids: dict[str, int] = field(default_factory=dict)
    more_ports: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`accepted`: answers 201, `refused`: other answers by status, `lost`: never answered. `window` seconds
    are what `accepted` and the CPU seconds of `cpu` belong to; `all_accepted` includes the warming up.
    Latencies in milliseconds, of what was accepted and of what was refused; `unexplained`: refused without a
    Retry-After; `began` is when the first was sent, in seconds since 1970.
    """

    began: float

    accepted: int
    all_accepted: int
    refused: dict[str, int]
    lost: int
    window: float
    p50: float
    p99: float
    refused_p50: float
    refused_p99: float
    unexplained: int
    cpu: dict[str, float]
