"""The keys that a provider publishes: those that sign, and are long enough."""

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.util import int_to_base64

from identity import metadata
from identity.metadata import fetch_keys
from identity.provider import ProviderAway
from support.oidc import signing_key


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What stands where the keys are."""
    found: dict[str, object] = {}

    async def get_json(_: str) -> dict[str, object]:
        return found

    monkeypatch.setattr(metadata, "get_json", get_json)
    return found


async def test_only_keys_that_sign_are_taken(published: dict[str, object]) -> None:
    """A key that is broken, short, or a shared secret spoils none of the others."""
    good = signing_key("first").as_dict(private=False)
    curve = ECKey.generate_key("P-256", {"kid": "curve"}).as_dict(private=False)
    published["keys"] = [
        good,
        curve,
        {**good, "kid": "to encrypt", "use": "enc"},
        {**good, "kid": "short", "n": int_to_base64(2**1023 + 1)},
        {**good, "kid": "short, in many letters", "n": "A" * 300 + int_to_base64(2**1023 + 1)},
        {"kty": "RSA", "kid": "broken", "n": "", "e": "AQAB"},
        {"kty": "RSA", "kid": "half"},
        *({"kty": "RSA", "kid": "odd", "n": odd, "e": "AQAB"} for odd in (None, 5, ["x"], "ط", {})),
        {"kty": "EC", "kid": "no curve", "crv": "P-0", "x": "x", "y": "y"},
        {"kty": "AKP", "kid": "of another time"},
        {**OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True)},
        "no key",
        None,
    ]

    found = await fetch_keys("https://sso.example.org/keys")

    assert [key.kid for key in found] == ["first", "curve"]
    assert all(isinstance(key, RSAKey | ECKey) for key in found)


@pytest.mark.parametrize("keys", [None, "x", {"kid": "x"}, [{}] * 51])
async def test_what_is_no_list_of_keys_is_none(published: dict[str, object], keys: object) -> None:
    """Nor one of hundreds, each of which would be tried."""
    published["keys"] = keys

    with pytest.raises(ProviderAway):
        await fetch_keys("https://sso.example.org/keys")
