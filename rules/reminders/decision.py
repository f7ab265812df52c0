"""Reminders of cards that expire and of profiles to confirm: whether a letter leaves, and which.

When one becomes due stands in `rules.policy.thresholds`; the numbers are assumed (DOMAIN.md 5.7).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rules.policy.quiet_days import next_sending_day, quiet
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.register.card import CardStatus
from rules.requests.statuses import Status
from rules.requests.transitions import WAITS_FOR_APPLICANT


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


class NotSent(StrEnum):
    """Why a reminder did not leave."""

    #: The card expires on another day now.
    RENEWED = "renewed"
    #: The profile was confirmed in the meantime.
    CONFIRMED = "confirmed"
    #: A later threshold became current before it could leave.
    TOO_LATE = "too_late"
    #: It was planned for a later day: by hand, or by a clock that was wrong.
    NOT_YET = "not_yet"
    CARD_REVOKED = "card_revoked"
    CARD_SUSPENDED = "card_suspended"
    #: A renewal is open and waits for us, not for its applicant.
    OPEN_RENEWAL = "open_renewal"
    #: A profile update is on its way.
    OPEN_UPDATE = "open_update"
    #: A letter about the card has asked to confirm the profile as well.
    ASKED_WITH_CARD = "asked_with_card"
    #: A letter about the card leaves on the same day.
    CARD_FIRST = "card_first"
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
    PROFILE_REMINDER = "profile_reminder"
    #: What an earlier letter said was not true.
    REMINDER_CORRECTION = "reminder_correction"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderFacts:
    """What the rules ask about a person, the card and the profile."""

    topic: Topic
    #: None where the person has no card.
    card_status: CardStatus | None
    #: The card's last valid day.
    card_expires_on: date | None
    has_email: bool
    suppressed: bool
    #: Where the holder's open renewal stands, if there is one.
    open_renewal: Status | None
    has_open_update: bool
    #: Reminders that the address gets on this day already.
    letters_today: int
    #: The day on which the profile was last confirmed, or came on file if it never was.
    confirmed_on: date
    #: Whether a run about cards has still to examine this one's.
    card_is_due: bool = False
    #: The last day of a letter about the card, and of one that also asked to confirm the profile.
    card_letter_on: date | None = None
    card_asked_on: date | None = None

    @property
    def anchor(self) -> date:
        """The day from which thresholds count; a card has an expiry, or nothing is about it."""
        if self.topic is Topic.PROFILE:
            return self.confirmed_on
        if self.card_expires_on is None:
            raise ValueError("a reminder about a card needs one")
        return self.card_expires_on


@dataclass(frozen=True, slots=True)
class Send:
    """The letter leaves."""

    letter: ReminderLetter
    #: Whether it also asks to confirm the profile.
    confirm_profile: bool


@dataclass(frozen=True, slots=True)
class Skip:
    """This threshold's letter never leaves."""

    reason: NotSent


@dataclass(frozen=True, slots=True)
class Defer:
    """The card is examined again on that day."""

    reason: NotSent
    until: date


ReminderDecision = Send | Skip | Defer
_Rule = Callable[[ReminderFacts, date, ReminderPolicy], Skip | Defer | None]


def decide(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> ReminderDecision:
    """What happens to the current threshold on this day: the first rule that objects wins.

    The caller has found that a threshold is current (`rules.policy.thresholds.Thresholds.current`).
    """
    for rule in _RULES[facts.topic].values():
        if (objection := rule(facts, day, policy)) is not None:
            return objection
    return _letter(facts, day, policy)


def decide_again(
    facts: ReminderFacts,
    threshold: int,
    anchor: date,
    day: date,
    policy: ReminderPolicy,
    *,
    ordered: bool = False,
) -> ReminderDecision:
    """Whether a reminder that was planned for this threshold and anchor may still leave.

    Asked right before the letter is written: the card, the profile, the requests and the address
    may have changed since. What only puts off a letter is not asked again, but for a threshold that
    this day has not reached yet. One that an operator has ``ordered`` for today leaves whatever
    threshold is current.
    """
    if facts.anchor != anchor:
        return Skip(NotSent.RENEWED if facts.topic is Topic.CARD else NotSent.CONFIRMED)
    if not ordered and (anchor - day).days > threshold:
        return Defer(NotSent.NOT_YET, anchor - timedelta(days=threshold))
    if not ordered and policy.thresholds(facts.topic).current(anchor, day) != threshold:
        return Skip(NotSent.TOO_LATE)
    for rule in _RULES[facts.topic].values():
        if isinstance(objection := rule(facts, day, policy), Skip):
            return objection
    return _letter(facts, day, policy)


def decide_correction(facts: ReminderFacts) -> ReminderDecision:
    """Whether an e-mail may leave that takes back what an earlier one said."""
    for rule in (_no_address, _suppressed):
        if (objection := rule(facts)) is not None:
            return objection
    return Send(ReminderLetter.REMINDER_CORRECTION, confirm_profile=False)


@dataclass(frozen=True)
class Check:
    """What one rule says of a card."""

    rule: str
    #: The rule's objection, or None where it lets the letter pass.
    objection: Skip | Defer | None


def explain(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> tuple[Check, ...]:
    """Each rule in its turn, also those after the first objection; `decide` asks the same ones."""
    return tuple(
        Check(name, rule(facts, day, policy)) for name, rule in _RULES[facts.topic].items()
    )


def _revoked(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return Skip(NotSent.CARD_REVOKED) if facts.card_status is CardStatus.REVOKED else None


def _suspended(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return Skip(NotSent.CARD_SUSPENDED) if facts.card_status is CardStatus.SUSPENDED else None


def _open_renewal(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    waits_for_us = facts.open_renewal not in {None, *WAITS_FOR_APPLICANT}
    return Skip(NotSent.OPEN_RENEWAL) if waits_for_us else None


def _no_address(facts: ReminderFacts, *_: object) -> Skip | None:
    return None if facts.has_email else Skip(NotSent.NO_ADDRESS)


def _suppressed(facts: ReminderFacts, *_: object) -> Skip | None:
    return Skip(NotSent.SUPPRESSED) if facts.suppressed else None


def _quiet(_facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Defer | None:
    why = quiet(day, policy)
    return Defer(NotSent(why), next_sending_day(day, policy)) if why else None


def _daily_cap(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Defer | None:
    if facts.letters_today < policy.letters_per_address_per_day:
        return None
    return Defer(NotSent.DAILY_CAP, next_sending_day(day, policy))


def _open_update(facts: ReminderFacts, _day: date, _policy: ReminderPolicy) -> Skip | None:
    return Skip(NotSent.OPEN_UPDATE) if facts.has_open_update else None


def _asked_with_card(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Skip | None:
    threshold = policy.profile.current(facts.confirmed_on, day)
    if threshold is None or facts.card_asked_on is None:
        return None
    since = facts.confirmed_on - timedelta(days=threshold)
    return Skip(NotSent.ASKED_WITH_CARD) if facts.card_asked_on >= since else None


def _card_first(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Defer | None:
    expires_on = facts.card_expires_on
    is_due = (
        facts.card_is_due
        and expires_on is not None
        and policy.card.current(expires_on, day) is not None
    )
    if not is_due and facts.card_letter_on != day:
        return None
    return Defer(NotSent.CARD_FIRST, next_sending_day(day, policy))


#: In the order in which they are asked: what ends a reminder before what puts it off.
_RULES: Mapping[Topic, Mapping[str, _Rule]] = {
    Topic.CARD: {
        "the card is not revoked": _revoked,
        "the card is not suspended": _suspended,
        "no open renewal waits for us": _open_renewal,
        "there is an address": _no_address,
        "the address wants reminders": _suppressed,
        "letters leave on this day": _quiet,
        "the address has room today": _daily_cap,
    },
    Topic.PROFILE: {
        "the card is not revoked": _revoked,
        "no profile update is open": _open_update,
        "there is an address": _no_address,
        "the address wants reminders": _suppressed,
        "no letter about the card has asked": _asked_with_card,
        "letters leave on this day": _quiet,
        "no letter about the card leaves today": _card_first,
        "the address has room today": _daily_cap,
    },
}


def _letter(facts: ReminderFacts, day: date, policy: ReminderPolicy) -> Send:
    if facts.topic is Topic.PROFILE:
        return Send(ReminderLetter.PROFILE_REMINDER, confirm_profile=True)
    if facts.open_renewal is not None:
        return Send(ReminderLetter.RENEWAL_WAITING, confirm_profile=False)
    long_ago = policy.profile.current(facts.confirmed_on, day) is not None
    asks = long_ago and not facts.has_open_update
    return Send(ReminderLetter.CARD_REMINDER, confirm_profile=asks)
