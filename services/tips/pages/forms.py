"""Forms as browsers without script send them: read whole, bounded, and from our own pages only."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from shared.errors import Forbidden, Invalid
from shared.words import Language

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 60

Form = Mapping[str, str]


async def read_form(request: Request) -> Form:
    """The fields by name; of two of one name the last. Ends of lines are LF, spaces around are gone.

    Raises Invalid for what is no form, and Forbidden for a form that another site made the browser send: it
    would write in somebody's name, or give them a form token that its maker knows.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise Forbidden("This form came from another site.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Invalid(f"Send the form as {MEDIA_TYPE}.")
    try:
        fields = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Invalid("The form cannot be read.") from None
    return {name: value.replace("\r\n", "\n").strip() for name, value in fields}


def language_of(form: Form) -> Language:
    """That of the page, unless the button of the other language was pressed."""
    return "en" if form.get("language", form.get("lang")) == "en" else "vi"
