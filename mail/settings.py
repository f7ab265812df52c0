"""Where letters go out, and in whose name; from the environment."""

from typing import Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mail.addresses import envelope_address
from mail.marks import PLACE, return_address
from rules.errors import Misconfigured
from rules.findings.both_languages import InBoth
from rules.values.hosts import LOOPBACK


class ContactMissing(Misconfigured):
    """People are told to contact us, and not where: set MUMARIS_MAIL_REPLY_TO."""


class MailSettings(BaseSettings):
    """The mail server and the sender. Each is in the environment, as ``MUMARIS_SMTP_HOST`` is."""

    model_config = SettingsConfigDict(
        env_prefix="MUMARIS_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # the mail server's password is among it
    )

    smtp_host: str = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    #: None: the server takes letters without signing in.
    smtp_username: str | None = None
    smtp_password: SecretStr = SecretStr("")
    #: ``tls`` from the first byte (465), ``starttls`` (587), or ``none`` (a relay beside us).
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    #: How long one reply of the server may take.
    smtp_timeout_seconds: float = Field(default=10, gt=0, le=600)

    #: Whether the mail server delivers to nobody; only then may e-mails lead to this machine.
    mail_caught: bool = False

    #: The sender's address; its domain is also that of the Message-IDs.
    mail_from: str = "mumaris@localhost"
    #: Where reports of letters that did not arrive go, with ``{mark}`` where the letter's own mark
    #: is to stand, as in ``bounces+{mark}@example.org``; empty: to the sender, without a mark.
    mail_return_path: str = ""
    #: By which key the mail server signs what leaves it (DKIM); the doctor alone looks for it.
    mail_dkim_selector: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    #: Where people are told to write to; None: to the sender.
    mail_reply_to: str | None = None
    #: Who writes the letters, in each language.
    authority_name_ar: str = Field(default="ممارس", min_length=1)
    authority_name_en: str = Field(default="Mumaris", min_length=1)
    #: Where people find the portal.
    portal_url: str = Field(default="http://localhost:8000", pattern=r"^https?://[^\s<>\"]+$")

    @field_validator("mail_return_path")
    @classmethod
    def _return_path_holds_a_mark(cls, value: str) -> str:
        if value and value.count(PLACE) != 1:
            raise ValueError(f"MUMARIS_MAIL_RETURN_PATH needs {PLACE} once")
        if value:
            envelope_address(return_address(value, UUID(int=0)), "Return-Path")
        return value

    @property
    def authority_name(self) -> InBoth:
        """Who writes the letters."""
        return InBoth(self.authority_name_ar, self.authority_name_en)

    def envelope_sender(self, letter_id: UUID) -> str | None:
        """Where reports about this letter go, where that is not the sender."""
        return return_address(self.mail_return_path, letter_id) if self.mail_return_path else None

    @property
    def contact(self) -> str:
        """The address that e-mails and pages give to whoever has a question."""
        return self.mail_reply_to or self.mail_from

    def check_contact(self) -> None:
        """Raise `ContactMissing` where people outside of this machine are told to write to it."""
        host = urlsplit(self.portal_url).hostname or ""
        if host not in LOOPBACK and self.contact.rpartition("@")[2] in LOOPBACK:
            raise ContactMissing

    def only_here(self) -> str | None:
        """What in an e-mail nobody elsewhere can use; None where it may leave this machine."""
        if self.mail_caught:
            return None
        if (urlsplit(self.portal_url).hostname or "") in LOOPBACK:
            return "links lead to this machine: set MUMARIS_PORTAL_URL"
        if self.mail_from.rpartition("@")[2] in LOOPBACK:
            return "the sender is on this machine: set MUMARIS_MAIL_FROM"
        return None

    @model_validator(mode="after")
    def _password_is_not_sent_in_the_clear(self) -> Self:
        if self.smtp_username and self.smtp_tls == "none" and self.smtp_host not in LOOPBACK:
            raise ValueError("signing in to another machine needs MUMARIS_SMTP_TLS")
        return self
