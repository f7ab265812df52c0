"""Whose account it is: what e-mails, passwords and pages must know of a person."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.accounts import Account, mailbox_of_account
from models.officers import is_active
from models.practitioners import Practitioner, count_by_email, get_practitioner
from rules.findings.problems import ValueRefused
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES
from rules.values.email_address import mailbox_of
from rules.values.identity_number import clean_any_identity_number

_KNOWN_TO_OTHERS = (
    *ARABIC_NAMES,
    *ENGLISH_NAMES,
    "identity_number",
    "registration_number",
    "mobile",
    "email",
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Owner:
    """The person behind an account; its `repr` shows nobody's data."""

    name_ar: str
    name_en: str
    #: ``ar`` or ``en``, as the person prefers.
    language: str
    #: Where e-mails about the account go; None where nobody knows.
    email: str | None
    #: What a password must not be made of.
    known: tuple[str, ...]
    #: None for an officer.
    practitioner_id: UUID | None = None
    registration_number: str | None = None
    identity_number: str | None = None
    #: Several people read this mailbox.
    is_shared: bool = False
    #: An officer who is no longer one: nobody signs in by the account, and no e-mail goes out.
    has_left: bool = False

    def has_identity(self, typed: str) -> bool:
        """Whether this is the person's identity or Iqama number; never for an officer."""
        try:
            return clean_any_identity_number(typed) == self.identity_number
        except ValueRefused:
            return False


async def owner_of(session: AsyncSession, account: Account) -> Owner:
    """The practitioner, as on file now, or the officer."""
    if account.practitioner_id is None:
        return await _officer(session, account)
    return await owned_by(session, await get_practitioner(session, account.practitioner_id))


async def owned_by(session: AsyncSession, person: Practitioner) -> Owner:
    """This practitioner as the owner of an account."""
    shared = await count_by_email(session, mailbox_of(person.email)) if person.email else 0
    return Owner(
        name_ar=person.name_ar,
        name_en=person.name_en,
        language=person.preferred_language,
        email=person.email or None,
        known=tuple(str(getattr(person, name)) for name in _KNOWN_TO_OTHERS),
        practitioner_id=person.id,
        registration_number=person.registration_number,
        identity_number=person.identity_number,
        is_shared=shared > 1,
    )


async def has_left(session: AsyncSession, account: Account) -> bool:
    """Whether this is the account of an officer who is no longer one."""
    return account.officer is not None and not await is_active(session, account.officer)


async def _officer(session: AsyncSession, account: Account) -> Owner:
    name = account.officer or ""
    email = await mailbox_of_account(session, account.id)
    left = await has_left(session, account)
    return Owner(
        name_ar=name,
        name_en=name,
        language="ar",
        email=None if left else email,
        known=tuple(filter(None, (name, email))),
        has_left=left,
    )
