"""Whatever happened: no figure read without the inspectorate's scope depends on what is restricted."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.component.analytics.conftest import open_world
from tests.support.case_events import case_event
from tests.support.stack import FreshDatabase
from tests.support.tip_events import later, tip_event
from tests.support.twins import LIVES, Secret, both, read

HAPPENED = st.tuples(
    st.sampled_from(("received", "classified", "resolved", "replied", "requested")), st.booleans()
)
PATHS = (
    "/indicators?area=99/99001&period=2026-09",
    "/indicators?area=99&period=2026-09&group_by=day",
    "/indicators?area=99&period=2026-09&compare=previous",
    "/indicators?period=2026-09&group_by=area",
    "/partials/figures?area=99/99001&period=2026-09",
)


@LIVES
@given(history=st.lists(HAPPENED, min_size=2, max_size=12))
async def test_no_figure_depends_on_a_restricted_event(
    fresh_database: FreshDatabase, tmp_path: Path, history: list[tuple[str, bool]]
) -> None:
    async def live(secret: Secret) -> Any:
        async with open_world(fresh_database, tmp_path) as world:
            for number, (what, restricted) in enumerate(history, 1):
                if secret.more or not restricted:
                    await world.count([event(number, what, restricted)])
            headers = world.issuer.bearer("indicators:read", areas=("99",))
            return await read(world.http, headers, PATHS)

    one, other = await both(live, fresh_database)
    assert one == other


def event(number: int, what: str, restricted: bool) -> Any:
    at = later(hours=number)
    if what == "requested":
        fields: dict[str, Any] = {"restricted": "inspectorate"} if restricted else {}
        return case_event("requested", case=number, area="99/99001/tdp-4", at=at, **fields)
    category = "officer_misconduct" if restricted else "theft_burglary"
    return tip_event(what, tip=number, at=at, category=category, restricted=restricted)
