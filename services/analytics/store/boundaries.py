"""The boundary changes of `data/boundary_changes.yaml`, which ship with the service."""

from datetime import date
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.analytics.domain.boundaries import BoundaryChange


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")
    vi: str
    en: str


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")
    since: date
    why: _Words
    source: str
    unchanged: frozenset[str]


def boundary_changes() -> tuple[BoundaryChange, ...]:
    """Raises pydantic.ValidationError when the file is not of its form."""
    text = files("services.analytics").joinpath("data/boundary_changes.yaml").read_text(encoding="utf-8")
    rows = TypeAdapter(list[_Row]).validate_python(yaml.safe_load(text))
    return tuple(BoundaryChange(row.since, row.why.vi, row.why.en, row.source, row.unchanged) for row in rows)
