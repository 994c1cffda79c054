"""JSON Feed 1.1 as a JSON Schema, written from the specification's text: https://www.jsonfeed.org/version/1.1/

Members of our own must begin with an underscore ("Extensions"); every other one must be named there.
"""

from typing import Any, Final

from jsonschema import Draft202012Validator

_URL: Final = {"type": "string", "pattern": "^https?://"}
_TEXT: Final = {"type": "string", "minLength": 1}
# RFC 5646, as far as the specification's examples go.
_LANGUAGE: Final = {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"}
# RFC 3339, with its offset.
_DATE: Final = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
_AUTHORS: Final = {"type": "array", "items": {"type": "object", "minProperties": 1}}
_EXTENSIONS: Final = {"^_[A-Za-z0-9]": {"type": "object"}}
_ITEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
    "properties": {
        "id": _TEXT,
        "url": _URL,
        "external_url": _URL,
        "title": _TEXT,
        "content_html": _TEXT,
        "content_text": _TEXT,
        "summary": _TEXT,
        "image": _URL,
        "banner_image": _URL,
        "date_published": _DATE,
        "date_modified": _DATE,
        "authors": _AUTHORS,
        "tags": {"type": "array", "items": _TEXT},
        "language": _LANGUAGE,
        "attachments": {"type": "array"},
    },
    "patternProperties": _EXTENSIONS,
    "additionalProperties": False,
}
JSON_FEED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": _TEXT,
        "user_comment": _TEXT,
        "next_url": _URL,
        "icon": _URL,
        "favicon": _URL,
        "authors": _AUTHORS,
        "language": _LANGUAGE,
        "expired": {"type": "boolean"},
        "hubs": {"type": "array"},
        "items": {"type": "array", "items": _ITEM},
    },
    "patternProperties": _EXTENSIONS,
    "additionalProperties": False,
}


def check_feed(feed: Any) -> None:
    """Raises when it is no feed. `id` must be unique, and `next_url` must not be `feed_url`."""
    Draft202012Validator(JSON_FEED).validate(feed)
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))
    assert feed.get("next_url") != feed["feed_url"]
