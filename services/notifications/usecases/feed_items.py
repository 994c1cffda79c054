"""How a public event reads as an item of JSON Feed 1.1, without its address. Extensions: `_liengia`."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from services.notifications.domain.alert_table import MessageKind
from services.notifications.domain.alerts import Alert, Message, Text
from services.notifications.usecases.public import areas_of
from services.notifications.usecases.telling import Figure, in_words, tell
from shared.contracts.analytics import StatisticReported
from shared.events import Event
from shared.places import place_name
from shared.words import INDICATORS, Language, Words, period_in_words, quantity, word

KINDS: Final[Words] = {
    "alert": ("Cảnh báo", "Alert"),
    "update": ("Cập nhật cảnh báo", "Alert updated"),
    "cancel": ("Hủy cảnh báo", "Alert cancelled"),
}
_UNTIL: Final = {"vi": "Có hiệu lực đến {}.", "en": "In force until {}."}
_ATTESTED: Final = {
    "vi": "{}: {}, {}, địa bàn {}. Số liệu do nơi đó tự công bố, giữ nguyên từ chỉ mức độ.",
    "en": "{}: {}, {}, area {}. As published there, with its qualifier.",
}
Item = dict[str, Any]


def alert_item(event: Event, alert: Alert, message: Message, language: Language, zone: ZoneInfo) -> Item:
    """One message of an alert, in the language asked for where its author wrote it, else in Vietnamese."""
    said = message.content
    spoken: Language = "vi" if said.headline.en is None else language
    passages = [in_language(said.description, spoken), in_language(said.instruction, spoken)]
    if message.kind is not MessageKind.CANCEL:
        passages.append(_UNTIL[spoken].format(in_words(said.expires_at.isoformat(), spoken, zone)))
    return _item(event, spoken) | {
        "title": f"{word(KINDS, message.kind.value, spoken)}: {in_language(said.headline, spoken)}",
        "content_text": "\n\n".join(passage for passage in passages if passage),
        "tags": ["alert", alert.hazard],
        "_liengia": _about_alert(event)
        | {
            "kind": message.kind.value,
            "certainty": said.certainty.value,
            "category": alert.category.value,
            "onset": said.onset,
        },
    }


def untold_item(event: Event, language: Language, zone: ZoneInfo) -> Item:
    """A message whose text is not here, as in a database that was set back: what the event alone says."""
    return _item(event, language) | {
        "content_text": tell(event, language, zone),
        "tags": ["alert", event.data["hazard"]],
        "_liengia": _about_alert(event),
    }


def statistic_item(event: Event, language: Language) -> Item:
    """A figure as it was attested: never without its qualifier, never computed with."""
    reported = StatisticReported.read(event.data)
    name = word(INDICATORS, reported.indicator, language)
    figure = quantity(Figure.of(reported), language)
    period = period_in_words(reported.period, language)
    return _item(event, language) | {
        "title": f"{name}: {figure}",
        "content_text": _ATTESTED[language].format(name, figure, period, place_name(reported.area)),
        "tags": ["statistic", reported.indicator],
        "_liengia": {
            "kind": "statistic",
            "areas": [reported.area],
            "indicator": reported.indicator,
            "value": reported.value,
            "unit": reported.unit,
            "qualifier": reported.qualifier.value,
            "range": None if reported.range is None else reported.range.model_dump(),
            "period": reported.period,
            "origin": reported.origin.value,
            "as_of": reported.as_of,
        },
    }


def in_language(text: Text | None, language: Language) -> str:
    """The text, in Vietnamese where it was not translated; "" where there is none."""
    if text is None:
        return ""
    return (text.en if language == "en" else None) or text.vi


def _item(event: Event, language: Language) -> Item:
    return {"id": event.id, "date_published": event.time, "language": language}


def _about_alert(event: Event) -> dict[str, Any]:
    number = event.sequence or 1
    return {
        "kind": _KIND_OF[event.type.split(".")[2]],
        "areas": list(areas_of(event)),
        "alert": event.subject,
        "replaces": f"{event.subject}:{number - 1}" if number > 1 else None,
        "severity": event.data["severity"],
        "urgency": event.data["urgency"],
        "hazard": event.data["hazard"],
        "expires_at": event.data["expires_at"],
    }


_KIND_OF: Final = {"issued": "alert", "updated": "update", "cancelled": "cancel"}
