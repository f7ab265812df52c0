"""What an ID token must say before it is believed (OpenID Connect Core 1.0, 3.1.3.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from identity.provider import AnswerNotTrusted

#: A provider signs; it does not share a key with us, and never leaves a token unsigned.
ALGORITHMS = ("RS256", "PS256", "ES256")
#: What a header says besides is not looked at, as RFC 7515 (4) asks; ``crit`` still is.
_REGISTRY = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
#: Clocks differ.
LEEWAY_SECONDS = 60
#: ``sub`` has at most 255 characters of ASCII (Core, 2).
_LONGEST_SUBJECT = 255


class KeyUnknown(AnswerNotTrusted):
    """The token names a key that is none of the provider's, as far as we know them."""

    def __init__(self) -> None:
        super().__init__("signed by a key that is not known")


@dataclass(frozen=True, kw_only=True, repr=False)
class Expected:
    """What the token must repeat."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    #: How long ago somebody may have shown who they are.
    fresh_seconds: int


def read_id_token(
    text: str, keys: KeySet, expected: Expected, *, now: datetime
) -> Mapping[str, Any]:
    """The claims of a token that is signed by these keys, and meant for this sign-in.

    Raises `AnswerNotTrusted`, which names the claim and none of its content, and `KeyUnknown`.
    """
    try:
        token = jwt.decode(text, keys, registry=_REGISTRY)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
            },
            params={
                "nonce": expected.nonce,
                "client_id": expected.client_id,
                "access_token": expected.access_token,
                "max_age": expected.fresh_seconds,
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError:
        raise KeyUnknown from None
    except JoseError as error:
        # Its text may quote the token.
        raise AnswerNotTrusted(_which(error)) from None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        # A token of odd types, which the libraries take for what it claims to be.
        raise AnswerNotTrusted(type(error).__name__) from None
    _check_subject(claims)
    _check_freshness(claims, expected, now=now)
    return token.claims


def _which(error: JoseError) -> str:
    claim = getattr(error, "claim", None)
    return f"{error.error} {claim}" if isinstance(claim, str) else error.error


def _check_subject(claims: Mapping[str, Any]) -> None:
    subject = claims["sub"]
    is_name = isinstance(subject, str) and subject.isascii() and subject.isprintable()
    if not is_name or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise AnswerNotTrusted("sub")


def _check_freshness(claims: Mapping[str, Any], expected: Expected, *, now: datetime) -> None:
    shown = claims.get("auth_time")
    is_time = isinstance(shown, int | float) and not isinstance(shown, bool)
    oldest = now.timestamp() - expected.fresh_seconds - LEEWAY_SECONDS
    # Said so that what is no number is refused as well.
    if not is_time or not oldest <= float(str(shown)) <= now.timestamp() + LEEWAY_SECONDS:
        raise AnswerNotTrusted("auth_time")
