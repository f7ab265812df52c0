"""A stand-in for an identity provider: OpenID Connect as Keycloak speaks it, over real HTTP.

It checks what a provider checks (client, redirect, PKCE, one use of a code), and a test can make it
do what none should.
"""

import asyncio
import base64
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from support.browsing import served
from support.portal import Clock

CLIENT, SECRET = "mumaris portal", "a secret: with signs & spaces"
PASSWORD = "eleven white doves"
BACK = "http://localhost:8000/sign-in/with/officer/back"
_FORM = """<!doctype html><html lang="en"><title>Stand-in</title><h1>Sign in to the stand-in</h1>
<form method="post" action="/login?{query}"><label>User <input name="user"></label>
<label>Password <input name="password" type="password"></label>
<button>Go on</button></form></html>"""

Claims = dict[str, Any]
Sign = Callable[[Claims], str]


@cache
def signing_key(name: str, bits: int = 2048) -> RSAKey:
    """A key of this name; made once, as it takes a while."""
    return RSAKey.generate_key(bits, {"kid": name, "use": "sig"})


def signed(claims: Claims, name: str = "first", **header: str) -> str:
    """The claims as a token."""
    return jwt.encode({"alg": "RS256", "kid": name, **header}, claims, signing_key(name))


def by_hand(header: Mapping[str, Any], claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """A token that no library would make."""
    text = ".".join(_packed(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{_packed(sign(text.encode()))}"


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class StandIn:
    """The provider, and how it behaves."""

    clock: Clock
    issuer: str = ""
    #: By user name.
    subjects: dict[str, str] = field(default_factory=lambda: {"amal": "7c1b2a54"})
    #: Keys that it publishes; the first one signs.
    keys: list[str] = field(default_factory=lambda: ["first"])
    #: What a token says in the place of the truth; None: nothing of it.
    claims: Claims = field(default_factory=dict)
    sign: Sign | None = None
    #: What stands at a path in the place of its answer; ``...``: nothing, for ever.
    instead: dict[str, Any] = field(default_factory=dict)
    #: What its own description says otherwise.
    described: dict[str, Any] = field(default_factory=dict)
    #: What the way back says besides, or otherwise.
    says_back: dict[str, str] = field(default_factory=dict)
    registered: set[str] = field(default_factory=lambda: {BACK})
    asked: Counter[str] = field(default_factory=Counter)
    #: The test has ended: who waits for nothing waits no longer.
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def app(self) -> FastAPI:
        """Its pages."""
        app = FastAPI()
        app.middleware("http")(self._answer)
        read, sent = app.api_route, app.post
        read("/.well-known/openid-configuration")(self._describe)
        read("/moved")(self._describe)
        read("/keys")(self._publish)
        read("/authorize")(self._ask)
        sent("/login")(self._sign_in)
        sent("/token")(self._exchange)
        return app

    def name_in(self, patch: pytest.MonkeyPatch, **others: str) -> None:
        """Let the environment name it."""
        for name, value in {
            "ISSUER": self.issuer,
            "CLIENT_ID": CLIENT,
            "CLIENT_SECRET": SECRET,
            **others,
        }.items():
            patch.setenv(f"MUMARIS_OIDC_{name}", value)

    async def _answer(self, request: Request, go_on: Any) -> Response:
        path = request.url.path
        self.asked[path] += 1
        instead = self.instead.get(path)
        if instead is ...:
            await self.over.wait()
            return Response(status_code=500)
        answer: Response = instead if instead is not None else await go_on(request)
        return answer

    async def _describe(self) -> Response:
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(found | self.described)

    async def _publish(self) -> Response:
        keys = [signing_key(name).as_dict(private=False) for name in self.keys]
        other = {"kty": "RSA", "use": "enc", "kid": "for something else", "n": "x", "e": "AQAB"}
        return JSONResponse({"keys": [other, *keys]})

    async def _ask(self, request: Request) -> Response:
        asked = dict(request.query_params)
        wrong = (
            asked["client_id"] != CLIENT
            or asked["redirect_uri"] not in self.registered
            or asked["response_type"] != "code"
            or "openid" not in asked["scope"].split()
            or asked["code_challenge_method"] != "S256"
        )
        if wrong:
            return HTMLResponse("refused", status_code=400)
        return HTMLResponse(_FORM.format(query=urlencode(asked).replace("&", "&amp;")))

    async def _sign_in(self, request: Request) -> Response:
        asked = dict(request.query_params)
        async with request.form() as form:
            user, password = form["user"], form["password"]
        if user not in self.subjects or password != PASSWORD:
            return HTMLResponse("not signed in", status_code=403)
        code = secrets.token_urlsafe(24)
        self._codes[code] = {**asked, "user": str(user)}
        back = {"code": code, "state": asked["state"], "iss": self.issuer} | self.says_back
        query = urlencode({name: value for name, value in back.items() if value})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", status_code=303)

    async def _exchange(self, request: Request) -> Response:
        async with request.form() as form:
            sent = {key: str(value) for key, value in form.items()}
        if not self._knows(request, sent):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        asked = self._codes.pop(sent["code"], None)
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        wrong = (
            asked is None
            or asked["redirect_uri"] != sent["redirect_uri"]
            or asked["code_challenge"] != _packed(digest)
        )
        if asked is None or wrong:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        token = (self.sign or self._signed)(self._claims(asked))
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def _knows(self, request: Request, sent: Mapping[str, str]) -> bool:
        """Our secret, in the one way that its description names."""
        if "token_endpoint_auth_methods_supported" in self.described:
            return (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        name = base64.b64encode(f"{_escaped(CLIENT)}:{_escaped(SECRET)}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {name}"

    def _claims(self, asked: Mapping[str, str]) -> Claims:
        now = int(self.clock.now.timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subjects[asked["user"]],
            "aud": CLIENT,
            "azp": CLIENT,
            "iat": now,
            "exp": now + 60,
            "auth_time": now,
            "nonce": asked["nonce"],
            "acr": "1",
            # What nobody may be known by.
            "email": "amal@example.org",
            "email_verified": True,
        }
        return {name: value for name, value in (claims | self.claims).items() if value is not None}

    def _signed(self, claims: Claims) -> str:
        return signed(claims, self.keys[0])


def _escaped(text: str) -> str:
    return urlencode({"": text}).removeprefix("=").replace("+", "%20")


@asynccontextmanager
async def standing_in(clock: Clock) -> AsyncIterator[StandIn]:
    """A provider on a port of its own."""
    provider = StandIn(clock)
    async with served(provider.app) as address:
        provider.issuer = address
        try:
            yield provider
        finally:
            provider.over.set()


def on_our_side(address: str) -> str:
    """The path and the query of where a provider sends a browser."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost:8000"
    return f"{parts.path}?{parts.query}"
