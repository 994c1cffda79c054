"""Notes and keys are those of C2SP signed-note: by the examples that its first implementation prints."""

import pytest

from services.tips.ledger.domain.notes import Malformed, Note, Signature, parse_checkpoint, parse_note
from services.tips.ledger.keys import SigningKey, VerifierKey

# From the documentation of golang.org/x/mod/sumdb/note: nobody signs with these.
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNED = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
# The example of C2SP tlog-checkpoint.
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_a_private_key_gives_the_public_one_and_both_are_written_as_they_were_read() -> None:
    key = SigningKey.parse(PRIVATE)
    assert str(key) == PRIVATE
    assert str(key.verifier) == PUBLIC
    assert str(VerifierKey.parse(PUBLIC)) == PUBLIC


def test_a_note_that_go_has_signed_is_read_and_written_the_same() -> None:
    written = f"{TEXT}\n— PeterNeumann {SIGNED}\n"
    note = parse_note(written)
    assert note.text == TEXT
    assert [one.name for one in note.signatures] == ["PeterNeumann"]
    assert note.signatures[0].id.hex() == "c74f20a3"
    assert str(note) == written


def test_the_example_of_a_checkpoint_is_read_and_written_the_same() -> None:
    checkpoint = parse_checkpoint(parse_note(CHECKPOINT).text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == CHECKPOINT.partition("\n\n")[0] + "\n"


def test_a_checkpoint_is_opened_by_its_key_and_by_no_other() -> None:
    key = SigningKey.fresh("ledger.example.org/tips")
    written = key.sign(64, bytes(range(32)))
    assert written == key.sign(64, bytes(range(32)))
    assert (key.verifier.open(written).size, key.verifier.open(written).root) == (64, bytes(range(32)))
    with pytest.raises(Malformed, match="not signed by this key"):
        SigningKey.fresh("ledger.example.org/tips").verifier.open(written)
    with pytest.raises(Malformed, match="not signed by this key"):
        key.verifier.open(written.replace("\n64\n", "\n128\n"))


def test_what_others_sign_beside_us_does_not_matter() -> None:
    key = SigningKey.fresh("ledger.example.org/tips")
    note = parse_note(key.sign(64, bytes(32)))
    witness = Signature("witness.example/1", b"\x01\x02\x03\x04", bytes(72))
    both = str(Note(note.text, (witness, *note.signatures)))
    assert key.verifier.open(both).size == 64


def test_our_signature_under_another_logs_text_is_not_a_checkpoint_of_ours() -> None:
    key = SigningKey.fresh("ledger.example.org/tips")
    other = SigningKey("another.example/log", key.seed)
    forged = Signature(key.name, key.verifier.id, parse_note(other.sign(64, bytes(32))).signatures[0].value)
    with pytest.raises(Malformed, match="another log"):
        key.verifier.open(str(Note(parse_note(other.sign(64, bytes(32))).text, (forged,))))


@pytest.mark.parametrize(
    "written",
    [
        "",
        PRIVATE,
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ],
)
def test_what_is_no_public_key_is_refused(written: str) -> None:
    with pytest.raises(Malformed):
        VerifierKey.parse(written)


@pytest.mark.parametrize(
    "text",
    [
        "a.example\n064\n" + "A" * 43 + "=\n",
        "a.example\n64\n\n" + "A" * 43 + "=\n",
        "a.example\n64\nAAAA\n",
        "a.example\n64\n" + "A" * 43 + "=",
        "a.example\n-1\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_checkpoint(text)


def test_a_key_shows_itself_to_nobody_by_accident() -> None:
    assert "AYEKFALV" not in repr(SigningKey.parse(PRIVATE))
