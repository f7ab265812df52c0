"""Tokens that a provider, or somebody in its place, should never have made: none signs in."""

import base64
import hashlib
import hmac
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from identity import openid_connect
from portal.web.cookies import Cookie, cookie_name
from support.officers import Linked, there_and_back
from support.oidc import CLIENT, Claims, Sign, StandIn, by_hand, signed, signing_key
from support.requests import NOW

SESSION, HALF = cookie_name(Cookie.SESSION), cookie_name(Cookie.HALF_WAY)
T = int(NOW.timestamp())


def _unsigned(claims: Claims) -> str:
    return by_hand({"alg": "none"}, claims, lambda _: b"")


def _unsigned_by_a_key(claims: Claims) -> str:
    return by_hand({"alg": "none", "kid": "first"}, claims, lambda _: b"")


def _by_the_public_key_as_a_secret(claims: Claims) -> str:
    public = signing_key("first").as_pem(private=False)
    return by_hand(
        {"alg": "HS256", "kid": "first"},
        claims,
        lambda text: hmac.digest(public, text, hashlib.sha256),
    )


def _by_the_client_secret(claims: Claims) -> str:
    return by_hand(
        {"alg": "HS256"}, claims, lambda text: hmac.digest(b"a secret", text, hashlib.sha256)
    )


def _by_another_key_of_this_name(claims: Claims) -> str:
    return signed(claims, "another", kid="first")


def _by_a_key_that_nobody_knows(claims: Claims) -> str:
    return signed(claims, "another")


def _by_a_key_that_it_brings_along(claims: Claims) -> str:
    private = signing_key("another").private_key
    assert private is not None
    return by_hand(
        {"alg": "RS256", "jwk": signing_key("another").as_dict(private=False)},
        claims,
        lambda text: private.sign(text, PKCS1v15(), SHA256()),
    )


def _changed_afterwards(claims: Claims) -> str:
    header, _, signature = signed(claims).split(".")
    body = by_hand({}, claims | {"sub": "7c1b2a54", "amr": ["otp"]}, lambda _: b"").split(".")[1]
    return f"{header}.{body}.{signature}"


def _cut_off(claims: Claims) -> str:
    return signed(claims).rpartition(".")[0]


def _no_json(claims: Claims) -> str:
    first, last = (base64.urlsafe_b64encode(text).decode() for text in (b"{", b"x"))
    return f"{first}.{first}.{last}"


def _with_a_header_that_must_be_understood(claims: Claims) -> str:
    return _by_hand_with_the_key({"crit": ["exp"], "exp": T}, claims)


def _by_hand_with_the_key(header: dict[str, Any], claims: Claims) -> str:
    private = signing_key("first").private_key
    assert private is not None
    return by_hand(
        {"alg": "RS256", "kid": "first", **header},
        claims,
        lambda text: private.sign(text, PKCS1v15(), SHA256()),
    )


def _by_an_algorithm_that_we_do_not_take(claims: Claims) -> str:
    private = signing_key("first").private_key
    assert private is not None
    return by_hand(
        {"alg": "RS512", "kid": "first"},
        claims,
        lambda text: private.sign(text, PKCS1v15(), SHA512()),
    )


NOT_SIGNED: tuple[Sign, ...] = (
    _unsigned,
    _unsigned_by_a_key,
    _by_the_public_key_as_a_secret,
    _by_the_client_secret,
    _by_another_key_of_this_name,
    _by_a_key_that_nobody_knows,
    _by_a_key_that_it_brings_along,
    _by_an_algorithm_that_we_do_not_take,
    _with_a_header_that_must_be_understood,
    _changed_afterwards,
    _cut_off,
    _no_json,
    lambda _: "",
    lambda _: "\x00",
    lambda _: "not a token",
    lambda _: "a.b.c.d.e",
    lambda _: {"a": "b"},  # type: ignore[arg-type,return-value] # what no provider should send
)
NOT_FOR_US: tuple[dict[str, Any], ...] = (
    {"nonce": "of another sign-in"},
    {"nonce": None},
    {"iss": "https://evil.example"},
    {"iss": None},
    {"iss": ["https://evil.example"]},
    {"aud": "somebody else"},
    {"aud": None},
    {"aud": []},
    {"aud": [CLIENT, "somebody else"], "azp": None},
    {"aud": [CLIENT, "somebody else"], "azp": "somebody else"},
    {"azp": "somebody else"},
    {"exp": T - 61},
    {"exp": None},
    {"exp": "never"},
    {"exp": True},
    {"nbf": T + 120},
    {"iat": T + 120},
    {"iat": None},
    {"sub": None},
    {"sub": ""},
    {"sub": "x" * 256},
    {"sub": 7},
    {"sub": ["7c1b2a54"]},
    {"sub": "7c1b2a54\x00"},
    {"sub": "7c1b2a54 "},
    {"sub": "7C1B2A54"},
    {"auth_time": None},
    {"auth_time": "now"},
    {"auth_time": True},
    {"auth_time": T + 120},
    {"auth_time": T - 900 - 61},
    {"auth_time": float("nan")},
    {"auth_time": float("inf")},
    {"amr": "otp"},
    {"at_hash": "of another token"},
)


async def test_a_token_that_the_provider_did_not_sign(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Whatever it names as the way to check it."""
    taken = []
    for number, sign in enumerate(NOT_SIGNED):
        provider.sign = sign
        if not _is_refused(await there_and_back(browser)):
            taken.append(f"{number}: {sign.__name__}")

    assert taken == []
    assert {SESSION, HALF}.isdisjoint(browser.cookies)
    assert await officer.sessions() == []


async def test_a_token_that_is_meant_for_something_else(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Signed by the provider, and yet not for this sign-in, here and now."""
    taken = []
    for claims in NOT_FOR_US:
        provider.claims = claims
        if not _is_refused(await there_and_back(browser)):
            taken.append(claims)

    assert taken == []
    assert {SESSION, HALF}.isdisjoint(browser.cookies)
    assert await officer.sessions() == []


async def test_a_header_that_nobody_knows_is_left_alone(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """RFC 7515 asks for it, and some providers write marks of their own there."""
    provider.sign = lambda claims: _by_hand_with_the_key({"pi.atm": "7"}, claims)

    assert (await there_and_back(browser)).status_code == 303


async def test_clocks_may_differ_by_a_minute(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """More than that is refused above."""
    answers = []
    for claims in ({"exp": T - 59}, {"nbf": T + 59}, {"iat": T + 59}):
        provider.claims = claims
        answers.append((await there_and_back(browser)).status_code)

    assert answers == [303] * 3


async def test_odd_words_for_a_second_factor_are_none(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then ours is asked for."""
    provider.name_in(monkeypatch, SECOND_FACTOR="gold")
    odd: tuple[Claims, ...] = (
        {"acr": ["gold"]},
        {"acr": {"gold": 1}},
        {"acr": "goldish"},
        {"amr": [["gold"], 7]},
    )
    for said in odd:
        provider.claims = said
        answer = await there_and_back(browser)

        assert answer.headers["location"].startswith("/sign-in/second?"), said


async def test_a_new_key_is_learned_and_an_old_one_forgotten(
    browser: httpx.AsyncClient,
    provider: StandIn,
    officer: Linked,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Providers change their keys from one moment to the next."""
    await there_and_back(browser)
    provider.keys = ["second"]
    soon = await there_and_back(browser)
    monkeypatch.setattr(openid_connect, "ASKED_AGAIN_SECONDS", 0.0)
    later = await there_and_back(browser)
    provider.sign = signed
    old = await there_and_back(browser)

    assert [each.status_code for each in (soon, later, old)] == [422, 303, 422]


async def test_unknown_keys_are_not_asked_for_again_and_again(
    browser: httpx.AsyncClient, provider: StandIn, officer: Linked
) -> None:
    """Whoever makes such tokens makes us ask nobody."""
    provider.sign = _by_a_key_that_nobody_knows
    for _ in range(4):
        await there_and_back(browser)

    assert provider.asked["/keys"] == 1
    assert provider.asked["/.well-known/openid-configuration"] == 1


def _is_refused(answer: httpx.Response) -> bool:
    said = "you are not signed in" in answer.text or "not linked" in answer.text
    return answer.status_code in {403, 422} and said
