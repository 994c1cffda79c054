"""Holds what was accepted against everything there is, by id. Pure: `Evidence` in, problems out.

`gather.py` fetches the evidence; nothing here asks anybody.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from tests.chaos.evidence import Evidence, Stored
from tests.chaos.findings import Problem

# What an accepted call leaves in the history of its aggregate.
LEAVES = {
    "classify": "classified",
    "assign": "assigned",
    "resolve": "resolved",
    "scope-check": "scope_decided",
}
ONCE = frozenset(LEAVES.values())
# What the end of the talks leaves in the tip's history after its referral.
SETTLED, ENDED = ("resolved", "replied"), ("returned",)
REFERRED = "referred_to_mediation"
# Topics of which analytics keeps facts, and types that are public.
COUNTED_TOPICS = frozenset({"tips.tip.v1", "mediation.case.v1", "notifications.notice.v1"})
ALL_TOPICS = COUNTED_TOPICS | {"analytics.signal.v1"}
PUBLIC_TYPES = frozenset(
    {"liengia.alert.issued.v1", "liengia.alert.updated.v1", "liengia.alert.cancelled.v1"}
    | {"liengia.statistic.reported.v1"}
)
# Indicators that follow from the number of events of one type.
INDICATORS = {
    "tip.received": "liengia.tip.received.v1",
    "tip.resolved": "liengia.tip.resolved.v1",
    "tip.referred": "liengia.tip.referred_to_mediation.v1",
    "tip.replied": "liengia.tip.replied.v1",
    "mediation.requested": "liengia.mediation.requested.v1",
    "alert.issued": "liengia.alert.issued.v1",
}
_COLLECTION_OF = {"case": "mediation.case.v1", "alert": "notifications.notice.v1"}
_COLLECTION_OF["statistic"] = "analytics.signal.v1"


def problems(evidence: Evidence) -> list[Problem]:
    """Everything that is lost, has two effects, or stands in the wrong order."""
    found: list[Problem] = []
    for check in CHECKS:
        found += check(evidence)
    return found


def repeats_raw(evidence: Evidence) -> int:
    """Posts that came again under the `webhook-id` of an earlier one."""
    return sum(len(posts) - len({post.message for post in posts}) for posts in evidence.posted.values())


def repeats_kafka(evidence: Evidence) -> int:
    """Records of an event that stood on its topic before."""
    return sum(len(told) - len(set(told)) for told in evidence.published.values())


_lost, _double = partial(Problem, "lost"), partial(Problem, "duplicated")
_disordered = partial(Problem, "disordered")


def accepted_are_stored(evidence: Evidence) -> Iterator[Problem]:
    """Every accepted request, by its id or its mark, against the database of its owner."""
    marked = Counter(one.mark for one in evidence.stored.values() if one.mark)
    for line in evidence.accepted:
        kind, id = line["kind"], line["id"]
        if kind == "submission":
            if not marked[line["mark"]]:
                yield _lost(f"submission {id} was acknowledged and no tip has its mark")
            continue
        if kind == "call" and not id:
            continue
        stored = evidence.stored.get(id)
        if stored is None:
            if kind != "call":  # some calls answer with the id of a team or of a party
                yield _lost(f"{kind} {id} was accepted and is not stored")
        elif kind == "tip" and stored.mark != line.get("mark"):
            yield _lost(f"tip {id} was accepted and is stored as another one")
        elif kind == "transition" and LEAVES[line["call"]] not in stored.done:
            yield _lost(f"{line['call']} of {id} was accepted and is not in its history")


def nothing_is_stored_twice(evidence: Evidence) -> Iterator[Problem]:
    """One aggregate per report, and no more of any kind than somebody asked for."""
    marked = Counter(one.mark for one in evidence.stored.values() if one.mark)
    for mark, count in marked.items():
        if count > 1:
            yield _double(f"the report of {mark} is stored as {count} tips")
    kept = Counter(one.topic for one in evidence.stored.values() if one.tip is None)
    for kind, topic in _COLLECTION_OF.items():
        if kept[topic] > evidence.asked.get(kind, 0):
            yield _double(f"{kept[topic]} of {kind} are stored, {evidence.asked.get(kind, 0)} were asked for")
    commanded = {line["id"] for line in evidence.accepted if line["kind"] in ("tip", "case")}
    for id in commanded & evidence.stored.keys():
        for what, count in Counter(evidence.stored[id].done).items():
            if what in ONCE and count > 1:
                yield _double(f"{id} was {what} {count} times and asked once")


def topics_tell_all(evidence: Evidence) -> Iterator[Problem]:
    """Each aggregate's numbers 1, 2, 3 … on its topic in this order, repeats aside, and nothing else."""
    for topic, told in evidence.published.items():
        numbers: dict[str, list[int]] = defaultdict(list)
        for one in told:
            numbers[one.subject].append(one.sequence)
        yield from _in_order(topic, numbers, evidence.stored, frozenset({topic}))
        for subject in numbers.keys() - evidence.stored.keys():
            yield _lost(f"{topic} tells of {subject}, which is not stored")
    for id, stored in evidence.stored.items():
        if stored.pending:
            yield _lost(f"{id} still has the events {list(stored.pending)} to send")


def _in_order(
    where: str,
    numbers: Mapping[str, Sequence[int]],
    stored: Mapping[str, Stored],
    topics: Collection[str],
) -> Iterator[Problem]:
    for id, one in stored.items():
        if one.topic not in topics:
            continue
        first = list(dict.fromkeys(numbers.get(id, ())))
        wanted = list(range(1, one.sequence + 1))
        if first == wanted:
            continue
        if missing := sorted(set(wanted) - set(first)):
            yield _lost(f"{where} lacks the events {missing} of {id}")
        if beyond := sorted(set(first) - set(wanted)):
            yield _lost(f"{where} has the events {beyond} of {id}, whose last is {one.sequence}")
        if first != sorted(first):
            yield _disordered(f"{where} has {id} in the order {first}")


def journals_hold_all(evidence: Evidence) -> Iterator[Problem]:
    """Whatever is on a topic is in its service's journal, whose numbers have no gap."""
    for gap in evidence.gaps:
        yield _lost(f"the journal lacks {gap}")
    for topic, told in evidence.published.items():
        kept = evidence.journal.get(topic.split(".")[0])
        for id in {one.id for one in told} - kept if kept is not None else ():
            yield _lost(f"the journal lacks {id}, which is on {topic}")


def readers_know_all(evidence: Evidence) -> Iterator[Problem]:
    """Each event once in notifications' log, in order, and once among the facts of analytics."""
    yield from _in_order("the log", evidence.logged, evidence.stored, ALL_TOPICS)
    facts = {id: sorted(numbers) for id, numbers in evidence.counted.items()}
    yield from _in_order("analytics", facts, evidence.stored, COUNTED_TOPICS)
    for where, known in (("the log", evidence.logged), ("analytics", evidence.counted)):
        for id, numbers in known.items():
            for number, count in Counter(numbers).items():
                if count > 1:
                    yield _double(f"{where} has {id}:{number} {count} times")
            if id not in evidence.stored:
                yield _lost(f"{where} tells of {id}, which is not stored")


def public_feed_is_whole(evidence: Evidence) -> Iterator[Problem]:
    wanted = {one.id for told in evidence.published.values() for one in told if one.type in PUBLIC_TYPES}
    for id in sorted(wanted - evidence.public):
        yield _lost(f"the public feed lacks {id}")
    for id in sorted(evidence.public - wanted):
        yield _double(f"the public feed has {id}, which no topic tells")


def receivers_got_all(evidence: Evidence) -> Iterator[Problem]:
    """Every event came to every receiver, always under the same `webhook-id`, which is nothing else's."""
    everything = [one for told in evidence.published.values() for one in told]
    for receiver, posts in evidence.posted.items():
        types = evidence.wants.get(receiver)
        wanted = {one.id for one in everything if not types or one.type in types}
        messages: dict[str, set[str]] = defaultdict(set)
        events: dict[str, set[str]] = defaultdict(set)
        for post in posts:
            messages[post.event].add(post.message)
            events[post.message].add(post.event)
        for event in sorted(wanted - messages.keys()):
            yield _lost(f"{receiver} did not get {event}")
        yield from _several(messages, f"{receiver} got {{}} under {{}} webhook-ids")
        yield from _several(events, f"{receiver} got under {{}} {{}} events")


def _several(named: Mapping[str, set[str]], text: str) -> Iterable[Problem]:
    return [_double(text.format(name, len(those))) for name, those in named.items() if len(those) > 1]


def referrals_have_one_case(evidence: Evidence) -> Iterator[Problem]:
    """One case per referral, and the end of its talks told once to its tip."""
    cases: dict[str, list[str]] = defaultdict(list)
    for id, stored in evidence.stored.items():
        if stored.tip is not None:
            cases[stored.tip].append(id)
    for tip, opened in cases.items():
        if len(opened) > 1:
            yield _double(f"{tip} was referred once and has {len(opened)} cases")
    for line in evidence.noted:
        tip = line["id"]
        if line["case"] not in cases.get(tip, ()):
            yield _lost(f"{tip} was referred and its case {line['case']} is not there")
        done = evidence.stored[tip].done if tip in evidence.stored else ()
        after = done[done.index(REFERRED) + 1 :] if REFERRED in done else ()
        wanted = SETTLED if line["settled"] else ENDED
        if after != wanted:
            say = _lost if len(after) < len(wanted) else _double
            yield say(f"{tip} was to be {list(wanted)}, its history goes on with {list(after)}")


def figures_add_up(evidence: Evidence) -> Iterator[Problem]:
    """What analytics answers against the events on the topics, each once."""
    if not evidence.figures:
        return
    types = Counter(one.type for told in evidence.published.values() for one in set(told))
    wanted = {name: types[kind] for name, kind in INDICATORS.items()}
    outcomes = Counter(one.outcome for one in evidence.stored.values())
    wanted |= {"mediation.successful": outcomes["successful"], "mediation.ended": outcomes["ended"]}
    for name, count in wanted.items():
        shown = evidence.figures.get(name)
        if (shown or 0) != count:
            say = _lost if (shown or 0) < count else _double
            yield say(f"the figure {name} is {shown}, and {count} happened")


Check = Callable[[Evidence], Iterator[Problem]]
# What holds of any system at any time that is quiet, whoever has filled it.
EVERYWHERE: tuple[Check, ...] = (
    accepted_are_stored,
    topics_tell_all,
    readers_know_all,
    referrals_have_one_case,
)
CHECKS: tuple[Check, ...] = (
    *EVERYWHERE,
    nothing_is_stored_twice,
    journals_hold_all,
    public_feed_is_whole,
    receivers_got_all,
    figures_add_up,
)
