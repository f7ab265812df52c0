"""What the portal needs to know about where it stands; from the environment."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mail.settings import MailSettings

Network = IPv4Network | IPv6Network


class PortalSettings(BaseSettings):
    """Each is in the environment, as ``MUMARIS_TRUSTED_PROXIES`` is."""

    model_config = SettingsConfigDict(env_prefix="MUMARIS_", extra="ignore", frozen=True)

    #: Addresses and networks of the proxies before the portal, with commas between them. What they
    #: say about the client (``X-Forwarded-For``) is believed, and what anybody else says is not.
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()

    #: Who says it reads ``/metrics``; without one there is no such page.
    metrics_token: SecretStr | None = Field(default=None, min_length=32)

    #: How the lines of the log are written.
    log_format: Literal["text", "json"] = "text"

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())


@cache
def portal_origin() -> str:
    """The origin of the address at which people find the portal, as browsers name it."""
    address = urlsplit(MailSettings().portal_url)
    usual = {"http": ":80", "https": ":443"}[address.scheme]
    return f"{address.scheme}://{address.netloc.lower().removesuffix(usual)}"


def is_secure() -> bool:
    """Whether people reach the portal over TLS, whatever stands before this process."""
    return portal_origin().startswith("https://")


@cache
def portal_settings() -> PortalSettings:
    """The settings, read once; raises pydantic's ``ValidationError`` for what is no network."""
    return PortalSettings()
