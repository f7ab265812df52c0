"""What a provider says of itself (OpenID Connect Discovery), and the keys that it signs by.

Both are kept for some minutes. While somebody asks, others wait for the same answer, and an answer
that did not come is not asked for again at once: a provider that hangs holds nobody up twice.
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.util import base64_to_int

from identity.fetching import get_json
from identity.provider import ProviderAway

logger = logging.getLogger("mumaris.identity")
T = TypeVar("T")

KEPT_SECONDS = 600.0
FORGIVEN_SECONDS = 5.0
#: Tokens by a key that is not known make us ask for the keys so often at most.
ASKED_AGAIN_SECONDS = 10.0
_PATH = "/.well-known/openid-configuration"
_ADDRESS = re.compile(r"https?://[!$-;=?-\[\]_a-z~]+", re.ASCII)
_SHORTEST_RSA = 2048
_MOST_KEYS = 50


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """Where a provider is asked for what."""

    authorization: str
    token: str
    keys: str
    #: It takes our secret as a name and a password; else in the form.
    takes_basic: bool
    #: It names itself where it sends a browser back (RFC 9207).
    names_itself: bool


class Kept(Generic[T]):
    """One answer, asked for by whoever first needs it."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._answer: tuple[float, T] | None = None
        self._failed: tuple[float, ProviderAway] | None = None
        self._lock = asyncio.Lock()

    async def get(self, *, seconds: float = KEPT_SECONDS) -> T:
        """The answer, not older than this; raises `ProviderAway`."""
        async with self._lock:
            now = time.monotonic()
            if self._answer is not None and now - self._answer[0] < seconds:
                return self._answer[1]
            if self._failed is not None and now - self._failed[0] < FORGIVEN_SECONDS:
                raise ProviderAway("it did not a moment ago") from self._failed[1]
            try:
                answer = await self._ask()
            except ProviderAway as error:
                self._failed = (time.monotonic(), error)
                # Not with each press: a stranger could fill the disk.
                logger.warning("%s", error)
                raise
            self._answer = (time.monotonic(), answer)
            return answer


async def discover(issuer: str) -> Metadata:
    """Ask the issuer where it is asked; raises `ProviderAway` for one that is another."""
    found = await get_json(issuer.rstrip("/") + _PATH)
    if found.get("issuer") != issuer:
        raise ProviderAway("it names itself otherwise")
    methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        authorization=_address(found, "authorization_endpoint", issuer),
        token=_address(found, "token_endpoint", issuer),
        keys=_address(found, "jwks_uri", issuer),
        takes_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


async def fetch_keys(address: str) -> KeySet:
    """The keys that sign; others, and those that are too short, are left out."""
    found = (await get_json(address)).get("keys")
    if not isinstance(found, list) or len(found) > _MOST_KEYS:
        raise ProviderAway("no list of keys")
    return KeySet([key for each in found if (key := _key(each)) is not None])


def _key(described: Any) -> RSAKey | ECKey | None:
    if not isinstance(described, dict) or described.get("use", "sig") != "sig":
        return None
    try:
        if described.get("kty") == "RSA":
            # Before it is read: joserfc warns of a short one.
            if base64_to_int(described["n"]).bit_length() < _SHORTEST_RSA:
                return None
            return RSAKey.import_key(described)
        return ECKey.import_key(described) if described.get("kty") == "EC" else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _address(found: Mapping[str, Any], name: str, issuer: str) -> str:
    address = found.get(name)
    is_address = isinstance(address, str) and _ADDRESS.fullmatch(address)
    if not is_address or (issuer.startswith("https:") and not str(address).startswith("https:")):
        raise ProviderAway(f"no {name}")
    return str(address)
