"""What the e-mails about an account say."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from mail.facts.letter import LetterFacts, letter_name
from mail.facts.pages import FIRST_SIGN_IN, FORGOTTEN_PASSWORD, SESSIONS
from rules.accounts.kinds import AccountChange

_SECRET = {"secret": True}


@dataclass(frozen=True, kw_only=True, repr=False)
class AccountFacts(LetterFacts):
    """What every e-mail about an account knows: no more than whose it is.

    An officer is known by a user name, and greeted without a name.
    """

    may_be_empty: ClassVar[frozenset[str]] = frozenset({"applicant_name_ar", "applicant_name_en"})


@dataclass(frozen=True, kw_only=True, repr=False)
class FirstSignIn(AccountFacts):
    """Somebody who is on the register asked to sign in for the first time."""

    first_sign_in_url: str = field(metadata=_SECRET)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class PasswordReset(AccountFacts):
    """A new password was asked for."""

    new_password_url: str = field(metadata=_SECRET)
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class PasswordChanged(AccountFacts):
    """The password is another one since then."""

    changed_at: datetime

    @property
    def page(self) -> str:
        """Where somebody else's change is answered with a new password."""
        return FORGOTTEN_PASSWORD


@dataclass(frozen=True, kw_only=True, repr=False)
class NewAddressCode(AccountFacts):
    """Somebody wants this address on file: the code shows that they read what is sent to it.

    It greets nobody, as it may have come to a stranger.
    """

    code: str = field(metadata=_SECRET)
    #: From the e-mail on.
    minutes: int


@dataclass(frozen=True, kw_only=True, repr=False)
class RegistrationCode(AccountFacts):
    """Somebody without an account wants to register: the code shows that they read this mailbox.

    It greets nobody, as it may have come to a stranger, and says the same to everybody.
    """

    code: str = field(metadata=_SECRET)
    #: From the e-mail on.
    minutes: int


@dataclass(frozen=True, kw_only=True, repr=False)
class AddressChanged(AccountFacts):
    """Two officers put another e-mail address on file; both addresses are told."""

    changed_at: datetime

    @property
    def page(self) -> str:
        """Where whoever asked for it is sent a link, by the new address."""
        return FIRST_SIGN_IN


@dataclass(frozen=True, kw_only=True, repr=False)
class AccountChanged(AccountFacts):
    """How somebody signs in is another way since then, or their sessions were ended."""

    change: AccountChange
    changed_at: datetime

    @property
    def page(self) -> str:
        """Where somebody else's change is answered with a new password."""
        return FORGOTTEN_PASSWORD


@dataclass(frozen=True, kw_only=True, repr=False)
class RecoveryCodeUsed(AccountFacts):
    """One of the codes that were written down for a bad day was used."""

    used_at: datetime
    codes_left: int

    @property
    def page(self) -> str:
        """Where somebody else's use of it is answered with a new password."""
        return FORGOTTEN_PASSWORD


@dataclass(frozen=True, kw_only=True, repr=False)
class NewDevice(AccountFacts):
    """Somebody signed in, in a browser that the account had not been used in."""

    may_be_empty: ClassVar[frozenset[str]] = AccountFacts.may_be_empty | {"browser"}

    signed_in_at: datetime
    #: In words of ours; empty where nobody knows.
    browser: str

    @property
    def page(self) -> str:
        """Where that session is ended."""
        return SESSIONS


#: By its name, which is its folder's.
ACCOUNT_LETTERS: dict[str, type[LetterFacts]] = {
    letter_name(facts): facts
    for facts in (
        FirstSignIn,
        PasswordReset,
        PasswordChanged,
        NewAddressCode,
        RegistrationCode,
        AddressChanged,
        AccountChanged,
        RecoveryCodeUsed,
        NewDevice,
    )
}
