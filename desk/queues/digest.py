"""The desk in numbers, e-mailed to each officer on each working morning."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from desk.queues.filtering import narrowed_by
from desk.requests.officer_emails import nameless, queue_to_officer
from mail.facts.desk_letters import DeskDigest
from mail.facts.letter import letter_name
from models.accounts.accounts import Account, lock_account
from models.database import snapshot, transaction
from models.desk_letters import accounts_without
from models.queues import ALL_OF_IT, MOST_COUNTED, count_queues
from rules.accounts.kinds import REVIEWING
from rules.requests.digests import digest_day
from rules.requests.queue_filters import DueWhen, QueueFilters
from rules.requests.queues import Queue
from rules.values.dates import riyadh_day


async def owe_digests(*, now: datetime, limit: int) -> int:
    """Owe each officer who decides the morning's digest, where it is due; how many were owed now.

    Once for an officer and day, however often this runs, and in however many places. Nothing on
    days off, outside the morning, or where policy wants none; whoever has no address gets none.
    """
    policy = current_policy()
    wanted = policy.officer_emails
    day = digest_day(now, from_hour=wanted.digest_hour, calendar=policy.working_days)
    if not wanted.digest or day is None:
        return 0
    async with transaction() as session:
        letter = letter_name(DeskDigest)
        accounts = await accounts_without(session, letter, day, roles=REVIEWING, limit=limit)
    if not accounts:
        return 0
    async with snapshot() as session:
        due_today = await _due_today(session, now)
        counted = [(each.id, await _counted(session, each, due_today, now)) for each in accounts]
    return sum([await _owe(account_id, facts, now=now) for account_id, facts in counted])


async def _due_today(session: AsyncSession, now: datetime) -> int:
    """Of whoever's queue: the list of all, narrowed to today."""
    today = narrowed_by(QueueFilters(due=DueWhen.TODAY), now=now)
    return (await count_queues(session, "", today, now=now))[Queue.ALL]


async def _counted(
    session: AsyncSession, account: Account, due_today: int, now: datetime
) -> DeskDigest:
    counts = await count_queues(session, account.officer or "", ALL_OF_IT, now=now)
    return DeskDigest(
        **nameless(),
        as_of=now,
        mine=_said(counts[Queue.MINE]),
        to_take=_said(counts[Queue.TO_TAKE]),
        second_officer=_said(counts[Queue.SECOND_OFFICER]),
        late=_said(counts[Queue.LATE]),
        due_today=_said(due_today),
    )


def _said(number: int) -> str:
    return f"{number}" if number <= MOST_COUNTED else f"{MOST_COUNTED:,}+"


async def _owe(account_id: UUID, facts: DeskDigest, *, now: datetime) -> bool:
    async with transaction() as session:
        account = await lock_account(session, account_id)
        return await queue_to_officer(session, account, facts, riyadh_day(now), now=now)
