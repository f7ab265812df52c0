"""Where letters go out, and in whose name; from the environment."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class MailSettings(BaseSettings):
    """The mail server and the sender. Each is in the environment, as ``MUMARIS_SMTP_HOST`` is."""

    model_config = SettingsConfigDict(env_prefix="MUMARIS_", extra="ignore", frozen=True)

    smtp_host: str = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    #: None: the server takes letters without signing in.
    smtp_username: str | None = None
    smtp_password: SecretStr = SecretStr("")
    #: ``tls`` from the first byte (465), ``starttls`` (587), or ``none`` (a relay beside us).
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    #: How long one reply of the server may take.
    smtp_timeout_seconds: float = Field(default=10, gt=0, le=600)

    #: The sender's address; its domain is also that of the Message-IDs.
    mail_from: str = "mumaris@localhost"
    #: Where answers go; None: to the sender.
    mail_reply_to: str | None = None
    #: Who writes the letters, in each language.
    authority_name_ar: str = Field(default="ممارس", min_length=1)
    authority_name_en: str = Field(default="Mumaris", min_length=1)
    #: Where people find the portal.
    portal_url: str = Field(default="http://localhost:8000", pattern=r"^https?://[^\s<>\"]+$")

    @model_validator(mode="after")
    def _password_is_not_sent_in_the_clear(self) -> Self:
        if self.smtp_username and self.smtp_tls == "none" and self.smtp_host not in _LOOPBACK:
            raise ValueError("signing in to another machine needs MUMARIS_SMTP_TLS")
        return self
