"""The bodies of the calls about webhooks. Unknown members are refused."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from services.notifications.usecases.following import BEGIN
from shared.areas import AREA_PATTERN
from shared.contracts.base import Moment, Shape

EVERYWHERE_OR_AREA = rf"^\*$|{AREA_PATTERN}"


class NewWebhook(Shape):
    """`areas` empty: all of the token's. `types` empty: every type. `restricted`: also what only the
    inspectorate may receive; needs that scope.
    """

    url: Annotated[str, Field(min_length=1, max_length=2048, examples=["https://portal.example.org/events"])]
    areas: Annotated[
        tuple[Annotated[str, Field(max_length=80, pattern=EVERYWHERE_OR_AREA)], ...], Field(max_length=50)
    ] = ()
    types: Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=100)] = ()
    restricted: bool = False


class NewReplay(Shape):
    """Either a time, by when events came here (`to` left out: until now), or a cursor of a stream."""

    since: Annotated[Moment | None, Field(alias="from")] = None
    before: Annotated[Moment | None, Field(alias="to")] = None
    after: Annotated[str, Field(min_length=1, max_length=16_384, description=f"or `{BEGIN}`")] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.since is None) == (self.after is None):
            raise ValueError("give either from or after")
        if self.before is not None and (self.since is None or self.before <= self.since):
            raise ValueError("to must come after from")
        return self
