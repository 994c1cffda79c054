"""Events that analytics publishes on the compacted `analytics.registry.v1`: the newest state of what others
refer to.
"""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.base import AggregateId, Area, Code, Count, EventData, RoleAddress
from shared.contracts.vocabulary import Channel

# Names of places are public and official; no registry event names a person.
PlaceName = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f<>{}@]+$")]


class RegistryEvent(EventData):
    TOPIC: ClassVar[str] = "analytics.registry.v1"
    valid_from: date
    valid_to: date | None = None


class AreaChanged(RegistryEvent):
    TYPE: ClassVar[str] = "liengia.area.changed.v1"
    name: PlaceName
    kind: Code
    parent: Area | None = None


class OrganisationChanged(RegistryEvent):
    TYPE: ClassVar[str] = "liengia.organisation.changed.v1"
    organisation_id: AggregateId
    kind: Code


class GroupChanged(RegistryEvent):
    TYPE: ClassVar[str] = "liengia.group.changed.v1"
    group_id: AggregateId
    kind: Code
    households: Count | None = None


class ModelChanged(RegistryEvent):
    TYPE: ClassVar[str] = "liengia.model.changed.v1"
    model_id: AggregateId
    kind: Code


class AssetChanged(RegistryEvent):
    TYPE: ClassVar[str] = "liengia.asset.changed.v1"
    asset_id: AggregateId
    kind: Code
    quantity: Count | None = None


class ContactChanged(RegistryEvent):
    """A role can be reached by `channels`; the contact itself is known to notifications alone."""

    TYPE: ClassVar[str] = "liengia.contact.changed.v1"
    role: RoleAddress
    channels: Annotated[tuple[Channel, ...], Field(max_length=17)]


EVENTS: tuple[type[EventData], ...] = (
    AreaChanged,
    OrganisationChanged,
    GroupChanged,
    ModelChanged,
    AssetChanged,
    ContactChanged,
)
