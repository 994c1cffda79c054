"""Façades, relays and consumers that die and freeze anywhere, and what must be so once all is healed."""

import asyncio
from collections import Counter as Tally
from collections.abc import Sequence
from typing import Any

from shared.consume import Facts, Projection, Reaction
from shared.consume.reading import Effects
from shared.events import Event
from shared.outbox import Cause, Outbox
from shared.outbox.ports import LANES, Entry
from tests.component.crashes.worlds import World
from tests.component.outbox.probe import Counter, Moved, begin, step, two_steps
from tests.component.outbox.world import by_subject, first_deliveries
from tests.support.mortal import Fate, Process
from tests.support.waiting import eventually

REPORTER = Cause("reporter")
NAMES = [f"c{n}" for n in range(3)]


class Trial:
    """`accepted`: for each aggregate the sequences that a caller was answered with; `asked`: how often one
    asked for a change."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.accepted: dict[str, list[int]] = {}
        self.asked: Tally[str] = Tally()
        self.processes: list[Process] = []
        self.relays: list[Process] = []
        self.consumers: list[Process] = []

    async def open(self) -> None:
        await self.world.open()
        outbox = self.world.outbox()
        await outbox.open()
        for name in NAMES:
            await outbox.create(_echo(name), begin(), REPORTER)
        await outbox.close()

    async def command(self, name: str, twice: bool, at: int | None = None) -> None:
        """Somebody asks for a new aggregate, or for a change of one that was accepted."""
        self.asked[name] += 1
        await self._process(self._ask(name, twice), at, "dies").ended()

    async def relay(self, at: int | None = None, fate: Fate = "dies") -> Process:
        relay = self.world.relay(f"r{len(self.processes)}")
        self.relays.append(self._process(relay.run(), at, fate))
        return self.relays[-1]

    async def consumer(self, at: int | None = None, fate: Fate = "dies") -> Process:
        await self.world.expel()
        effects = self.world.effects_of(self._effects)
        self.consumers.append(self._process(self.world.consume(effects), at, fate))
        return self.consumers[-1]

    async def thaw_all(self) -> None:
        for process in self.processes:
            process.thaw()

    async def heal(self) -> None:
        """All that is left of before ends; a relay and a consumer that live take over."""
        for process in self.processes:
            await process.stop()
        self.processes.clear()
        await self.relay()
        await self.consumer()
        await eventually(self.quiet, within=20)

    async def check(self) -> None:
        """Every promise, held against what the stores and the log hold."""
        outbox = self.world.outbox()
        records = await self.world.records()
        expected: dict[str, list[int]] = {}
        for name in NAMES:
            expected |= await self._whole(outbox, name)
        assert _first(records) == expected, "lost, or out of order, on the log"
        await self._journal_is_whole(expected)
        ids = {f"{id}:{sequence}" for id, sequences in expected.items() for sequence in sequences}
        rows = await self.world.rows()
        assert rows.keys() == ids, "an event without its fact, or a fact without its event"
        copies = {id: copy["sequence"] for id, copy in (await self.world.copies()).items()}
        assert copies == {id: sequences[-1] for id, sequences in expected.items()}
        assert self.world.strays == [], "a wave was begun on another's lane"

    async def until_quiet(self, process: Process) -> None:
        """Or until this one stands still."""
        ended = asyncio.ensure_future(process.ended())
        quiet = asyncio.ensure_future(eventually(self.quiet, within=20))
        await asyncio.wait({ended, quiet}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (ended, quiet):
            waiting.cancel()

    async def close(self) -> None:
        for process in self.processes:
            await process.stop()
        await self.world.close()

    def _process(self, main: Any, at: int | None, fate: Fate) -> Process:
        self.processes.append(Process(at, fate).start(main))
        return self.processes[-1]

    async def _ask(self, name: str, twice: bool) -> None:
        outbox = self.world.outbox()
        await outbox.open()
        if name not in self.accepted:
            found, created = await outbox.create(name, begin(), REPORTER)
            # One that is there already was stored for a caller who died before the answer.
            self.accepted.setdefault(name, []).append(1 if created else found.sequence)
        else:
            found = await outbox.update(name, two_steps if twice else step, REPORTER)
            self.accepted[name].append(found.sequence)
        await outbox.close()

    def _effects(self, facts: Any, copies: Any) -> Effects:
        outbox = self.world.outbox()

        async def echo(event: Event) -> None:
            if event.subject in NAMES:
                seen = (event.subject, event.sequence or 0)
                await outbox.update(_echo(event.subject), step, Cause("event", seen=seen))

        def row(event: Event, record: Any) -> list[dict[str, Any]]:
            return [{"subject": event.subject}]

        def copy(event: Event) -> dict[str, Any]:
            return {"count": event.data["count"]}

        return {Moved.TYPE: [Facts(facts, row), Projection(copies, copy), Reaction(echo)]}

    async def quiet(self) -> bool:
        """Nothing waits for the relay, nothing for the consumer; asked twice, for what the first round's
        reactions have told."""
        store = self.world.outbox().store
        for _ in range(2):
            waiting = await store.backlog(range(LANES))
            if waiting.events or not await self.world.all_consumed():
                return False
        return True

    async def _whole(self, outbox: Outbox[Counter], name: str) -> dict[str, list[int]]:
        """The numbers to expect of one aggregate and of its echo."""
        echo = await outbox.get(_echo(name))
        document = await outbox.store.load(name)
        if document is None:
            assert name not in self.accepted, "an accepted aggregate is gone"
            return {echo.id: [1]}
        found = await outbox.get(name)
        accepted = self.accepted.get(name, [])
        assert len(accepted) == len(set(accepted)), "two callers were answered with the same change"
        assert max(accepted, default=0) <= found.sequence, "an accepted change is gone"
        assert len(accepted) - 1 <= found.state.count < self.asked[name], "a change nobody asked for"
        assert echo.state.count == found.sequence, "one effect for each event"
        return {name: _upto(found.sequence), echo.id: _upto(echo.sequence)}

    async def _journal_is_whole(self, expected: dict[str, list[int]]) -> None:
        journal = self.world.journal()
        entries: list[Entry] = []
        for lane in range(LANES):
            mine = await journal.window(lane, 0, 10_000)
            assert [entry.n for entry in mine] == _upto(len(mine)), "the journal has a gap"
            entries += mine
        assert _first([entry.event for entry in entries]) == expected, "the journal lacks what was trimmed"


def _first(events: Sequence[Event]) -> dict[str, list[int]]:
    return {id: first_deliveries(found) for id, found in by_subject(events).items()}


def _upto(last: int) -> list[int]:
    return list(range(1, last + 1))


def _echo(name: str) -> str:
    return name.replace("c", "e")
