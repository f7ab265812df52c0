"""Which of a provider's people is which officer here: operations say so, and no address does."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.managing import AccountUnknown
from identity.settings import ours, settings_of
from models.accounts.accounts import Account, existing_account, lock_account
from models.accounts.half_sign_ins import end_halves
from models.accounts.providers import link_account, unlink_account
from models.accounts.sessions import end_sessions
from models.database import transaction
from rules.accounts.kinds import SessionEnd
from rules.errors import Conflict, Refused
from rules.values.user_name import read_user_name

#: ``sub`` has at most 255 characters of ASCII (OpenID Connect Core 1.0, 2).
_LONGEST = 255


class SubjectNotText(Refused):
    """A subject is 1 to 255 printable characters of ASCII, written as the provider writes it."""


class IssuerNotOurs(Refused):
    """Another provider is set than the one that was named."""

    def __init__(self, issuer: str) -> None:
        super().__init__(f"officers sign in by {issuer} (MUMARIS_OIDC_ISSUER), not by another")
        self.issuer = issuer


class SubjectOfAnother(Conflict):
    """Whoever this is to the provider signs in to another officer's account: unlink that first."""


async def link_provider(user: str, issuer: str, subject: str, *, now: datetime) -> None:
    """Let this officer sign in as whoever the issuer calls by the subject, and as nobody else.

    Repeated, it is the same; another subject takes the place of the one before, whose sessions end.
    Raises `AccountUnknown`, `SubjectNotText`, `IssuerNotOurs` and `SubjectOfAnother`.
    """
    subject = subject.strip()
    if not (0 < len(subject) <= _LONGEST and subject.isascii() and subject.isprintable()):
        raise SubjectNotText
    set_issuer = settings_of(ours()).oidc_issuer
    if set_issuer is not None and issuer != set_issuer:
        raise IssuerNotOurs(set_issuer)
    async with transaction() as session:
        account = await _officer(session, user)
        linked = await link_account(session, account.id, issuer=issuer, subject=subject, now=now)
        if linked.account_id != account.id:
            raise SubjectOfAnother
        if linked.took_another_s_place:
            await _end(session, account, now=now)


async def unlink_provider(user: str, *, now: datetime) -> int:
    """Let no provider sign this officer in any more, and end every session; returns how many did.

    Raises `AccountUnknown`.
    """
    async with transaction() as session:
        account = await _officer(session, user)
        unlinked = await unlink_account(session, account.id)
        if unlinked:
            await _end(session, account, now=now)
        return unlinked


async def _officer(session: AsyncSession, user: str) -> Account:
    found = await existing_account(session, officer=read_user_name(user))
    if found is None:
        raise AccountUnknown
    return await lock_account(session, found.id)


async def _end(session: AsyncSession, account: Account, *, now: datetime) -> None:
    """A link goes because a provider's account was lost or given to somebody else."""
    await end_halves(session, account.id)
    await end_sessions(session, account.id, because=SessionEnd.OPERATIONS, now=now)
