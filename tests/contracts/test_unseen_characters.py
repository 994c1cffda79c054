"""What people write keeps every mark of theirs, and loses what nobody can see."""

from unicodedata import normalize

import pytest
from pydantic import TypeAdapter, ValidationError

from services.mediation.api.bodies import Name
from shared.contracts.tip_submission import Place, Reporter

PLACE = TypeAdapter(Place)


def read(text: str) -> str:
    return PLACE.validate_python({"text": text}).text


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("hẻm \u202e45\u202c Lê Lợi", "hẻm 45 Lê Lợi"),
        ("hẻm\u200b 45\ufeff", "hẻm 45"),
        ("hẻm\u2028số 45\u2029cuối", "hẻm\nsố 45\ncuối"),
        ("hẻm\r\nsố\x0745\x9b", "hẻm\nsố45"),
        ("hẻm\tsố 45", "hẻm\tsố 45"),
    ],
)
def test_controls_turned_directions_and_zero_widths_are_dropped(written: str, read_as: str) -> None:
    assert read(written) == read_as


@pytest.mark.parametrize("kept", ["Nguyễn Thị Thủy ở tổ 4", "👨\u200d👩\u200d👧 nhà bên", "cà\u200cphê"])
def test_vietnamese_marks_and_the_joiners_of_emoji_are_kept(kept: str) -> None:
    assert read(normalize("NFD", kept)) == kept


@pytest.mark.parametrize("nothing", ["\u200b\u202e", " \u2028 ", "a\x00b"])
def test_a_text_in_which_nothing_can_be_read_is_refused(nothing: str) -> None:
    with pytest.raises(ValidationError, match="must hold readable text"):
        read(nothing)


def test_a_name_is_one_line() -> None:
    assert Reporter(name="Trần\u2028Văn  An").name == "Trần Văn An"
    assert TypeAdapter(Name).validate_python("Tổ hòa giải\nsố\u202e 4") == "Tổ hòa giải số 4"
