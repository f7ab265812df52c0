"""A planned reminder becomes a letter, if nothing speaks against it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast, get_args
from uuid import UUID

from mail.languages import Language
from mail.letter_facts import LetterFacts
from mail.reminder_facts import CardReminder, RenewalWaiting, WaitsIn
from mail.settings import MailSettings
from models.card_holders import Holder, read_holders, suppressed_among
from models.database import patiently, transaction
from models.reminder_outbox import Held, Stamp, hold, stamp
from models.suppressions import keep_tokens, new_token
from rules.reminder_policy import ReminderPolicy
from rules.reminders import ReminderLetter, ReminderStatus, Send, Skip, decide_again


@dataclass(frozen=True, slots=True, repr=False)
class Ready:
    """A letter that may leave now."""

    held: Held
    holder: Holder
    decision: Send
    #: Opens the page that ends the reminders.
    token: str


@patiently
async def take(
    *, day: date, now: datetime, lease: timedelta, limit: int, policy: ReminderPolicy
) -> tuple[int, list[Ready]]:
    """Hold the next letters that are due, and decide once more with what is true now.

    Returns how many were held, and those that may leave; the others are stamped with their reason.
    """
    async with transaction() as session:
        held = await hold(session, now=now, until=now + lease, limit=limit)
        holders = await read_holders(session, [one.card_id for one in held])
        suppressed = await suppressed_among(session, {h.address for h in holders.values()})
        ready, skipped = _sort(held, holders, suppressed, day, policy)
        await stamp(session, [_skipped(one, why, now) for one, why in skipped], now=now)
        await keep_tokens(
            session,
            {one.held.id: one.token for one in ready},
            expires_at=now + timedelta(days=policy.unsubscribe_days),
        )
    return len(held), ready


def _sort(
    held: Sequence[Held],
    holders: dict[UUID, Holder],
    suppressed: set[str],
    day: date,
    policy: ReminderPolicy,
) -> tuple[list[Ready], list[tuple[Held, Skip]]]:
    ready: list[Ready] = []
    skipped: list[tuple[Held, Skip]] = []
    for one in held:
        holder = holders[one.card_id]
        facts = holder.facts(suppressed=holder.address in suppressed, letters_today=0)
        decision = decide_again(facts, one.threshold, one.expires_on, day, policy)
        if isinstance(decision, Skip):
            skipped.append((one, decision))
        else:
            ready.append(Ready(one, holder, decision, new_token()))
    return ready, skipped


def _skipped(held: Held, why: Skip, now: datetime) -> Stamp:
    return Stamp(held.id, ReminderStatus.SKIPPED, again=now, reason=why.reason)


def facts_of(ready: Ready, *, day: date, settings: MailSettings) -> LetterFacts:
    """What the letter says; raises `mail.letter_facts.FactMissing`."""
    holder = ready.holder
    language = Language(holder.language)
    days_left = (holder.expires_on - day).days
    stop = f"{settings.portal_url.rstrip('/')}/unsubscribe/{ready.token}"
    if ready.decision.letter is ReminderLetter.RENEWAL_WAITING:
        return RenewalWaiting(
            applicant_name_ar=holder.name_ar,
            applicant_name_en=holder.name_en,
            language=language,
            tracking_code=holder.renewal_code or "",
            waits_in=_waits_in(holder.renewal_status),
            expires_on=holder.expires_on,
            days_left=days_left,
            unsubscribe_url=stop,
        )
    return CardReminder(
        applicant_name_ar=holder.name_ar,
        applicant_name_en=holder.name_en,
        language=language,
        registration_number=holder.registration_number,
        expires_on=holder.expires_on,
        days_left=days_left,
        confirm_profile=ready.decision.confirm_profile,
        unsubscribe_url=stop,
    )


def _waits_in(status: str | None) -> WaitsIn:
    if status not in get_args(WaitsIn):
        raise ValueError(f"a renewal that is {status} does not wait for its applicant")
    return cast("WaitsIn", status)
