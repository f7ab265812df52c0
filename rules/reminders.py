"""Reminders of expiring cards: which one is due, and whether its letter leaves.

A threshold is a number of days left until the card's last valid day; it is current from the day on
which so many are left until the next one becomes current (half-open windows). So a missed day is
made good by the threshold that is current, and one that has passed is never sent. The thresholds
are assumed (DOMAIN.md 5.7); boulder's expiration mailer taught the windows (DOMAIN.md 4 [55]).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rules.card import CardStatus
from rules.quiet_days import next_sending_day, quiet
from rules.reminder_policy import ReminderPolicy
from rules.statuses import Status

#: Where a renewal stands while it waits for its applicant.
WAITS_FOR_APPLICANT = frozenset(
    {Status.RETURNED, Status.AWAITING_PAYMENT, Status.AWAITING_ACTIVATION}
)


class ReminderStatus(StrEnum):
    """What became of one reminder."""

    #: To be sent in this run, or when the mail server answers again.
    QUEUED = "queued"
    #: The mail server took it.
    SENT = "sent"
    #: Not sent, for the reason that stands beside it.
    SKIPPED = "skipped"
    #: Examined, and put off to another day.
    DEFERRED = "deferred"
    #: It cannot be sent.
    FAILED = "failed"


class Reason(StrEnum):
    """Why a reminder did not leave."""

    #: The card expires on another day now.
    RENEWED = "renewed"
    #: A later threshold became current before it could leave.
    TOO_LATE = "too_late"
    CARD_REVOKED = "card_revoked"
    CARD_SUSPENDED = "card_suspended"
    #: A renewal is open and waits for us, not for its applicant.
    OPEN_RENEWAL = "open_renewal"
    NO_ADDRESS = "no_address"
    #: The address asked for no more reminders, or refused one for good.
    SUPPRESSED = "suppressed"
    QUIET_DAY = "quiet_day"
    PUBLIC_HOLIDAY = "public_holiday"
    #: The address has had as many letters today as policy allows.
    DAILY_CAP = "daily_cap"
    #: The mail server refused it for good.
    REFUSED = "refused"
    #: The mail server said "later" too often.
    GAVE_UP = "gave_up"
    #: The letter cannot be written with these facts.
    NOT_A_LETTER = "not_a_letter"


class ReminderLetter(StrEnum):
    """The folder under ``templates/emails/``."""

    CARD_REMINDER = "card_reminder"
    RENEWAL_WAITING = "renewal_waiting"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderFacts:
    """What the rules ask about a card and its holder."""

    card_status: CardStatus
    #: The last valid day.
    expires_on: date
    has_address: bool
    suppressed: bool
    #: Where the holder's open renewal stands, if there is one.
    open_renewal: Status | None
    #: Reminders that the address gets on this day already.
    letters_today: int
    #: The day on which the holder last confirmed the profile.
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class Send:
    """The letter leaves."""

    letter: ReminderLetter
    #: Whether it also asks to confirm the profile.
    confirm_profile: bool


@dataclass(frozen=True, slots=True)
class Skip:
    """This threshold's letter never leaves."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Defer:
    """The card is examined again on that day."""

    reason: Reason
    until: date


ReminderDecision = Send | Skip | Defer
_Rule = Callable[[ReminderFacts, date, ReminderPolicy], Skip | Defer | None]


def current_threshold(expires_on: date, day: date, policy: ReminderPolicy) -> int | None:
    """The threshold whose window this day lies in; None before the first and when all is over."""
    left = (expires_on - day).days
    if left < policy.last_day_left:
        return None
    reached = [threshold for threshold in policy.thresholds if threshold >= left]
    return min(reached, default=None)


def next_examination(expires_on: date, day: date, policy: ReminderPolicy) -> date | None:
    """The first day after this one on which another threshold becomes current, if there is one."""
    left = (expires_on - day).days
    ahead = [threshold for threshold in policy.thresholds if threshold < left]
    return expires_on - timedelta(days=max(ahead)) if ahead else None


def decide(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> ReminderDecision:
    """What happens to the card's current threshold on this day: the first rule that objects wins.

    The caller has found that a threshold is current (`current_threshold`).
    """
    for rule in _RULES.values():
        if (objection := rule(facts, day, policy)) is not None:
            return objection
    return _letter(facts, day, policy)


def decide_again(
    facts: ReminderFacts, threshold: int, expires_on: date, day: date, policy: ReminderPolicy
) -> Send | Skip:
    """Whether a reminder that was planned for this threshold and expiry may still leave.

    Asked right before the letter is written: the card, the renewal and the address may have changed
    since. What only puts off a letter is not asked again.
    """
    if facts.expires_on != expires_on:
        return Skip(Reason.RENEWED)
    if current_threshold(expires_on, day, policy) != threshold:
        return Skip(Reason.TOO_LATE)
    for rule in _RULES.values():
        if isinstance(objection := rule(facts, day, policy), Skip):
            return objection
    return _letter(facts, day, policy)


@dataclass(frozen=True)
class Check:
    """What one rule says of a card."""

    rule: str
    #: The rule's objection, or None where it lets the letter pass.
    objection: Skip | Defer | None


def explain(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> tuple[Check, ...]:
    """Each rule in its turn, also those after the first objection; `decide` asks the same ones."""
    return tuple(Check(name, rule(facts, day, policy)) for name, rule in _RULES.items())


def _revoked(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return Skip(Reason.CARD_REVOKED) if facts.card_status is CardStatus.REVOKED else None


def _suspended(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return Skip(Reason.CARD_SUSPENDED) if facts.card_status is CardStatus.SUSPENDED else None


def _open_renewal(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    waits_for_us = facts.open_renewal not in {None, *WAITS_FOR_APPLICANT}
    return Skip(Reason.OPEN_RENEWAL) if waits_for_us else None


def _no_address(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return None if facts.has_address else Skip(Reason.NO_ADDRESS)


def _suppressed(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return Skip(Reason.SUPPRESSED) if facts.suppressed else None


def _quiet(_facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Defer | None:
    why = quiet(day, policy)
    return Defer(Reason(why), next_sending_day(day, policy)) if why else None


def _daily_cap(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Defer | None:
    if facts.letters_today < policy.letters_per_address_per_day:
        return None
    return Defer(Reason.DAILY_CAP, next_sending_day(day, policy))


#: In the order in which they are asked: what ends a reminder before what puts it off.
_RULES: dict[str, _Rule] = {
    "the card is not revoked": _revoked,
    "the card is not suspended": _suspended,
    "no open renewal waits for us": _open_renewal,
    "there is an address": _no_address,
    "the address wants reminders": _suppressed,
    "letters leave on this day": _quiet,
    "the address has room today": _daily_cap,
}


def _letter(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Send:
    if facts.open_renewal is not None:
        return Send(ReminderLetter.RENEWAL_WAITING, confirm_profile=False)
    after = policy.confirm_profile_after_days
    long_ago = facts.confirmed_on is None or (day - facts.confirmed_on).days >= after
    return Send(ReminderLetter.CARD_REMINDER, confirm_profile=bool(after) and long_ago)
