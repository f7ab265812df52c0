"""What became of attempts, written many at once, and what that says of mailboxes and of us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.mail.mailboxes import heed_refusal
from desk.mail.news import mail_is_away, mail_leaves
from mail.delivering.backoff import next_attempt
from mail.delivering.outcomes import Accepted, Deferred, Outcome
from models.database import patiently, transaction
from models.reminders.mailbox_doubts import believe
from models.reminders.outbox import Stamp, give_back, release, stamp
from rules.errors import MumarisError
from rules.reminders.decision import NotSent, ReminderStatus
from tasks.reminders.writing import Ready


@dataclass(frozen=True, slots=True)
class Ended:
    """A letter whose attempt has ended."""

    ready: Ready
    stamp: Stamp
    #: What the mail server said; None where it was not asked.
    outcome: Outcome | None = None


@patiently
async def stamp_all(
    ended: Sequence[Ended],
    returned: Sequence[tuple[Ready, datetime]],
    *,
    now: datetime,
    is_away: bool,
) -> None:
    """Stamp what has ended, and give back what was not tried.

    ``is_away`` is whether a refusal of us now means that nothing leaves.
    """
    async with transaction() as session:
        await stamp(session, [one.stamp for one in ended], now=now)
        given = [(ready.held, again) for ready, again in returned]
        await give_back(session, given, for_us=is_away)
        taken = [one for one in ended if isinstance(one.outcome, Accepted)]
        await believe(session, [one.ready.person.mailbox for one in taken])
        if taken:
            await mail_leaves(session, now=now)
        for one in ended:
            if one.outcome is not None:
                await heed_refusal(
                    session,
                    one.ready.person.mailbox,
                    one.outcome,
                    now=now,
                    reminder_id=one.ready.held.id,
                )
        of_us = next(filter(_is_about_us, (one.outcome for one in ended)), None)
        if of_us is not None and is_away and not taken:
            await mail_is_away(session, reason=of_us.reply, now=now)


@patiently
async def release_all(*, now: datetime) -> None:
    """Let the reminders that wait because of us leave now."""
    async with transaction() as session:
        await release(session, now=now)


def _is_about_us(outcome: Outcome | None) -> bool:
    return isinstance(outcome, Deferred) and outcome.about_us


def judged(ready: Ready, outcome: Outcome, *, now: datetime) -> Stamp:
    """The stamp of a letter that met the mail server."""
    if isinstance(outcome, Deferred):
        return put_off(ready, outcome.reply, now=now, about_us=outcome.about_us)
    accepted = isinstance(outcome, Accepted)
    return _stamp(
        ready,
        ReminderStatus.SENT if accepted else ReminderStatus.FAILED,
        outcome.reply,
        now,
        reason=None if accepted else NotSent.REFUSED,
    )


def put_off(ready: Ready, why: str, *, now: datetime, about_us: bool) -> Stamp:
    """Tried again later, until there have been too many tries; about us, as long as it takes."""
    again = next_attempt(ready.held.attempts + 1, now, about_us=about_us)
    if again is None:
        return _stamp(ready, ReminderStatus.FAILED, why, now, reason=NotSent.GAVE_UP)
    return _stamp(ready, ReminderStatus.QUEUED, why, again, for_us=about_us)


def not_a_letter(ready: Ready, fault: MumarisError, *, now: datetime) -> Stamp:
    """These facts make no letter, today or ever; the fault's text may be personal."""
    return _stamp(
        ready, ReminderStatus.FAILED, type(fault).__name__, now, reason=NotSent.NOT_A_LETTER
    )


def _stamp(
    ready: Ready,
    status: ReminderStatus,
    reply: str,
    again: datetime,
    *,
    reason: NotSent | None = None,
    for_us: bool = False,
) -> Stamp:
    return Stamp(
        ready.held,
        status,
        again=again,
        reason=reason,
        reply=reply,
        mailbox=ready.person.mailbox,
        letter=ready.decision.letter,
        for_us=for_us,
    )
