"""P5: the same work with 10 thousand, 100 thousand and a million documents stored.

What the database looks at, by its own profiler, and how long it takes.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import httpx
from bson import json_util

from deploy.local.places import CHECKOUT
from tests.performance.bed import TIPS_TOPIC, Bed, bed, drive
from tests.performance.figures import Row, digits
from tests.performance.flow import ours
from tests.performance.round import Effort
from tests.performance.stock import Stock
from tests.performance.sustained import CONSUMERS, Side, platform
from tests.performance.traffic import Plan
from tests.support.system import AREA, report
from tests.support.waiting import eventually_sync

SIZES, SHORT_SIZES = (10_000, 100_000, 1_000_000), (2_000, 10_000, 50_000)
AIM = 1.3
_WARD = AREA.rsplit("/", 1)[0]
_ASKED = 20
_FIRST = {"P1": "POST /tips", "P2": "pending to three stores"}
_STORED = {"tips": "tips", "analytics": "buckets"}
Looked = tuple[int, int]


@dataclass(slots=True)
class Found:
    """With `size` documents stored: seconds for one of each, and keys and documents examined for it."""

    size: int
    seconds: dict[str, float] = field(default_factory=dict)
    looked: dict[str, Looked] = field(default_factory=dict)


def measure(folder: Path, effort: Effort) -> list[Row]:
    """The collections grow between the measurements; `Effort.until` bounds how far."""
    sizes = SHORT_SIZES if effort.short else SIZES
    with bed(folder) as made:
        side = platform(made)
        patterns = _patterns(made, side)
        found: list[Found] = []
        there = 0
        for place, size in enumerate(sizes):
            there += _grow(made, patterns, there, size, effort.share(len(sizes) - place))
            found.append(_take(made, side, there, effort))
            effort.say(f"{there} stored: " + ", ".join(_told(found[-1])))
            if there < size:
                effort.say(f"no time for {size}")
                break
    return [_row(what, found) for what in found[0].seconds]


def _patterns(made: Bed, side: Side) -> Mapping[str, str]:
    """A real tip and a real bucket, as their services have written them."""
    drive(Plan(side.door.port, 4, 0.3))
    made.drained(TIPS_TOPIC, 1, CONSUMERS)

    def stored() -> dict[str, str]:
        with made.system.databases() as client:
            tip = client["tips"]["tips"].find_one({"waiting_since": {"$exists": False}})
            bucket = client["analytics"]["buckets"].find_one({"level": "leaf"})
            assert tip is not None
            assert bucket is not None
        return {"tips": json_util.dumps(tip), "analytics": json_util.dumps(bucket)}

    return eventually_sync(stored)


def _grow(made: Bed, patterns: Mapping[str, str], there: int, size: int, effort: Effort) -> int:
    """Both collections at once; returns by how much the smaller one grew."""
    seconds = max(3.0, effort.until - time.monotonic() - 8 * effort.seconds)
    children = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.performance.stock",
                json.dumps(asdict(Stock(name, _STORED[name], pattern, there, size, seconds))),
            ],
            cwd=CHECKOUT,
            env={"PATH": "", "MONGO_URL": made.system.mongo.url_for(name)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, pattern in patterns.items()
    ]
    grown = [int(child.communicate()[0] or 0) for child in children]
    if any(child.returncode for child in children):
        raise RuntimeError("the stock could not be filled")
    return min(grown)


def _take(made: Bed, side: Side, size: int, effort: Effort) -> Found:
    found = Found(size)
    officer = made.system.bearer("tips:read", "indicators:read", areas=(_WARD,))
    with httpx.Client(trust_env=False, headers=officer, timeout=60) as http:
        asked = _questions(made, http)
        for what, (database, ask) in asked.items():
            found.seconds[what] = _median_seconds(ask)
            with _profiled(made, database) as looked:
                ask()
            found.looked[what] = looked()
    before = made.written(TIPS_TOPIC)
    with _profiled(made, "tips") as looked:
        for number in range(5):
            headers = {"Idempotency-Key": str(uuid4())}
            door = f"http://127.0.0.1:{side.door.port}/tips"
            httpx.post(door, json=report(), headers=headers, trust_env=False, timeout=60).raise_for_status()
            made.drained(TIPS_TOPIC, before + number + 1, CONSUMERS)
    found.looked[_FIRST["P1"]] = found.looked[_FIRST["P2"]] = looked(("find", "update", "insert"), most=True)
    outcome = drive(Plan(side.door.port, 32, effort.seconds, 0.3))
    found.seconds[_FIRST["P1"]] = outcome.window / outcome.accepted
    made.drained(TIPS_TOPIC, before + outcome.all_accepted, CONSUMERS)
    found.seconds[_FIRST["P2"]] = 1 / ours(made, side.pids, effort.count // 2).rate
    return found


def _questions(made: Bed, http: httpx.Client) -> dict[str, tuple[str, Callable[[], None]]]:
    tips, analytics = (made.system.of(name)[0].url for name in ("tips", "analytics"))

    def get(url: str, params: Mapping[str, str]) -> dict[str, Any]:
        answer: dict[str, Any] = http.get(url, params=dict(params)).raise_for_status().json()
        return answer

    page: dict[str, str] = {"limit": "20"}
    later = page
    for _ in range(2):
        later = {**page, "cursor": get(f"{tips}/tips", later)["next_cursor"]}
    wanted = {"area": AREA, "group_by": "day"}
    return {
        "first page of a ward's tips": ("tips", lambda: void(get(f"{tips}/tips", page))),
        "third page of a ward's tips": ("tips", lambda: void(get(f"{tips}/tips", later))),
        "a month's indicators by day": ("analytics", lambda: void(get(f"{analytics}/indicators", wanted))),
    }


def void(_: object) -> None:
    """Only the asking counts."""


def _median_seconds(ask: Callable[[], None]) -> float:
    taken = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return median(taken)


@contextmanager
def _profiled(made: Bed, database: str) -> Iterator[Callable[..., Looked]]:
    """While the block runs mongod notes every operation. Ask afterwards for keys and documents examined in
    the collection that was filled: of all together, or `most`ly of one; of these commands.
    """
    stored = f"{database}.{_STORED[database]}"
    _profile(made, database, 2)

    def looked(commands: tuple[str, ...] = ("find", "getMore"), *, most: bool = False) -> Looked:
        with made.system.databases() as client:
            ops = [
                (int(one.get("keysExamined", 0)), int(one.get("docsExamined", 0)))
                for one in client[database]["system.profile"].find({"ns": stored})
                if one["op"] in (*commands, "query") or any(name in one["command"] for name in commands)
            ]
        put = max if most else sum
        return (put(keys for keys, _ in ops), put(documents for _, documents in ops)) if ops else (0, 0)

    yield looked
    _profile(made, database, 0)


def _profile(made: Bed, database: str, level: int) -> None:
    with made.system.databases() as client:
        client[database].command("profile", 0)
        if level:
            client[database].drop_collection("system.profile")
            client[database].command("profile", level)


def _told(found: Found) -> list[str]:
    return [
        f"{what} {1000 * seconds:.2f} ms, {found.looked[what][0]} keys and {found.looked[what][1]} documents"
        for what, seconds in found.seconds.items()
    ]


def _row(what: str, found: list[Found]) -> Row:
    looked = [one.looked[what] for one in found]
    times = [one.seconds[what] / found[0].seconds[what] for one in found]
    equal = all(one == looked[0] for one in looked)
    sizes = ", ".join(f"{one.size:,}" for one in found)
    return Row(
        "P5",
        f"{what}, with {sizes} stored",
        {
            "ms": ", ".join(digits(1000 * one.seconds[what]) for one in found),
            "keys/documents examined": ", ".join(f"{keys}/{documents}" for keys, documents in looked),
        },
        f"{', '.join(digits(one) for one in times[1:])} × the first",
        f"examined equal, time ≤ {AIM} ×",
        equal and times[-1] <= AIM and len(found) == len(SIZES),
    )
