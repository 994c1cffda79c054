"""The people of a case: sealed on arrival, opened for those who may see them, and their codes."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from services.mediation.domain.state import Case, Party
from services.mediation.usecases import identifiers
from services.mediation.usecases.bench import Bench
from shared.errors import Invalid, Unauthorised
from shared.outbox import Loaded

IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Person:
    """Who a party is and what they chose to tell; None where they did not."""

    name: str
    phone: str | None = None
    address: str | None = None
    statement: str | None = None


def party(
    bench: Bench,
    case_id: str,
    wrapped: str,
    number: int,
    person: Person,
    mark: bytes,
    agreed_at: datetime | None = None,
) -> Party:
    """A new party, the person sealed under the case's key. Bound to the mark, since a party that is added
    beside another gets its number only in the decision."""
    code = identifiers.party_code(bench.secret, mark)
    return Party(
        number=number,
        identity=bench.sealer.seal(wrapped, case_id, _field(mark.hex()), json.dumps(asdict(person))),
        code_mark=identifiers.code_mark(bench.secret, code),
        mark=mark.hex(),
        agreed_at=agreed_at,
    )


def opened(bench: Bench, case_id: str, case: Case, party: Party) -> Person | None:
    """Who a party is; None once the case is erased."""
    told = bench.open(case_id, case.key, _field(party.mark), party.identity)
    return None if told is None else Person(**json.loads(told))


async def by_code(bench: Bench, said: str) -> tuple[Loaded[Case], Party]:
    """The case and the party of a code as it was typed. Raises Unauthorised `receipt_unknown`."""
    try:
        mark = identifiers.code_mark(bench.secret, said)
    except Invalid:
        mark = "not a code"  # looked up all the same, so that the answer takes the same time
    found = await bench.lookup.by_party(mark)
    if len(found) == 1:
        loaded = await bench.cases.get(found[0])
        for one in loaded.state.parties:
            if one.code_mark == mark:
                return loaded, one
    raise Unauthorised("This code is not known.", code="receipt_unknown")


def _field(mark: str) -> str:
    return f"{IDENTITY}/{mark}"
