"""What the end of an attempt means for a reminder."""

from datetime import datetime

from mail.delivering.backoff import next_attempt
from mail.delivering.courier import Accepted, Deferred, Outcome
from models.reminders.outbox import Stamp
from rules.errors import MumarisError
from rules.reminders.decision import Reason, ReminderStatus
from tasks.reminders.writing import Ready


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
        reason=None if accepted else Reason.REFUSED,
    )


def put_off(ready: Ready, why: str, *, now: datetime, about_us: bool) -> Stamp:
    """Tried again later, until there have been too many tries; about us, as long as it takes."""
    again = next_attempt(ready.held.attempts + 1, now, about_us=about_us)
    if again is None:
        return _stamp(ready, ReminderStatus.FAILED, why, now, reason=Reason.GAVE_UP)
    return _stamp(ready, ReminderStatus.QUEUED, why, again, for_us=about_us)


def not_a_letter(ready: Ready, fault: MumarisError, *, now: datetime) -> Stamp:
    """These facts make no letter, today or ever; the fault's text may be personal."""
    return _stamp(
        ready, ReminderStatus.FAILED, type(fault).__name__, now, reason=Reason.NOT_A_LETTER
    )


def _stamp(
    ready: Ready,
    status: ReminderStatus,
    reply: str,
    again: datetime,
    *,
    reason: Reason | None = None,
    for_us: bool = False,
) -> Stamp:
    return Stamp(
        ready.held,
        status,
        again=again,
        reason=reason,
        reply=reply,
        address=ready.person.address,
        letter=ready.decision.letter,
        for_us=for_us,
    )
