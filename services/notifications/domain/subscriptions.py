"""A standing wish to be told, and when it is quiet. Frozen values; every decision returns a new one."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from shared.areas import area_covers, areas_meet
from shared.decision import Decision, Noted
from shared.errors import Fault, IllegalTransition, Invalid

Language = Literal["vi", "en"]


class SubscriptionState(StrEnum):
    ACTIVE = "active"
    ENDED = "ended"


class Call(StrEnum):
    delete = "delete"


# What is not here is refused. Neither call makes an event: who wishes to be told what is nobody's business.
TRANSITIONS: Final = {(SubscriptionState.ACTIVE, Call.delete): SubscriptionState.ENDED}


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local times of day, `end` on the next day when it is not after `start`; the same twice: never quiet."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class QuietRules:
    """`hours` hold for whoever names none. What is of an exempt priority is told at any hour."""

    zone: ZoneInfo
    hours: QuietHours
    exempt: frozenset[str]


@dataclass(frozen=True, slots=True)
class Subscription:
    """`owner` is a keyed hash: the database alone tells nobody whose wish it is. `topics` are event types,
    told when they happen in `areas`; `roles` are addresses whose duties are told. `started` is where the log
    ended when it began: (log, number) pairs. Without `quiet` the hours of the rules hold.
    """

    status: SubscriptionState
    owner: str
    topics: tuple[str, ...]
    roles: tuple[str, ...]
    areas: tuple[str, ...]
    language: Language
    quiet: QuietHours | None
    started: tuple[tuple[int, int], ...]
    created_at: datetime


def subscribe(wish: Subscription) -> Decision[Subscription]:
    """(none) → active. Raises `Invalid` for a wish that could never be told anything."""
    faults = []
    if not wish.topics and not wish.roles:
        faults.append(Fault("/topics", "name at least one topic, or a role in roles"))
    if wish.topics and not wish.areas:
        faults.append(Fault("/areas", "topics need at least one area"))
    if faults:
        raise Invalid("The subscription is empty.", tuple(faults))
    return Decision(wish, noted=(Noted("subscribed"),))


def end(wish: Subscription) -> Decision[Subscription]:
    """active → ended. What was wished is forgotten. Raises `IllegalTransition`."""
    after = TRANSITIONS.get((wish.status, Call.delete))
    if after is None:
        raise IllegalTransition("this subscription has ended")
    forgotten = replace(wish, status=after, topics=(), roles=(), areas=(), started=())
    return Decision(forgotten, noted=(Noted("ended"),))


def wants(
    wish: Subscription, kind: str, areas: Collection[str], notify: Collection[str], *, to_all_within: bool
) -> bool:
    """Whether an event of type `kind` in `areas`, addressed to the roles `notify`, is wished for.

    `to_all_within`: it is said to everybody in its areas, so a wish for a part of one of them is met, too.
    """
    if any(role in wish.roles for role in notify):
        return True
    meets = areas_meet if to_all_within else area_covers
    return kind in wish.topics and any(meets(mine, area) for mine in wish.areas for area in areas)


def quiet_since(hours: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet time that holds at `now` began; None when it is not quiet."""
    local = now.astimezone(zone)
    if hours.start == hours.end:
        return None
    for day in (local.date(), local.date() - timedelta(days=1)):
        begins = datetime.combine(day, hours.start, zone)
        ends_on = day if hours.end > hours.start else day + timedelta(days=1)
        if begins <= local < datetime.combine(ends_on, hours.end, zone):
            return begins
    return None
