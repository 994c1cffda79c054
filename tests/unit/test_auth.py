"""Which tokens are believed, and what they allow."""

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from shared import keys
from shared.auth import Principal, Verifier
from shared.clock import SystemClock
from shared.errors import Forbidden, Unauthorised, Unavailable
from tests.support.tokens import AUDIENCE, ISSUER, Issuer


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def verifier_of(issuer: Issuer, folder: Path) -> Verifier:
    source = keys.from_file(issuer.write_jwks(folder))
    return Verifier(source, issuer=ISSUER, audience=AUDIENCE, clock=SystemClock())


async def test_a_token_tells_who_calls_with_which_scopes_and_areas(issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.token("tips:read", "tips:handle", areas=["99/99001"], subject="o-7")
    principal = await verifier_of(issuer, tmp_path).verify(token)
    assert principal == Principal("o-7", "officer", frozenset({"tips:read", "tips:handle"}), ("99/99001",))


async def test_scopes_may_also_come_as_the_list_scp(issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.token(without=["scope"], scp=["events:read"])
    assert (await verifier_of(issuer, tmp_path).verify(token)).scopes == {"events:read"}


async def test_a_client_that_speaks_for_itself_is_an_integration(issuer: Issuer, tmp_path: Path) -> None:
    token = issuer.token("tips:submit", subject="gateway", client_id="gateway")
    assert (await verifier_of(issuer, tmp_path).verify(token)).kind == "integration"


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("ES256", ECKey.generate_key("P-256", auto_kid=True)),
        ("RS256", RSAKey.generate_key(2048, auto_kid=True)),
        ("EdDSA", OKPKey.generate_key("Ed25519", auto_kid=True)),
        ("Ed25519", OKPKey.generate_key("Ed25519", auto_kid=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_every_listed_algorithm_is_believed(algorithm: str, key: Key, tmp_path: Path) -> None:
    issuer = Issuer(key=key)
    assert (await verifier_of(issuer, tmp_path).verify(issuer.token(algorithm=algorithm))).id == "officer-1"


@pytest.mark.parametrize(
    "options",
    [
        {"lifetime": -31},
        {"without": ["exp"]},
        {"without": ["sub"]},
        {"without": ["aud"]},
        {"without": ["iss"]},
        {"iss": "somebody-else"},
        {"aud": "another-audience"},
        {"nbf": 4102444800},
        {"areas": [7]},
        {"scope": {"tips:read": True}},
        {"sub": ""},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(
    issuer: Issuer, tmp_path: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(Unauthorised):
        await verifier_of(issuer, tmp_path).verify(issuer.token("tips:read", **options))


async def test_clocks_may_differ_by_half_a_minute(issuer: Issuer, tmp_path: Path) -> None:
    assert (await verifier_of(issuer, tmp_path).verify(issuer.token(lifetime=-20))).id == "officer-1"


async def test_a_stranger_with_the_same_key_id_is_refused(issuer: Issuer, tmp_path: Path) -> None:
    forger = Issuer(key=ECKey.generate_key("P-256", {"kid": str(issuer.key.kid)}))
    with pytest.raises(Unauthorised):
        await verifier_of(issuer, tmp_path).verify(forger.token("operate"))


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unsigned(algorithm: str, kid: str | None) -> str:
    claims = {"sub": "x", "iss": ISSUER, "aud": AUDIENCE, "exp": 4102444800}
    return part(json.dumps({"alg": algorithm, "kid": kid}).encode()) + "." + part(json.dumps(claims).encode())


async def test_an_unsigned_token_is_refused(issuer: Issuer, tmp_path: Path) -> None:
    with pytest.raises(Unauthorised):
        await verifier_of(issuer, tmp_path).verify(unsigned("none", issuer.key.kid) + ".")


async def test_the_public_key_does_not_serve_as_a_shared_secret(issuer: Issuer, tmp_path: Path) -> None:
    assert isinstance(issuer.key, ECKey)
    body = unsigned("HS256", issuer.key.kid)
    signature = hmac.digest(issuer.key.as_pem(private=False), body.encode(), "sha256")
    with pytest.raises(Unauthorised):
        await verifier_of(issuer, tmp_path).verify(f"{body}.{part(signature)}")


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "ü.ü.ü", "." * 9000, "e" * 9000, "W1tb" * 1500 + ".e30.AA"]
)
async def test_rubbish_is_refused_and_nothing_breaks(issuer: Issuer, tmp_path: Path, token: str) -> None:
    with pytest.raises(Unauthorised):
        await verifier_of(issuer, tmp_path).verify(token)


def test_areas_cover_by_whole_segments_and_none_covers_nothing() -> None:
    ward = Principal("o", "officer", frozenset({"tips:read"}), ("99/99001",))
    assert ward.covers("99/99001")
    assert ward.covers("99/99001/tdp-4")
    assert not ward.covers("99/990011")
    assert not ward.covers("99")
    assert not Principal("o", "officer", frozenset(), ()).covers("99/99001")
    assert not Principal("o", "officer", frozenset(), ("",)).covers("99/99001")
    assert Principal("o", "officer", frozenset(), ("*",)).covers("legacy/12")


def test_require_names_the_scope_and_never_the_area() -> None:
    ward = Principal("o", "officer", frozenset({"tips:read"}), ("99/99001",))
    ward.require("tips:read", "99/99001/tdp-4")
    with pytest.raises(Forbidden, match="tips:handle"):
        ward.require("tips:handle")
    with pytest.raises(Forbidden) as refused:
        ward.require("tips:read", "01/00004")
    assert "00004" not in refused.value.detail


class Source:
    """A key source that counts how often it is asked and can be away."""

    def __init__(self, *held: Key) -> None:
        self.held, self.asked, self.away = list(held), 0, False

    async def fetch(self) -> KeySet:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("away")
        return KeySet(list(self.held))


async def test_an_unknown_key_is_looked_up_at_most_every_half_minute(issuer: Issuer) -> None:
    source, now = Source(issuer.key), [0.0]
    cached = keys.CachedKeys(source.fetch, monotonic=lambda: now[0])
    verifier = Verifier(cached, issuer=ISSUER, audience=AUDIENCE, clock=SystemClock())
    await verifier.verify(issuer.token())
    newcomer = Issuer()
    source.held.append(newcomer.key)
    now[0] = 29.0
    for _ in range(3):
        with pytest.raises(Unauthorised):
            await verifier.verify(newcomer.token())
    assert source.asked == 1
    now[0] = 31.0
    assert (await verifier.verify(newcomer.token())).id == "officer-1"
    assert source.asked == 2


async def test_while_the_issuer_is_away_the_keys_already_had_go_on_serving(issuer: Issuer) -> None:
    source, now = Source(issuer.key), [0.0]
    cached = keys.CachedKeys(source.fetch, monotonic=lambda: now[0])
    await cached.keys(refresh=False)
    source.away, now[0] = True, 3600.0
    assert (await cached.keys(refresh=False)).keys == [issuer.key]


async def test_without_any_keys_the_answer_is_unavailable_not_unauthorised() -> None:
    source = Source()
    source.away = True
    with pytest.raises(Unavailable):
        await keys.CachedKeys(source.fetch).keys(refresh=False)


@pytest.mark.parametrize(
    ("named", "believed"), [("https://issuer.example/r", True), ("https://evil.example", False)]
)
async def test_keys_are_found_by_discovery_of_exactly_this_issuer(
    issuer: Issuer, named: str, believed: bool
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/r/.well-known/openid-configuration":
            return httpx.Response(200, json={"issuer": named, "jwks_uri": "https://issuer.example/keys"})
        return httpx.Response(200, json=issuer.jwks())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        source = keys.from_issuer("https://issuer.example/r", client)
        if not believed:
            with pytest.raises(Unavailable):
                await source.keys(refresh=False)
            return
        assert [key.kid for key in (await source.keys(refresh=False)).keys] == [issuer.key.kid]


def test_a_jwks_is_read_past_keys_that_are_of_no_use(issuer: Issuer) -> None:
    shared_secret = {"kty": "oct", "k": "AAAA"}
    parsed = keys.parse(
        {"keys": [shared_secret, {"kty": "EC", "crv": "P-256"}, {"kty": "AKP"}, *issuer.jwks()["keys"]]}
    )
    assert [key.kid for key in parsed.keys] == [issuer.key.kid]
    with pytest.raises(ValueError, match="no usable key"):
        keys.parse({"keys": [shared_secret]})
