"""The e-mails about accounts: each is queued in the transaction that causes it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.owners import Owner, owner_of
from desk.policy import current_policy
from mail.facts import account_letters
from mail.facts.account_letters import AccountFacts
from mail.facts.letter import letter_name
from mail.facts.stored import facts_to_json
from mail.wording.languages import Language
from models.accounts.accounts import Account, mailbox_of_account
from models.accounts.links import AccountLink
from models.door import ring
from models.letters import letter_key, new_letter, queue_letters
from rules.accounts.kinds import AccountChange, LinkUse
from rules.values.email_address import mailbox_of

#: Stands where a link's secret address, or a code, will: minted when the letter is composed.
_NOT_MINTED = "https://not-minted.invalid/"
#: Stands in the key of an e-mail to whoever has no account.
_NOBODYS = UUID(int=0)


async def queue_link(
    session: AsyncSession, owner: Owner, link: AccountLink, *, now: datetime
) -> None:
    """The link that sets a password, to the address on file; to nobody where there is none."""
    if owner.email is None:
        return
    common = {**_common(owner), "expires_at": link.expires_at}
    facts: AccountFacts = (
        account_letters.FirstSignIn(**common, first_sign_in_url=_NOT_MINTED)
        if link.use is LinkUse.FIRST_SIGN_IN
        else account_letters.PasswordReset(**common, new_password_url=_NOT_MINTED)
    )
    await _queue(session, link.account_id, facts, owner.email, link.id, now=now, link_id=link.id)


async def queue_password_changed(
    session: AsyncSession,
    owner: Owner,
    account_id: UUID,
    *,
    version: int,
    mailboxes: Collection[str | None],
    now: datetime,
) -> None:
    """The password is another one: to the address on file and the one that signs in."""
    facts = account_letters.PasswordChanged(**_common(owner), changed_at=now)
    for number, email in enumerate(_different([owner.email, *mailboxes])):
        await _queue(session, account_id, facts, email, version, number, now=now)


async def queue_address_code(
    session: AsyncSession,
    account_id: UUID,
    language: str,
    *,
    code_id: UUID,
    address: str,
    now: datetime,
) -> UUID:
    """The code that confirms this address, to it: nothing in it says whose address it is to be."""
    facts = account_letters.NewAddressCode(
        applicant_name_ar="",
        applicant_name_en="",
        language=Language(language),
        code=_NOT_MINTED,
        minutes=current_policy().accounts.code_minutes,
    )
    return await _queue(session, account_id, facts, address, code_id, now=now)


async def queue_registration_code(
    session: AsyncSession, session_id: UUID, language: str, *, address: str, now: datetime
) -> UUID:
    """The code that lets somebody without an account in, to their mailbox; it names nobody."""
    facts = account_letters.RegistrationCode(
        applicant_name_ar="",
        applicant_name_en="",
        language=Language(language),
        code=_NOT_MINTED,
        minutes=current_policy().accounts.code_minutes,
    )
    return await _queue(session, None, facts, address, session_id, now=now)


async def queue_address_changed(
    session: AsyncSession,
    owner: Owner,
    account_id: UUID,
    *,
    change_id: UUID,
    before: str,
    now: datetime,
) -> None:
    """Officers put another address on file: to it, and to the one before."""
    facts = account_letters.AddressChanged(**_common(owner), changed_at=now)
    for number, email in enumerate(_different([owner.email, before])):
        await _queue(session, account_id, facts, email, change_id, number, now=now)


async def queue_change(
    session: AsyncSession, account: Account, change: AccountChange, *, now: datetime
) -> None:
    """Something about how the account signs in changed."""
    owner = await owner_of(session, account)
    facts = account_letters.AccountChanged(**_common(owner), change=change, changed_at=now)
    await _tell(session, account, owner, facts, change, now.isoformat(), now=now)


async def queue_code_used(
    session: AsyncSession, account: Account, *, codes_left: int, now: datetime
) -> None:
    """A code that was written down was used, and this many are left."""
    owner = await owner_of(session, account)
    facts = account_letters.RecoveryCodeUsed(**_common(owner), used_at=now, codes_left=codes_left)
    await _tell(session, account, owner, facts, codes_left, now.isoformat(), now=now)


async def queue_new_device(
    session: AsyncSession, account: Account, browser: str, *, now: datetime
) -> None:
    """Somebody signed in, in this browser, which is new; no address of a network is told."""
    owner = await owner_of(session, account)
    facts = account_letters.NewDevice(**_common(owner), signed_in_at=now, browser=browser)
    # Each sign-in is told of: two may come at the same instant.
    await _tell(session, account, owner, facts, uuid4(), now=now)


async def _tell(
    session: AsyncSession,
    account: Account,
    owner: Owner,
    facts: AccountFacts,
    *distinction: object,
    now: datetime,
) -> None:
    """To the address on file and the one that signs in.

    Whoever took over one of the two cannot keep it from whoever reads the other.
    """
    signs_in_by = None if owner.has_left else await mailbox_of_account(session, account.id)
    for number, email in enumerate(_different([owner.email, signs_in_by])):
        await _queue(session, account.id, facts, email, *distinction, number, now=now)


def _different(emails: Collection[str | None]) -> list[str]:
    """Each mailbox once, in the order given."""
    found = {mailbox_of(email): email for email in reversed([*filter(None, emails)])}
    return list(reversed(found.values()))


def _common(owner: Owner) -> dict[str, Any]:
    is_officer = owner.practitioner_id is None
    return {
        "applicant_name_ar": "" if is_officer else owner.name_ar,
        "applicant_name_en": "" if is_officer else owner.name_en,
        "language": Language(owner.language),
    }


async def _queue(
    session: AsyncSession,
    account_id: UUID | None,
    facts: AccountFacts,
    email: str,
    *distinction: object,
    now: datetime,
    link_id: UUID | None = None,
) -> UUID:
    letter = letter_name(type(facts))
    about = account_id or _NOBODYS
    owed = new_letter(
        key=letter_key(about, letter, *distinction),
        account_id=account_id,
        letter=letter,
        to_address=email,
        facts=facts_to_json(facts),
        now=now,
        account_link_id=link_id,
    )
    await queue_letters(session, [owed])
    await ring(session)
    return owed.id
