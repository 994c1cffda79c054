"""The one base of all pages: layout, style, common words, static files and the sign-in with a token.

A service brings a package with `templates/` and `static/`, and its own texts; it makes `Pages` of them,
renders with it, and mounts its `routes`. All is read as package data, so that an image holds it.
"""

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import jinja2
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from shared.areas import AREA_PATTERN
from shared.places import place_name
from shared.web.pages.static import Static
from shared.web.pages.texts import COMMON
from shared.words import Language, moment_in_words

Texts = Mapping[Language, Mapping[str, str]]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
_BASE: Final = "shared.web.pages"
VIET_NAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")


class Pages:
    """The pages of one service. `package` holds its `templates/` and `static/`, which lie over the common
    ones; `texts` are its sentences in both languages, found in templates as `t`.
    """

    def __init__(self, package: str, texts: Texts) -> None:
        self._static = Static((_BASE, package))
        self._texts = {lang: {**COMMON[lang], **texts[lang]} for lang in LANGUAGES}
        self._templates = _environment((package, _BASE))
        self._templates.globals["static"] = self._static.address
        self._templates.globals["area_pattern"] = AREA_PATTERN.replace("-]", r"\-]")  # as browsers spell it
        self._templates.filters["moment"] = _moment
        self._templates.filters["place"] = place_name

    def routes(self) -> APIRouter:
        """`/static/…`"""
        return self._static.routes()

    def texts(self, lang: Language) -> Mapping[str, str]:
        """Every sentence of a language, the common ones too."""
        return self._texts[lang]

    def page(self, template: str, request: Request, lang: Language, **shown: Any) -> HTMLResponse:
        """A whole page over `base.html`; the language switch keeps the query of `request`."""
        other: Language = "en" if lang == "vi" else "vi"
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
        switch = {"lang": other, "href": "?" + urlencode([*kept, ("lang", other)])}
        return self.part(template, lang, switch=switch, **shown)

    def part(self, template: str, lang: Language, **shown: Any) -> HTMLResponse:
        """A piece of a page, for its script to put in place."""
        rendered = self._templates.get_template(template).render(t=self._texts[lang], lang=lang, **shown)
        return HTMLResponse(rendered)


def _environment(packages: tuple[str, ...]) -> jinja2.Environment:
    """Templates of the first package that has them; what is shown is escaped, a missing name is a fault."""
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([_loader(package) for package in packages]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@jinja2.pass_context
def _moment(context: jinja2.runtime.Context, at: datetime) -> str:
    return moment_in_words(at, context["lang"], VIET_NAM)


def _loader(package: str) -> jinja2.BaseLoader:
    folder = files(package).joinpath("templates")

    def read(name: str) -> str | None:
        file = folder.joinpath(name)
        return file.read_text(encoding="utf-8") if file.is_file() else None

    return jinja2.FunctionLoader(read)
