"""Sign in by an OpenID Connect provider: authorization code with PKCE, and our secret beside it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import KeySet

from identity.fetching import post_form
from identity.id_token import Expected, KeyUnknown, read_id_token
from identity.metadata import (
    ASKED_AGAIN_SECONDS,
    Kept,
    Metadata,
    discover,
    fetch_keys,
)
from identity.provider import (
    AnswerNotTrusted,
    Arrival,
    Identified,
    ProviderAway,
    ProviderDeclined,
    Trip,
)
from identity.settings import IdentitySettings

#: What providers say where they sign nobody in (RFC 6749, 4.1.2.1; Core, 3.1.2.6). The rest is our
#: own fault.
_DECLINED = frozenset(
    {
        "access_denied",
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
    }
)
_AWAY = frozenset({"server_error", "temporarily_unavailable"})
_OK = 200


class OpenIdConnect:
    """An `identity.provider.IdentityProvider`; of the standard, only what one sign-in needs.

    Nothing is asked of it but who somebody is: no profile, no address, no token is kept.
    """

    def __init__(self, settings: IdentitySettings) -> None:
        self._issuer = settings.oidc_issuer or ""
        self._client_id = settings.oidc_client_id or ""
        self._secret = settings.client_secret()
        self._second_factor = settings.oidc_second_factor
        self._metadata = Kept(lambda: discover(self._issuer))
        self._keys = Kept(self._fetch_keys)

    @property
    def issuer(self) -> str:
        """How it names itself."""
        return self._issuer

    async def begin(self, trip: Trip, *, back: str, language: str, fresh_seconds: int) -> str:
        """As `identity.provider.IdentityProvider.begin`."""
        metadata = await self._metadata.get()
        address: str = prepare_grant_uri(
            metadata.authorization,
            self._client_id,
            "code",
            redirect_uri=back,
            scope="openid",
            state=trip.state,
            nonce=trip.nonce,
            code_challenge=create_s256_code_challenge(trip.verifier),
            code_challenge_method="S256",
            max_age=str(fresh_seconds),
            ui_locales=language,
        )
        return address

    async def complete(
        self, arrival: Arrival, trip: Trip, *, back: str, fresh_seconds: int, now: datetime
    ) -> Identified:
        """As `identity.provider.IdentityProvider.complete`."""
        metadata = await self._metadata.get()
        self._check_arrival(arrival, metadata)
        tokens = await self._exchange(arrival.code, trip, metadata, back=back)
        expected = Expected(
            issuer=self._issuer,
            client_id=self._client_id,
            nonce=trip.nonce,
            access_token=tokens["access_token"],
            fresh_seconds=fresh_seconds,
        )
        claims = await self._read(tokens["id_token"], expected, now=now)
        return Identified(
            issuer=self._issuer,
            subject=claims["sub"],
            second_factor=self._has_second_factor(claims),
        )

    def _check_arrival(self, arrival: Arrival, metadata: Metadata) -> None:
        """Also that another provider has not sent the browser here (RFC 9700, 4.4)."""
        if (arrival.issuer or metadata.names_itself) and arrival.issuer != self._issuer:
            raise AnswerNotTrusted("iss of the address")
        if arrival.error in _DECLINED:
            raise ProviderDeclined
        if arrival.error in _AWAY:
            raise ProviderAway(arrival.error)
        if arrival.error or not arrival.code:
            raise AnswerNotTrusted("an error of the address, or no code")

    async def _exchange(
        self, code: str, trip: Trip, metadata: Metadata, *, back: str
    ) -> Mapping[str, str]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": trip.verifier,
        }
        auth = None
        if metadata.takes_basic:
            # Each is written as in a form first (RFC 6749, 2.3.1).
            auth = (quote(self._client_id, safe=""), quote(self._secret, safe=""))
        else:
            fields |= {"client_id": self._client_id, "client_secret": self._secret}
        answer = await post_form(metadata.token, fields, auth=auth)
        if answer.status != _OK:
            known = answer.content.get("error") in {"invalid_client", "unauthorized_client"}
            raise AnswerNotTrusted("our client id and secret" if known else "the code")
        tokens = {name: answer.content.get(name) for name in ("id_token", "access_token")}
        if not all(isinstance(token, str) and token for token in tokens.values()):
            raise AnswerNotTrusted("no tokens")
        return {name: str(token) for name, token in tokens.items()}

    async def _read(self, text: str, expected: Expected, *, now: datetime) -> Mapping[str, Any]:
        keys = await self._keys.get()
        try:
            return read_id_token(text, keys, expected, now=now)
        except KeyUnknown:
            # Providers sign by a new key from one moment to the next.
            keys = await self._keys.get(seconds=ASKED_AGAIN_SECONDS)
            return read_id_token(text, keys, expected, now=now)

    async def _fetch_keys(self) -> KeySet:
        return await fetch_keys((await self._metadata.get()).keys)

    def _has_second_factor(self, claims: Mapping[str, Any]) -> bool:
        said = [claims.get("acr"), *(claims.get("amr") or [])]
        return any(isinstance(each, str) and each in self._second_factor for each in said)
