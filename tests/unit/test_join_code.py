"""A join code is read however it is typed, and nothing else passes for one."""

import secrets

import pytest

from shared.errors import Invalid
from shared.join_code import ENTROPY_BYTES, join_hash, spell


def test_a_code_is_found_again_however_it_is_typed() -> None:
    code = spell(bytes(range(ENTROPY_BYTES)))
    assert code == "01234-56789-ABCDE-FGHJK"
    for typed in (code.lower(), code.replace("-", " "), "O I 2 3 4 56789 abcde fghjk", f"  {code}\n"):
        assert join_hash(typed) == join_hash(code)


def test_two_codes_have_two_hashes() -> None:
    codes = {spell(secrets.token_bytes(ENTROPY_BYTES)) for _ in range(200)}
    assert len({join_hash(code) for code in codes}) == 200


@pytest.mark.parametrize(
    "said", ["", "01234", "01234-56789-ABCDE-FGHJU", "01234-56789-ABCDE-FGHJKM", "ấ" * 20]
)
def test_what_cannot_be_a_code_is_refused_without_repeating_it(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        join_hash(said)
    assert refused.value.faults[0].pointer == "/code"
    assert not said or said not in refused.value.detail
