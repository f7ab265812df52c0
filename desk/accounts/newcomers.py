"""The door for whoever has no account: a code shows that they read a mailbox, and lets them in.

Whoever is let in is known by the mailbox alone and reaches what was written under it, nothing else.
Asking answers the same whether the mailbox is an account's, was seen before, or never was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.counting import count_try, tries_of_newcomer
from desk.accounts.hashing import fits
from desk.accounts.letters import queue_registration_code
from desk.policy import current_policy
from models.accounts.newcomer_sessions import (
    NewcomerSession,
    begin_newcomer,
    find_newcomer,
    let_in,
    note_newcomer_seen,
)
from models.database import transaction
from models.letters import skip_letter
from rules.accounts.kinds import AccountKind
from rules.accounts.mailed_codes import is_over, read_code
from rules.accounts.sessions import end_of_session
from rules.errors import Refused
from rules.register.fields import Field
from rules.requests.field_values import normalised_value
from rules.values.email_address import mailbox_of

_NOTED_EVERY = timedelta(minutes=1)

Fault = Literal["form", "wrong", "last", "over"]


class NewcomerRefused(Refused):
    """Nobody is let in by what was typed; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"the newcomer is not let in: {fault}")
        self.fault = fault


@dataclass(frozen=True, kw_only=True, repr=False)
class CameIn:
    """Somebody who reads this mailbox; its `repr` shows nobody's data."""

    session_id: UUID
    address: str


async def ask_for_code(
    typed: str, network: str, language: str, *, before: str | None = None, now: datetime
) -> str:
    """E-mail a code to this address; returns the token that the browser is to keep.

    The code works in that browser alone. ``before`` is the token of one that was asked for there
    before: its code works no more. The code goes to the mailbox as mailboxes are compared, so that
    reading one never opens what was written under another. Raises
    `rules.findings.problems.ValueRefused` for what is no address, and `TooManyTries`, counted for
    the network and for the mailbox, whoever asks.
    """
    policy = current_policy()
    address = mailbox_of(normalised_value(Field.EMAIL, typed, policy))
    async with transaction() as session:
        await count_try(session, tries_of_newcomer(network, address), now=now)
        if before is not None:
            await _end(session, before, now)
        session_id = uuid4()
        letter_id = await queue_registration_code(
            session, session_id, language, address=address, now=now
        )
        return begin_newcomer(
            session, session_id=session_id, address=address, letter_id=letter_id, now=now
        )


async def asked_address(token: str) -> str | None:
    """The address to which this browser's code was sent; None where none is asked for."""
    async with transaction() as session:
        found = await find_newcomer(session, token)
        return found.address if found is not None and found.confirmed_at is None else None


async def let_in_by_code(token: str, typed: str, *, now: datetime) -> str:
    """Let this browser in by the code that was e-mailed; returns the token that it is to keep.

    Each try counts before it is judged, so that many at once are as many. Raises `NewcomerRefused`:
    for what is no code, which does not count; a wrong one; and where it is over, also since it has
    let somebody in.
    """
    policy = current_policy().accounts
    text = read_code(typed, policy.code_digits)
    async with transaction() as session:
        found = await _to_judge(session, token, now)
        if text is None:
            raise NewcomerRefused("form")
        found.tries += 1
        hashes, is_last = list(found.hashes), found.tries >= policy.code_tries
    # Each is compared, also after one has fitted.
    fitting = [await fits(text, kept) for kept in hashes]
    if not any(fitting):
        raise NewcomerRefused("last" if is_last else "wrong")
    async with transaction() as session:
        still = await find_newcomer(session, token, lock=True)
        if still is None or still.confirmed_at is not None:
            raise NewcomerRefused("over")
        return let_in(still, now=now)


async def who_came_in(token: str, *, now: datetime) -> CameIn | None:
    """Who was let in by this token; None where nobody was, or it was too long ago, as policy says.

    A newcomer's session ends as a practitioner's does.
    """
    async with transaction() as session:
        found = await find_newcomer(session, token)
        if found is None or found.confirmed_at is None or _is_over(found, found.confirmed_at, now):
            return None
        if now - found.seen_at >= _NOTED_EVERY:
            await note_newcomer_seen(session, found.id, now=now)
        return CameIn(session_id=found.id, address=found.address)


async def leave(token: str, *, now: datetime) -> None:
    """End the newcomer's session; what was written stays. Repeated, it is the same."""
    async with transaction() as session:
        await _end(session, token, now)


async def _to_judge(session: AsyncSession, token: str, now: datetime) -> NewcomerSession:
    found = await find_newcomer(session, token, lock=True)
    policy = current_policy().accounts
    if found is None or found.confirmed_at is not None:
        raise NewcomerRefused("over")
    if is_over(found.minted_at, found.tries, policy=policy, now=now):
        raise NewcomerRefused("over")
    return found


async def _end(session: AsyncSession, token: str, now: datetime) -> None:
    found = await find_newcomer(session, token, lock=True)
    if found is not None:
        found.ended_at = now
        await skip_letter(
            session, found.letter_id, reason="the code is not wanted any more", now=now
        )


def _is_over(found: NewcomerSession, confirmed_at: datetime, now: datetime) -> bool:
    end = end_of_session(
        began_at=confirmed_at,
        seen_at=found.seen_at,
        kind=AccountKind.PRACTITIONER,
        policy=current_policy().accounts,
    )
    return now >= end
