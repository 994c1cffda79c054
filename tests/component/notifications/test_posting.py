"""Connecting to addresses of somebody else's choice: where to, for how long, and how much is read."""

import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.domain.attempts import Answer, Fault
from services.notifications.posting import Poster, checked_address, is_public
from shared.errors import Invalid
from tests.support.receiver import Behaviour, answers, floods, hangs, receiving, resets, trickles
from tests.support.waiting import in_time

DEADLINE = 0.6


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    made = Poster(private=True, seconds=DEADLINE)
    yield made
    await made.close()


async def post(poster: Poster, url: str) -> Answer:
    return await in_time(poster.post(url, {"webhook-id": "msg_1"}, b"{}"), 10 * DEADLINE)


@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [
        (answers(200), Answer(200)),
        (answers(500), Answer(500)),
        (answers(429, Retry_After="120"), Answer(429, retry_after=timedelta(minutes=2))),
        (answers(503, Retry_After="soon"), Answer(503)),
        (answers(200, Content_Encoding="gzip"), Answer(200)),
        (hangs, Answer(fault=Fault.TIMEOUT)),
        (trickles, Answer(fault=Fault.TIMEOUT)),
        (floods, Answer(200)),
        (resets, Answer(fault=Fault.BROKEN)),
    ],
    ids=["200", "500", "429", "503", "not-gzip", "hangs", "trickles", "floods", "resets"],
)
async def test_each_receiver_ends_in_an_answer_and_in_time(
    poster: Poster, behaviour: Behaviour, answer: Answer
) -> None:
    async with receiving(behaviour) as receiver:
        assert await post(poster, receiver.url) == answer


async def test_a_date_is_a_wish_too(poster: Poster) -> None:
    date = (datetime.now(UTC) + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    async with receiving(answers(503, Retry_After=date)) as receiver:
        wished = (await post(poster, receiver.url)).retry_after
    assert wished is not None
    assert timedelta(minutes=59) < wished <= timedelta(hours=1)


async def test_a_redirect_is_an_answer_and_not_followed(poster: Poster) -> None:
    async with receiving() as elsewhere, receiving(answers(307, Location=elsewhere.url)) as receiver:
        assert await post(poster, receiver.url) == Answer(307)
        assert elsewhere.posts == []


async def test_nobody_there_and_no_such_name_are_faults(poster: Poster) -> None:
    async with receiving() as receiver:
        pass
    assert await post(poster, receiver.url) == Answer(fault=Fault.NO_CONNECTION)

    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError

    lost = Poster(private=True, resolve=unknown, seconds=DEADLINE)
    assert await post(lost, "http://nowhere.example/") == Answer(fault=Fault.UNKNOWN_HOST)
    await lost.close()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
async def test_a_private_address_is_refused_at_connect_however_it_is_written(host: str) -> None:
    public = Poster(private=False, seconds=DEADLINE)
    async with receiving() as receiver:
        port = receiver.url.rsplit(":", 1)[1]
        assert (await post(public, f"https://{host}:{port}")).fault is Fault.PRIVATE_ADDRESS
        assert receiver.posts == []
    await public.close()


async def test_a_public_name_that_answers_with_a_private_address_is_refused() -> None:
    asked: list[str] = []

    async def inside(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0"]

    public = Poster(private=False, resolve=inside, seconds=DEADLINE)
    async with receiving() as receiver:
        port = receiver.url.rsplit(":", 1)[1]
        answer = await post(public, f"https://hooks.example.org:{port}")
        assert answer.fault is Fault.PRIVATE_ADDRESS
        assert (asked, receiver.posts) == (["hooks.example.org"], [])
    await public.close()


async def test_a_name_is_looked_up_once_for_each_post_so_that_it_cannot_change_in_between() -> None:
    """DNS rebinding: the first answer is checked, and it is the one connected to."""
    turns = iter([["127.0.0.1"], ["192.0.2.1"]])

    async def changing(host: str, port: int) -> Sequence[str]:
        return next(turns)

    rebound = Poster(private=True, resolve=changing, seconds=DEADLINE)
    async with receiving() as receiver:
        port = receiver.url.rsplit(":", 1)[1].split("/")[0]
        assert await post(rebound, f"http://hooks.example.org:{port}/") == Answer(200)
        assert receiver.posts[0].headers["host"] == f"hooks.example.org:{port}"
    await rebound.close()


INSIDE = """
    10.0.0.1 172.16.0.1 192.168.1.1 127.8.8.8 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1
    255.255.255.255 192.0.2.1 198.18.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 ff02::1 2001:db8::1
    ::ffff:10.0.0.1 64:ff9b::10.0.0.1 2002:a00:1:: 2001:0:a00:1:: fec0::1 nonsense
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_an_address_of_the_inside_is_no_public_one(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.119.8.1", "2606:4700::1111", "2405:4800::1"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://portal.example.org/",
        "ftp://portal.example.org/",
        "portal.example.org",
        "https://",
        "https:///path",
        "https://user:pass@portal.example.org/",
        "https://user@portal.example.org/",
        "https://portal.example.org/#part",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://portal.example.org:99999/",
        "https://portal.example.org:0/",
        "https://portal example.org/",
        "https://portal.example.org/\n",
    ],
)
def test_what_is_no_usable_address_is_refused_at_the_door(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_address(url, private=False)
    assert [fault.pointer for fault in refused.value.faults] == ["/url"]


def test_of_an_address_only_the_origin_is_shown() -> None:
    url, origin = checked_address("https://Bücher.example.vn:8443/hook?token=abc", private=False)
    assert origin == "https://xn--bcher-kva.example.vn:8443"
    assert url.endswith("/hook?token=abc")


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a receiver called `name` shows, and who believes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(chain, private)
    return shown, ssl.create_default_context(cafile=str(chain))


async def test_the_certificate_must_be_that_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    shown, believed = certificate(tmp_path, "hooks.example.org")

    async def here(host: str, port: int) -> Sequence[str]:
        return [str(ipaddress.IPv4Address("127.0.0.1"))]

    secure = Poster(private=True, resolve=here, trusted=believed, seconds=5)
    async with receiving(tls=shown) as receiver:
        port = receiver.url.rsplit(":", 1)[1].split("/")[0]
        assert await post(secure, f"https://hooks.example.org:{port}/hook") == Answer(200)
        assert (await post(secure, f"https://other.example.org:{port}/hook")).fault is Fault.TLS
    assert len(receiver.posts) == 1
    await secure.close()
