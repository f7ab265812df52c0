"""Plan the reminders of a day: examine the cards or profiles that are due, chunk by chunk."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from models.connections import LONG
from models.database import patiently, transaction
from models.reminders.examinations import (
    START,
    Current,
    Decided,
    ThresholdStanding,
    ToExamine,
    close_passed,
    count_due,
    stamp_examined,
    standing_of,
    take_due,
    take_turn,
    write_decisions,
)
from models.reminders.people import card_letters_of, letters_on, read_people, suppressed_among
from models.reminders.reminders import count_planned
from rules.policy.quiet_days import quiet
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.reminders.decision import Defer, ReminderDecision, ReminderStatus, Send, Skip, decide
from rules.values.dates import riyadh_day
from tasks.reminders.examination_days import set_days_anew

#: Cards of one transaction: large enough that its cost is shared, short enough that a renewal that
#: waits for one of them does not notice.
CHUNK = 1_000
#: Told how much is done and how much there is to do, in cards or letters.
Progress = Callable[[int, int], Awaitable[None]]
#: Nothing is left to remind of, until the card is renewed or the profile confirmed.
NEVER = date(9999, 12, 31)


@dataclass
class Plan:
    """What a planning pass has done so far. It grows with thresholds and reasons, not people."""

    topic: Topic = Topic.CARD
    examined: int = 0
    #: How many, by threshold, status and reason: ``(60, "skipped", "suppressed")``.
    decided: Counter[tuple[int, str, str | None]] = field(default_factory=Counter)
    after: tuple[date, UUID] = START

    @property
    def letters(self) -> int:
        """How many letters are to be sent."""
        return sum(
            n for (_, status, _), n in self.decided.items() if status == ReminderStatus.QUEUED
        )

    def start_over(self) -> None:
        """Look from the front again, for what somebody else held."""
        self.after = START


def is_today(day: date, now: datetime) -> bool:
    """Whether a run for this day may send: a letter is read when it arrives, not on another day."""
    return day == riyadh_day(now)


async def silent(_done: int, _of: int) -> None:
    """Nobody is told."""


async def plan_day(
    topic: Topic,
    day: date,
    *,
    run: str,
    now: datetime,
    dry: bool = False,
    early: bool = False,
    tell: Progress = silent,
) -> Plan:
    """Examine every card or profile that is due on this day; goes on where a killed run stopped.

    What somebody else holds at that moment is looked for once more at the end. With ``dry``, and of
    another day than today whatever is said, nothing is kept: no reminder, no day of examination.
    ``early`` is the exception that an operator orders; see `plan_chunk`.
    """
    dry = dry or not (early or is_today(day, now))
    once = dry or early
    policy = current_policy().reminders
    plan = Plan(topic)
    if not policy.thresholds(topic).days_left:
        return plan
    if not once:
        await set_days_anew(topic, day, policy)
    due = await _count_due(topic, day)
    while await plan_chunk(plan, day=day, now=now, run=run, policy=policy, dry=dry, early=early):
        await tell(plan.examined, max(due, plan.examined))
    if not once:
        plan.start_over()
        while await plan_chunk(plan, day=day, now=now, run=run, policy=policy):
            await tell(plan.examined, plan.examined)
    return plan


@patiently
async def _count_due(topic: Topic, day: date) -> int:
    async with transaction(LONG) as session:
        return await count_due(session, topic, day)


class _OnlyLooking(Exception):  # never leaves this module
    """Undoes a chunk that was planned to be looked at."""


@dataclass(frozen=True)
class _Look:
    """How a chunk is looked at."""

    #: The day whose thresholds are asked for, and the day that it is.
    day: date
    today: date
    now: datetime
    run: str
    policy: ReminderPolicy


@patiently
async def plan_chunk(
    plan: Plan,
    *,
    day: date,
    now: datetime,
    run: str,
    policy: ReminderPolicy,
    limit: int = CHUNK,
    dry: bool = False,
    early: bool = False,
) -> bool:
    """Examine the next cards or profiles in one transaction; False when there were none.

    Safe to repeat and to run in many places at once: what was examined is stamped with the day of
    its next threshold, so it is not found again. Also False where policy allows this day no more
    letters on the topic: what is left stays due. With ``dry`` nothing is kept, and nothing is kept
    of another day than today either, however it came to be asked for: it is only looked at.

    With ``early``, which an operator orders, the letters of another day are planned for today; no
    card or profile counts as examined by that, and no other letter as too late.
    """
    dry = dry or not (early or is_today(day, now))
    look = _Look(day, day if dry else riyadh_day(now), now, run, policy)
    before = plan.after
    try:
        async with transaction(LONG) as session:
            await take_turn(session)
            room = await _room(session, plan, look.today, policy, dry=dry)
            limit = limit if room is None else min(limit, room)
            due = await take_due(session, plan.topic, day, after=plan.after, limit=limit)
            counted = await _examine(session, plan.topic, due, look)
            if dry:
                raise _OnlyLooking  # noqa: TRY301 - what rolls the transaction back
    except _OnlyLooking:
        pass
    # Not before the commit: a chunk that is repeated must not be counted twice.
    plan.after = (due[-1].examine_on, due[-1].id) if due else before
    plan.examined += len(due)
    plan.decided += counted
    return bool(due)


async def _room(
    session: AsyncSession, plan: Plan, day: date, policy: ReminderPolicy, *, dry: bool
) -> int | None:
    """How many letters more may be planned on this day; None for any number.

    Each that is examined makes one at most. On a quiet day no profile is examined: a backlog of
    them would only be put off, row by row.
    """
    most = policy.profile_letters_per_day
    if plan.topic is Topic.PROFILE and quiet(day, policy):
        return 0
    if plan.topic is Topic.CARD or not most:
        return None
    planned = await count_planned(session, plan.topic, day) + (plan.letters if dry else 0)
    return max(0, most - planned)


async def _examine(
    session: AsyncSession, topic: Topic, found: Sequence[ToExamine], look: _Look
) -> Counter[tuple[int, str, str | None]]:
    if not found:
        return Counter()
    day, thresholds = look.day, look.policy.thresholds(topic)
    current: list[Current] = [
        (one.practitioner_id, one.anchor, thresholds.current(one.anchor, day)) for one in found
    ]
    if day == look.today:
        await close_passed(session, topic, current, day=day, now=look.now)
    due = [(person, anchor, left) for person, anchor, left in current if left is not None]
    standing = await standing_of(session, topic, due)
    due = [row for row in due if not standing.get(row[0], ThresholdStanding()).settled_by]
    people = [person for person, _, _ in due]
    decisions = await _decide(session, topic, people, look.today, look.policy)
    rows = [
        _row(*row, decision, mailbox, undone=standing.get(row[0], ThresholdStanding()).undone)
        for row, (decision, mailbox) in zip(due, decisions, strict=True)
    ]
    await write_decisions(session, topic, rows, day=look.today, run=look.run, now=look.now)
    if day == look.today:
        again = {
            row[0]: decision.until
            for row, (decision, _) in zip(due, decisions, strict=True)
            if isinstance(decision, Defer)
        }
        await stamp_examined(
            session,
            topic,
            [
                (
                    one.id,
                    again.get(one.practitioner_id) or thresholds.next_day(one.anchor, day) or NEVER,
                )
                for one in found
            ],
        )
    return Counter((row.threshold, row.status, row.reason) for row in rows)


async def _decide(
    session: AsyncSession, topic: Topic, ids: Sequence[UUID], day: date, policy: ReminderPolicy
) -> list[tuple[ReminderDecision, str | None]]:
    """The decision about each person and the address, in the order of the ids."""
    if not ids:
        return []
    people = await read_people(session, ids)
    told = await card_letters_of(session, ids) if topic is Topic.PROFILE else {}
    mailboxes = {person.mailbox for person in people.values() if person.mailbox}
    suppressed = await suppressed_among(session, mailboxes)
    letters = Counter(await letters_on(session, day, mailboxes))
    found: list[tuple[ReminderDecision, str | None]] = []
    for each in ids:
        person = people[each]
        mailbox = person.mailbox
        facts = person.facts(
            topic,
            suppressed=mailbox in suppressed,
            letters_today=letters[mailbox],
            day=day,
            card_letters=told.get(each),
        )
        decision = decide(facts, day, policy)
        if isinstance(decision, Send):
            letters[mailbox] += 1
        found.append((decision, mailbox or None))
    return found


def _row(
    practitioner_id: UUID,
    anchor: date,
    threshold: int,
    decision: ReminderDecision,
    mailbox: str | None,
    *,
    undone: int,
) -> Decided:
    status = {Send: ReminderStatus.QUEUED, Skip: ReminderStatus.SKIPPED}.get(
        type(decision), ReminderStatus.DEFERRED
    )
    return Decided(
        practitioner_id=practitioner_id,
        anchor=anchor,
        threshold=threshold,
        status=status,
        reason=None if isinstance(decision, Send) else decision.reason,
        letter=decision.letter if isinstance(decision, Send) else None,
        mailbox=mailbox,
        undone=undone,
    )
