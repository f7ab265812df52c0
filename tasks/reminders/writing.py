"""A planned reminder becomes a letter, if nothing speaks against it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast, get_args
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import as_on_card
from mail.facts.letter import LetterFacts
from mail.facts.reminder_letters import (
    CardReminder,
    ProfileReminder,
    ReminderCorrection,
    RenewalWaiting,
    WaitsIn,
)
from mail.settings import MailSettings
from mail.wording.languages import Language
from models.reminders.orders import ordered_among
from models.reminders.outbox import Held, Stamp, give_back, hold, stamp
from models.reminders.people import Recipient, read_people, suppressed_among
from models.reminders.strays import told_on
from models.reminders.tokens import NewToken, TokenPurpose, keep_tokens, new_token
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.reminders.decision import (
    Defer,
    ReminderDecision,
    ReminderLetter,
    ReminderStatus,
    Send,
    Skip,
    decide_again,
    decide_correction,
)
from rules.values.dates import RIYADH, riyadh_day


@dataclass(frozen=True, slots=True, repr=False)
class Ready:
    """A letter that may leave now."""

    held: Held
    person: Recipient
    decision: Send
    #: When it was decided: what its sentences count from, and the day on which it leaves.
    at: datetime
    #: When the letter that this one corrects was sent; None unless it corrects one.
    told_on: date | None
    #: Opens the page that ends the reminders.
    stop_token: str
    #: Opens the page that confirms the profile, where the letter asks for that.
    confirm_token: str | None

    @property
    def id(self) -> UUID:
        """The reminder's."""
        return self.held.id

    @property
    def reminder_id(self) -> UUID:
        """The same."""
        return self.held.id

    @property
    def letter(self) -> str:
        """The name of its template."""
        return self.decision.letter

    @property
    def request_id(self) -> None:
        """It is about a card or a profile."""

    @property
    def to(self) -> str:
        """The address on file."""
        return self.person.email

    @property
    def dated(self) -> datetime:
        """When it was decided."""
        return self.at

    @property
    def attempts(self) -> int:
        """Attempts that ended before."""
        return self.held.attempts

    @property
    def day(self) -> date:
        """The day on which it leaves: whatever day it was planned for."""
        return riyadh_day(self.at)

    def tokens(self, policy: ReminderPolicy, now: datetime) -> list[NewToken]:
        """What the letter's links are made of."""
        lives = timedelta(days=policy.unsubscribe_days)
        stop = NewToken(self.held.id, TokenPurpose.UNSUBSCRIBE, self.stop_token, now + lives)
        if self.confirm_token is None:
            return [stop]
        lives = timedelta(days=policy.confirm_link_days)
        return [
            stop,
            NewToken(self.held.id, TokenPurpose.CONFIRM, self.confirm_token, now + lives),
        ]


async def decide_held(
    session: AsyncSession, *, now: datetime, lease: timedelta, limit: int, policy: ReminderPolicy
) -> tuple[int, list[Ready]]:
    """Hold the next letters that are due, and decide once more with what is true now.

    Returns how many were held, and those that may leave; the others are stamped with their reason,
    or wait for their day.
    """
    held = await hold(session, now=now, lease=lease, limit=limit)
    people = await read_people(session, [one.practitioner_id for one in held])
    suppressed = await suppressed_among(session, {p.mailbox for p in people.values()})
    ids = [one.id for one in held]
    known = _Known(
        people,
        suppressed,
        ordered=await ordered_among(session, ids),
        told_on=await told_on(session, [one.id for one in held if _corrects(one)]),
    )
    ready, skipped, early = _sort(held, known, now, policy)
    await stamp(session, [_skipped(one, why, now) for one, why in skipped], now=now)
    await give_back(session, [(one, _begin(why.until)) for one, why in early])
    await keep_tokens(session, [token for one in ready for token in one.tokens(policy, now)])
    return len(held), ready


@dataclass(frozen=True)
class _Known:
    """What is true now of the letters that are held."""

    people: dict[UUID, Recipient]
    suppressed: set[str]
    #: Those that an operator has ordered for today.
    ordered: set[UUID]
    #: Of those that correct a letter: when that was sent.
    told_on: dict[UUID, date]

    def decide(self, one: Held, day: date, policy: ReminderPolicy) -> ReminderDecision:
        """What the rules say of the letter on this day."""
        person = self.people[one.practitioner_id]
        facts = person.facts(
            Topic(one.topic),
            suppressed=person.mailbox in self.suppressed,
            letters_today=0,
            day=day,
        )
        if _corrects(one):
            return decide_correction(facts)
        return decide_again(
            facts, one.threshold, one.anchor, day, policy, ordered=one.id in self.ordered
        )


def _corrects(one: Held) -> bool:
    return one.letter == ReminderLetter.REMINDER_CORRECTION


def _sort(
    held: Sequence[Held], known: _Known, now: datetime, policy: ReminderPolicy
) -> tuple[list[Ready], list[tuple[Held, Skip]], list[tuple[Held, Defer]]]:
    ready: list[Ready] = []
    skipped: list[tuple[Held, Skip]] = []
    early: list[tuple[Held, Defer]] = []
    day = riyadh_day(now)
    for one in held:
        decision = known.decide(one, day, policy)
        if isinstance(decision, Send):
            confirm = new_token() if decision.confirm_profile else None
            person, told = known.people[one.practitioner_id], known.told_on.get(one.id)
            ready.append(Ready(one, person, decision, now, told, new_token(), confirm))
        elif isinstance(decision, Skip):
            skipped.append((one, decision))
        else:
            early.append((one, decision))
    return ready, skipped, early


def _skipped(held: Held, why: Skip, now: datetime) -> Stamp:
    return Stamp(held, ReminderStatus.SKIPPED, again=now, reason=why.reason, tried=False)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), RIYADH)


def facts_of(ready: Ready, *, settings: MailSettings) -> LetterFacts:
    """What the letter says on the day that it leaves; raises `mail.facts.letter.FactMissing`."""
    person = ready.person
    portal = settings.portal_url.rstrip("/")
    stop = f"{portal}/unsubscribe/{ready.stop_token}"
    confirm = f"{portal}/confirm/{ready.confirm_token}" if ready.confirm_token else ""
    letter = ready.decision.letter
    if letter is ReminderLetter.REMINDER_CORRECTION:
        is_card = ready.held.topic == Topic.CARD
        return ReminderCorrection(
            applicant_name_ar=person.name_ar,
            applicant_name_en=person.name_en,
            language=Language(person.language),
            registration_number=as_on_card(person.registration_number),
            told_on=ready.told_on or ready.day,
            expires_on=person.card_expires_on if is_card else None,
            unsubscribe_url=stop,
        )
    if letter is ReminderLetter.PROFILE_REMINDER:
        return ProfileReminder(
            applicant_name_ar=person.name_ar,
            applicant_name_en=person.name_en,
            language=Language(person.language),
            registration_number=as_on_card(person.registration_number),
            last_confirmed_on=person.last_confirmed_on,
            confirm_url=confirm,
            unsubscribe_url=stop,
        )
    if letter is ReminderLetter.RENEWAL_WAITING:
        return RenewalWaiting(
            applicant_name_ar=person.name_ar,
            applicant_name_en=person.name_en,
            language=Language(person.language),
            tracking_code=person.renewal_code or "",
            waits_in=_waits_in(person.renewal_status),
            expires_on=ready.held.anchor,
            days_left=(ready.held.anchor - ready.day).days,
            unsubscribe_url=stop,
        )
    return CardReminder(
        applicant_name_ar=person.name_ar,
        applicant_name_en=person.name_en,
        language=Language(person.language),
        registration_number=as_on_card(person.registration_number),
        expires_on=ready.held.anchor,
        days_left=(ready.held.anchor - ready.day).days,
        confirm_profile=ready.decision.confirm_profile,
        confirm_url=confirm,
        unsubscribe_url=stop,
    )


def _waits_in(status: str | None) -> WaitsIn:
    if status not in get_args(WaitsIn):
        raise ValueError(f"a renewal that is {status} does not wait for its applicant")
    return cast("WaitsIn", status)
