"""What an identity provider is to us: it sends a browser there, and says who came back.

`identity.openid_connect` is the one of ours, for officers. A national sign-in (Nafath) is another
class over the same protocol, which `identity.providers` loads: no official text of it is public,
so nothing here is made after guesses at it.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rules.errors import NotAllowed, Refused, Unavailable


class ProviderAway(Unavailable):
    """The identity provider does not answer, or answers what cannot be read."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the identity provider does not answer as it should: {what}")


class ProviderDeclined(NotAllowed):
    """The identity provider says that it has signed nobody in."""


class AnswerNotTrusted(Refused):
    """What came back from the identity provider is not what it was asked for."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the identity provider's answer is not trusted: {what}")


@dataclass(frozen=True, kw_only=True, repr=False)
class Trip:
    """One way to the provider and back, which nobody but this browser can go on with."""

    #: Names the trip in the addresses of both ways.
    state: str
    #: What the provider's answer must repeat.
    nonce: str
    #: What whoever brings the code must show (PKCE, RFC 7636).
    verifier: str


def trip_of(secret: str, state: str) -> Trip:
    """The trip of this state, in the browser that keeps this secret in its cookie.

    Nonce and verifier follow from the two, so that neither is kept anywhere: a copy of the database
    goes on with nobody's sign-in.
    """
    return Trip(
        state=state,
        nonce=_drawn(secret, state, "nonce"),
        verifier=_drawn(secret, state, "verifier"),
    )


def _drawn(secret: str, state: str, purpose: str) -> str:
    digest = hmac.digest(secret.encode(), f"{purpose}:{state}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True, repr=False)
class Arrival:
    """What the address says by which a browser comes back; empty for what it does not say."""

    code: str = ""
    error: str = ""
    #: Who says so (RFC 9207).
    issuer: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Identified:
    """Who somebody is; its `repr` shows nobody's data."""

    #: Together they name a person; an e-mail address never does.
    issuer: str
    subject: str
    #: The provider asked for a second factor, in a way that our settings accept.
    second_factor: bool
    #: A national provider's: what it has checked. None from any other.
    identity_number: str | None = None


class IdentityProvider(Protocol):
    """A system that signs people in.

    Both methods may wait for it, for seconds, and raise `ProviderAway`.
    """

    @property
    def issuer(self) -> str:
        """How it names itself; what it says counts for this name alone."""
        ...

    async def begin(self, trip: Trip, *, back: str, language: str, fresh_seconds: int) -> str:
        """The address to send the browser to.

        ``back`` is the page of ours that it comes back to. Who has shown there who they are longer
        than ``fresh_seconds`` ago is to be asked again.
        """
        ...

    async def complete(
        self, arrival: Arrival, trip: Trip, *, back: str, fresh_seconds: int, now: datetime
    ) -> Identified:
        """Who came back. Raises `ProviderDeclined` and `AnswerNotTrusted`."""
        ...
