"""E-mails to officers about the review desk: who is owed one, and which are true no more."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import String, cast, exists, func, not_, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.absences import is_away
from models.accounts.accounts import Account, AccountRole, SignInMailbox
from models.letter_outbox import HeldLetter
from models.letters import Letter
from models.officers import Officer
from models.queues import held_by
from models.requests import Request
from models.review_desk import put_aside_of
from rules.accounts.kinds import Role
from rules.requests.letter_status import LetterStatus


async def holder_of(session: AsyncSession, request: Request, *, now: datetime) -> str | None:
    """The officer who has the request in hand: who put it aside, or whose claim lasts."""
    aside = await put_aside_of(session, request)
    if aside is not None and now < aside.until:
        return aside.officer
    lasts = request.claim_until is not None and now < request.claim_until
    return request.claimed_by if lasts else None


async def accounts_without(
    session: AsyncSession, letter: str, day: date, *, roles: Collection[Role], limit: int
) -> list[Account]:
    """Active officers' accounts with one of these roles that are not owed this day's e-mail yet.

    Who is away on that day is owed none, nor is an account without an address. An e-mail of a day
    bears the key that `models.letters.letter_key` makes.
    """
    key = func.concat(cast(col(Account.id), String), f":{letter}:{day}")
    query = (
        select(Account)
        .join(Officer, col(Officer.user_name) == col(Account.officer))
        .where(
            col(Officer.active),
            not_(is_away(day)),
            exists().where(col(SignInMailbox.account_id) == col(Account.id)),
            exists().where(
                col(AccountRole.account_id) == col(Account.id), col(AccountRole.role).in_(roles)
            ),
            not_(exists().where(col(Letter.key) == key)),
        )
        .order_by(col(Account.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def skip_untrue(
    session: AsyncSession,
    letters: Sequence[HeldLetter],
    *,
    about_cases: Collection[str],
    of_a_day: str,
    day_began: datetime,
    now: datetime,
) -> frozenset[UUID]:
    """Unqueue those of these letters that are true no more; returns which.

    One about a case that its officer has in hand no more, a day's when the day is over, and any
    to an officer who has left.
    """
    ids = [letter.id for letter in letters if letter.letter in {*about_cases, of_a_day}]
    if not ids:
        return frozenset()
    code = col(Letter.facts)["tracking_code"].astext
    still_held = exists().where(
        col(Request.tracking_code) == code, held_by(col(Account.officer), now)
    )
    is_active = exists().where(col(Officer.user_name) == col(Account.officer), col(Officer.active))
    untrue = or_(
        not_(is_active),
        (col(Letter.letter).in_(about_cases)) & not_(still_held),
        (col(Letter.letter) == of_a_day) & (col(Letter.created_at) < day_began),
    )
    found = await session.exec(
        update(Letter)
        .where(col(Letter.id).in_(ids), col(Account.id) == col(Letter.account_id), untrue)
        .values(
            status=LetterStatus.SKIPPED,
            not_sent_reason="true_no_more",
            settled_at=now,
            lease=None,
            leased_until=None,
        )
        .returning(col(Letter.id))
        .execution_options(synchronize_session=False)
    )
    return frozenset(found.scalars())
