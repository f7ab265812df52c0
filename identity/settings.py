"""Which identity providers there are; from the environment."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rules.errors import Misconfigured
from rules.values.file_modes import others_may_use
from rules.values.hosts import LOOPBACK

_PREFIX = "MUMARIS_"


class SecretFileMissing(Misconfigured):
    """The file that MUMARIS_OIDC_CLIENT_SECRET_FILE names is not there."""


class SecretFileReadable(Misconfigured):
    """Others may read the file that MUMARIS_OIDC_CLIENT_SECRET_FILE names: chmod 600 it."""


class IdentitySettings(BaseSettings):
    """Each is in the environment, as ``MUMARIS_OIDC_ISSUER`` is; an empty one is not set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # a secret is among it
    )

    #: The OpenID Connect provider of officers, as it names itself; None: they have a password.
    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://[^\s<>\"?#]+$")
    oidc_client_id: str | None = Field(default=None, max_length=200)
    oidc_client_secret: SecretStr | None = None
    #: A file that holds it instead (mode 600).
    oidc_client_secret_file: Path | None = None
    #: Values of ``acr`` or ``amr``, with commas between them, each of which says that the provider
    #: asked for a second factor; none: ours is asked for.
    oidc_second_factor: Annotated[frozenset[str], NoDecode] = frozenset()
    #: ``module:factory`` of an `IdentityProvider` for practitioners.
    national_provider: str | None = Field(default=None, pattern=r"^[\w.]+:\w+$")

    @field_validator("oidc_second_factor", mode="before")
    @classmethod
    def _read_values(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return frozenset(part.strip() for part in value.split(",") if part.strip())

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        secrets = [self.oidc_client_secret, self.oidc_client_secret_file]
        if len([each for each in secrets if each is not None]) > 1:
            raise ValueError("MUMARIS_OIDC_CLIENT_SECRET or its _FILE, not both")
        needed = [self.oidc_issuer, self.oidc_client_id, next(filter(None, secrets), None)]
        if any(needed) and not all(needed):
            raise ValueError(
                "MUMARIS_OIDC_ISSUER, MUMARIS_OIDC_CLIENT_ID and MUMARIS_OIDC_CLIENT_SECRET "
                "(or its _FILE) are set together"
            )
        address = urlsplit(self.oidc_issuer or "https://")
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise ValueError("MUMARIS_OIDC_ISSUER on another machine is https://")
        return self

    def client_secret(self) -> str:
        """What we show to the provider; raises `SecretFileMissing`, `SecretFileReadable`."""
        if self.oidc_client_secret is not None:
            return self.oidc_client_secret.get_secret_value()
        return _read(self.oidc_client_secret_file or Path())


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            if others_may_use(os.fstat(file.fileno()).st_mode):
                raise SecretFileReadable
            return file.read().strip()
    except (FileNotFoundError, IsADirectoryError):
        raise SecretFileMissing from None


def ours() -> frozenset[tuple[str, str]]:
    """What the environment says of us now; equal where nothing was changed."""
    return frozenset(
        (name, value) for name, value in os.environ.items() if name.upper().startswith(_PREFIX)
    )


@lru_cache(maxsize=4)
def settings_of(_: frozenset[tuple[str, str]]) -> IdentitySettings:
    """The settings of this environment, read once."""
    return IdentitySettings()
