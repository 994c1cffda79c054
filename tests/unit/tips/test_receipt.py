"""Receipt codes survive the telephone, the keyboard and the hurry of whoever writes them down."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.tips.receipt.domain.codes import BITS_A_WORD, LENGTH, aloud, fold, new_code, parse
from services.tips.receipt.domain.words import WORDS
from shared.errors import Unauthorised

DIGESTS = st.binary(min_size=16, max_size=32)
RUDE_OR_FRIGHTENING = frozenset(
    """
    buoi cac chem chet chim cho cu cuop cut dai dam dao dap deo di dich dien dit doc du giet hiep ia khi lon
    loan ma mau mong mu nghien ngu oc sat sung thang toi trom vu
    """.split()  # noqa: SIM905 - one list, read as one
)


def test_the_words_give_at_least_eighty_bits() -> None:
    assert len(WORDS) == 2**BITS_A_WORD
    assert LENGTH * BITS_A_WORD >= 81, "one in fifteen codes is passed over, which costs a tenth of a bit"


def test_no_more_than_one_in_four_codes_is_passed_over_as_ambiguous() -> None:
    digests = [hashlib.sha256(str(n).encode()).digest() for n in range(400)]
    folded = [fold(word) for word in WORDS]
    passed = 0
    for digest in digests:
        number = int.from_bytes(digest[:16], "big")
        spelled = "-".join(folded[(number >> 9 * place) % 512] for place in range(LENGTH))
        passed += new_code(digest) != spelled
    assert passed < 100


def test_the_words_stay_apart_when_their_marks_are_lost() -> None:
    assert len({fold(word) for word in WORDS}) == len(WORDS)


def test_no_word_is_rude_or_frightening() -> None:
    assert not {fold(word) for word in WORDS} & RUDE_OR_FRIGHTENING


def test_the_list_of_words_is_never_changed_because_old_receipts_are_spelled_with_it() -> None:
    assert new_code(bytes(range(16))) == "bong-hoai-nghe-ruoc-khen-dep-cham-boi-nghia"


@given(DIGESTS)
def test_the_same_bytes_give_the_same_code_in_letters_that_fit_a_header(digest: bytes) -> None:
    code = new_code(digest)
    assert code == new_code(digest)
    assert len(code.split("-")) == LENGTH
    assert code.replace("-", "").isascii()
    assert code == code.lower()


@given(DIGESTS, st.sampled_from([" ", "-", "", ", ", " - ", "\n", "."]), st.booleans(), st.booleans())
def test_case_spaces_hyphens_and_marks_do_not_matter(
    digest: bytes, between: str, loud: bool, marked: bool
) -> None:
    code = new_code(digest)
    words = (aloud(code) if marked else code.replace("-", " ")).split(" ")
    said = between.join(words)
    said = said.upper() if loud else said.title()
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert parse(unicodedata.normalize(form, said)) == code


@given(st.lists(st.sampled_from(WORDS), min_size=9, max_size=9))
def test_whatever_is_read_is_read_in_its_one_form(words: list[str]) -> None:
    try:
        read = parse(" ".join(words))
    except Unauthorised:
        return
    assert read == "-".join(fold(word) for word in words)
    assert parse(read) == read


@pytest.mark.parametrize(
    "said", ["", "gạo sen", "x" * 5000, "đ" * 401, "1234 5678", "hello " * 9, "gạo " * 10]
)
def test_what_cannot_be_a_code_is_unknown_in_the_same_words(said: str) -> None:
    with pytest.raises(Unauthorised) as refused:
        parse(said)
    assert (refused.value.code, refused.value.detail) == ("receipt_unknown", "this receipt code is not known")


def test_a_wrong_word_makes_another_code_and_not_the_same() -> None:
    code = new_code(b"a" * 16)
    first, *rest = code.split("-")
    other = fold(WORDS[0]) if fold(WORDS[0]) != first else fold(WORDS[1])
    with_other = "-".join([other, *rest])
    assert with_other != code
    assert parse(with_other) == with_other


def test_folding_keeps_letters_only() -> None:
    assert fold("  ĐƯỜNG-Nguyễn Du, số 12! ") == "duongnguyenduso"


def test_too_few_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        new_code(b"short")
