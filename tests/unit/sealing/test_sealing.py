"""Sealed texts open where they were sealed, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.sealing import Keyring, Sealer, Unsealable

OLD, NEW = b"o" * 32, b"n" * 32
TIP, OTHER = "tip_a", "tip_b"
SEALER = Sealer(Keyring("k1", {"k1": OLD}))


@given(st.text(max_size=300))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    key = SEALER.new_key(TIP)
    sealed = SEALER.seal(key, TIP, "text", text)
    assert SEALER.open(key, TIP, "text", sealed) == text
    assert sealed.isascii()


def test_the_same_text_never_looks_the_same_and_no_key_is_given_out_twice() -> None:
    key = SEALER.new_key(TIP)
    assert SEALER.seal(key, TIP, "text", "x") != SEALER.seal(key, TIP, "text", "x")
    assert SEALER.new_key(TIP) != key


def test_a_sealed_text_opens_in_no_other_field_aggregate_or_key() -> None:
    key = SEALER.new_key(TIP)
    sealed = SEALER.seal(key, TIP, "text", "secret")
    for wrapped, aggregate_id, field in (
        (key, TIP, "reply"),
        (key, OTHER, "text"),
        (SEALER.new_key(TIP), TIP, "text"),
        (SEALER.new_key(OTHER), OTHER, "text"),
    ):
        with pytest.raises(Unsealable):
            SEALER.open(wrapped, aggregate_id, field, sealed)


def test_ids_and_key_names_that_join_to_the_same_letters_are_kept_apart() -> None:
    ring = Keyring("1k1", {"1k1": OLD, "k1": OLD})
    key = Sealer(ring).new_key("tip")
    relabelled = f"k1.{key.partition('.')[2]}"
    with pytest.raises(Unsealable):
        Sealer(ring).seal(relabelled, "tip1", "text", "secret")


@given(st.integers(min_value=0), st.integers(0, 255))
def test_a_changed_byte_is_noticed(place: int, other: int) -> None:
    key = SEALER.new_key(TIP)
    form, _, encoded = SEALER.seal(key, TIP, "text", "một lời").partition(".")
    raw = bytearray(base64.urlsafe_b64decode(encoded))
    place %= len(raw)
    if raw[place] == other:
        other ^= 1
    raw[place] = other
    with pytest.raises(Unsealable):
        SEALER.open(key, TIP, "text", f"{form}.{base64.urlsafe_b64encode(raw).decode()}")


@pytest.mark.parametrize("sealed", ["", "1.", "1.AAAA", "2.AAAA", "1.not base64!", "plain text", "1.ạ"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Unsealable):
        SEALER.open(SEALER.new_key(TIP), TIP, "text", sealed)


def test_a_new_key_encryption_key_opens_the_old_and_wraps_the_new() -> None:
    key = SEALER.new_key(TIP)
    sealed = SEALER.seal(key, TIP, "text", "secret")
    rotated = Sealer(Keyring("k2", {"k2": NEW, "k1": OLD}))
    assert rotated.open(key, TIP, "text", sealed) == "secret"
    wrapped = rotated.new_key(TIP)
    alone = Sealer(Keyring("k2", {"k2": NEW}))
    assert alone.open(wrapped, TIP, "text", rotated.seal(wrapped, TIP, "text", "secret")) == "secret"
    with pytest.raises(Unsealable, match="not in the ring"):
        alone.open(key, TIP, "text", sealed)


def test_a_key_ring_is_read_from_one_setting_and_shows_no_key() -> None:
    setting = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in (("k2", NEW), ("k1", OLD)))
    ring = Keyring.parse(setting)
    assert (ring.current, ring.keys["k1"]) == ("k2", OLD)
    assert base64.b64encode(NEW).decode() not in repr(ring)
    assert "nnnn" not in repr(ring)


@pytest.mark.parametrize(
    "setting",
    [
        "",
        "k1",
        "k1:",
        "k1:!!",
        f"k1:{base64.b64encode(b'short').decode()}",
        f"K 1:{base64.b64encode(OLD).decode()}",
    ],
)
def test_a_bad_key_ring_is_refused_without_repeating_it(setting: str) -> None:
    with pytest.raises(Invalid) as refused:
        Keyring.parse(setting)
    assert refused.value.code == "bad_keyring"
    assert not setting or setting not in refused.value.detail


def test_bytes_open_only_whole_and_in_their_own_place() -> None:
    key = SEALER.new(TIP)
    sealed = key.seal_bytes("file/0", b"piece")
    assert key.open_bytes("file/0", sealed) == b"piece"
    for place, content in (("file/1", sealed), ("file/0", sealed[:-1]), ("file/0", b"")):
        with pytest.raises(Unsealable):
            key.open_bytes(place, content)
    with pytest.raises(Unsealable):
        SEALER.new(TIP).open_bytes("file/0", sealed)


def test_a_key_wrapped_anew_opens_under_the_new_key_encryption_key_alone() -> None:
    key = SEALER.new_key(TIP)
    sealed = SEALER.seal(key, TIP, "text", "secret")
    rewrapped = Sealer(Keyring("k2", {"k2": NEW, "k1": OLD})).rewrap(key, TIP)
    assert Sealer(Keyring("k2", {"k2": NEW})).open(rewrapped, TIP, "text", sealed) == "secret"
    with pytest.raises(Unsealable):
        Sealer(Keyring("k2", {"k2": NEW, "k1": OLD})).rewrap(key, "tip_other")
