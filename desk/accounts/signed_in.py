"""Who is signed in: the session behind a browser's token, and whose it is."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.letters import queue_change
from desk.accounts.owners import has_left
from desk.policy import current_policy
from models.accounts.accounts import Account, lock_account, roles_of
from models.accounts.sessions import (
    AccountSession,
    end_sessions,
    find_whose,
    note_seen,
    open_sessions,
)
from models.database import transaction
from models.practitioners import Practitioner
from rules.accounts.kinds import AccountChange, AccountKind, Proof, Role, SessionEnd
from rules.accounts.sessions import end_of_session
from rules.errors import NotAllowed

#: That somebody is there is written this often, not with every page.
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, repr=False)
class SignedIn:
    """Who is signed in; its `repr` shows nobody's data."""

    account_id: UUID
    session_id: UUID
    kind: AccountKind
    #: None for an officer.
    practitioner_id: UUID | None
    registration_number: str | None
    #: The user name of an officer; None for a practitioner.
    officer: str | None
    name_ar: str
    name_en: str
    #: ``ar`` or ``en``, as the person prefers; None for an officer, whose browser says it.
    language: str | None
    #: What an officer may do; nothing for a practitioner.
    roles: frozenset[Role] = frozenset()
    #: What this session was proved by, and when.
    proof: Proof
    proved_at: datetime


class NotForPractitioners(NotAllowed):
    """This is for the authority's own officers."""


class RoleMissing(NotAllowed):
    """This officer's account has none of the roles that this needs."""


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """One of somebody's sessions, as its owner is shown it."""

    id: UUID
    began_at: datetime
    seen_at: datetime
    browser: str
    is_this_one: bool


async def whose_session(token: str, *, now: datetime, is_used: bool = True) -> SignedIn | None:
    """Who is signed in by this token; None where nobody is any more.

    A session is over when it was ended, idle for too long or too old, as policy says. That it is
    used is noted once a minute, where it ``is_used`` by somebody, and not by a page that is open.
    """
    async with transaction() as session:
        asked = await find_whose(session, token)
        if asked is None:
            return None
        found, account, person = asked
        if _is_over(found, account, now=now) or await has_left(session, account):
            return None
        if is_used and now - found.seen_at >= _NOTED_EVERY:
            await note_seen(session, found.id, now=now)
        return await _whose(session, found, account, person)


def officer_with(who: SignedIn, roles: Collection[Role]) -> str:
    """The user name of this officer, who has one of these roles, where some are named.

    Raises `NotForPractitioners` and `RoleMissing`. Roles are those that the account has now,
    whatever it had when the session began.
    """
    if who.officer is None:
        raise NotForPractitioners
    if roles and not who.roles & set(roles):
        raise RoleMissing
    return who.officer


async def who_was_signed_in(token: str, *, now: datetime) -> SignedIn | None:
    """Whose session this was, where it ran out by itself; None for one that is open or was ended.

    It opens nothing: by it, what somebody types into a form that stood open for too long is kept
    for them, and shown when they have signed in again.
    """
    async with transaction() as session:
        asked = await find_whose(session, token)
        if asked is None or asked[0].ended_at is not None:
            return None
        return await _whose(session, *asked) if _is_over(*asked[:2], now=now) else None


async def sessions_of(whose: SignedIn, *, now: datetime) -> tuple[OpenSession, ...]:
    """The sessions that are not over, newest first."""
    async with transaction() as session:
        account = await session.get_one(Account, whose.account_id)
        found = await open_sessions(session, whose.account_id)
    return tuple(
        OpenSession(
            id=one.id,
            began_at=one.began_at,
            seen_at=one.seen_at,
            browser=one.browser,
            is_this_one=one.id == whose.session_id,
        )
        for one in found
        if not _is_over(one, account, now=now)
    )


async def sign_out(whose: SignedIn, *, now: datetime) -> None:
    """End this session. Repeated, it is the same."""
    async with transaction() as session:
        await end_sessions(
            session,
            whose.account_id,
            because=SessionEnd.SIGNED_OUT,
            now=now,
            only=whose.session_id,
        )


async def end_session(whose: SignedIn, session_id: UUID, *, now: datetime) -> None:
    """End one of one's own sessions; one that is over, or somebody else's, is left as it is."""
    async with transaction() as session:
        await end_sessions(
            session,
            whose.account_id,
            because=SessionEnd.ENDED_BY_OWNER,
            now=now,
            only=session_id,
        )


async def end_other_sessions(whose: SignedIn, *, now: datetime) -> int:
    """End all of one's sessions but this one, and tell by e-mail; returns how many."""
    async with transaction() as session:
        account = await lock_account(session, whose.account_id)
        because = SessionEnd.ENDED_BY_OWNER
        ended = await end_sessions(
            session, account.id, because=because, now=now, but=whose.session_id
        )
        if ended:
            await queue_change(session, account, AccountChange.SESSIONS_ENDED, now=now)
        return ended


def _is_over(found: AccountSession, account: Account, *, now: datetime) -> bool:
    end = end_of_session(
        began_at=found.began_at,
        seen_at=found.seen_at,
        kind=account.kind,
        policy=current_policy().accounts,
    )
    return found.ended_at is not None or now >= end


async def _whose(
    session: AsyncSession, found: AccountSession, account: Account, person: Practitioner | None
) -> SignedIn:
    name = account.officer or ""
    return SignedIn(
        account_id=account.id,
        session_id=found.id,
        kind=account.kind,
        practitioner_id=account.practitioner_id,
        registration_number=person.registration_number if person else None,
        officer=account.officer,
        name_ar=person.name_ar if person else name,
        name_en=person.name_en if person else name,
        language=person.preferred_language if person else None,
        roles=frozenset(await roles_of(session, account.id)) if person is None else frozenset(),
        proof=found.proof,
        proved_at=found.proved_at,
    )
