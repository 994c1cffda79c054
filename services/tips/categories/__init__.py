"""What each category is to a resident: its hint, what it asks, whom to call first, and what is done with it.

One file for each group on the page, read once. Labels are `shared.words.CATEGORIES`, as everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.contracts.vocabulary import Category
from shared.words import Language

Name = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,30}$")]
Words = Annotated[str, Field(min_length=1, max_length=400)]
# Police, fire, ambulance, and the national line for the protection of children.
Number = Literal["113", "114", "115", "111"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Both(_Data):
    vi: Words
    en: Words

    def in_(self, language: Language) -> str:
        return self.vi if language == "vi" else self.en


class Question(_Data):
    """`choices` empty: answered in words. `hint` stands beside the question."""

    name: Name
    ask: Both
    hint: Both | None = None
    choices: tuple[Both, ...] = ()
    required: bool = False


class Kind(_Data):
    """`public`: may be shown outside, its place made coarse. `mediable` False: never referred to mediation.

    `call`: the numbers of an emergency notice before anything is typed. `note`: said with the form.
    """

    name: Category
    hint: Both
    note: Both | None = None
    public: bool
    mediable: bool
    call: tuple[Number, ...]
    questions: Annotated[tuple[Question, ...], Field(max_length=4)]


class TurnedBack(_Data):
    """What is offered as a choice so that it can be declined kindly: why, and what to do instead."""

    name: Name
    label: Both
    hint: Both
    title: Both
    why: Both
    instead: Both


class Group(_Data):
    order: int
    group: Both
    categories: tuple[Kind, ...]
    turned_back: tuple[TurnedBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All groups in the order of the page."""

    groups: tuple[Group, ...]
    kinds: Mapping[Category, Kind]
    turned_back: Mapping[str, TurnedBack]


class Incomplete(Exception):
    """The data do not hold together. The message names file and fault."""


_DATA: Final = ".yaml"


@cache
def catalogue() -> Catalogue:
    """The categories of this release. Raises Incomplete."""
    folder = files(__name__)
    return read(
        {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(_DATA)}
    )


def read(sources: Mapping[str, str]) -> Catalogue:
    """YAML by file name. Each category of the vocabulary stands in it once, each question once in its
    category. Raises Incomplete.
    """
    groups = sorted((_group(name, text) for name, text in sources.items()), key=lambda group: group.order)
    kinds = [kind for group in groups for kind in group.categories]
    declined = [one for group in groups for one in group.turned_back]
    faults = [
        *_repeated("category", (kind.name for kind in kinds)),
        *_repeated("choice", (one.name for one in declined)),
        *(fault for kind in kinds for fault in _repeated(f"question of {kind.name}", _questions(kind))),
        *(f"category {name} is missing" for name in Category if name not in {kind.name for kind in kinds}),
        *(f"{one.name} is a category" for one in declined if one.name in set(Category)),
    ]
    if faults:
        raise Incomplete("; ".join(faults))
    return Catalogue(tuple(groups), {kind.name: kind for kind in kinds}, {one.name: one for one in declined})


def _group(name: str, text: str) -> Group:
    try:
        return Group.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as fault:
        raise Incomplete(f"{name}: {fault}") from None


def _questions(kind: Kind) -> Iterator[str]:
    return (question.name for question in kind.questions)


def _repeated(what: str, names: Iterator[str]) -> list[str]:
    seen, faults = set[str](), []
    for name in names:
        if name in seen:
            faults.append(f"{what} {name} stands there twice")
        seen.add(name)
    return faults
