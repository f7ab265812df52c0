"""The providers of this installation, by whose accounts they are for."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import cast

from identity.openid_connect import OpenIdConnect
from identity.provider import IdentityProvider
from identity.settings import ours, settings_of
from rules.accounts.kinds import AccountKind

Providers = Mapping[AccountKind, IdentityProvider]


def providers() -> Providers:
    """Those that the environment names; nobody is asked whether they answer.

    Raises pydantic's ``ValidationError`` and as `IdentitySettings.client_secret`.
    """
    return _providers_of(ours())


@lru_cache(maxsize=4)
def _providers_of(environment: frozenset[tuple[str, str]]) -> Providers:
    settings = settings_of(environment)
    found: dict[AccountKind, IdentityProvider] = {}
    if settings.oidc_issuer is not None:
        found[AccountKind.OFFICER] = OpenIdConnect(settings)
    if settings.national_provider is not None:
        module, _, factory = settings.national_provider.partition(":")
        made = getattr(import_module(module), factory)()
        found[AccountKind.PRACTITIONER] = cast("IdentityProvider", made)
    return found
