"""Invented facts for looking at the reminders; see `mail.preview.samples`."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypedDict

from mail.facts.letter import LetterFacts
from mail.facts.reminder_letters import (
    CardReminder,
    ProfileReminder,
    ReminderCorrection,
    RenewalWaiting,
    WaitsIn,
)
from mail.wording.languages import Language


class Holder(TypedDict):
    """Whom a reminder goes to."""

    applicant_name_ar: str
    applicant_name_en: str
    language: Language


def reminder_samples(
    holder: Holder, *, today: date, token: str
) -> Iterator[tuple[str, LetterFacts]]:
    """Every reminder in its variants, each with a name that tells what is special about it."""
    stop = "https://portal.example.org/unsubscribe/" + token
    confirm = "https://portal.example.org/confirm/" + token[::-1]
    for days in (90, 30, 10, 2, 1, 0, -1, -14):
        asks = days == 90  # noqa: PLR2004 - one sample with both items
        yield (
            f"card-reminder-{days}-days",
            CardReminder(
                **holder,
                registration_number="20-104567",
                expires_on=today + timedelta(days=days),
                days_left=days,
                confirm_profile=asks,
                confirm_url=confirm if asks else "",
                unsubscribe_url=stop,
            ),
        )
    waits: tuple[WaitsIn, ...] = ("returned", "awaiting_payment", "awaiting_activation")
    for status in waits:
        yield (
            f"renewal-waiting-{status.replace('_', '-')}",
            RenewalWaiting(
                **holder,
                tracking_code="MQ7K-29TX",
                waits_in=status,
                expires_on=today + timedelta(days=30),
                days_left=30,
                unsubscribe_url=stop,
            ),
        )
    for name, last_confirmed_on in (("long-ago", date(2024, 11, 17)), ("never", None)):
        yield (
            f"profile-reminder-confirmed-{name}",
            ProfileReminder(
                **holder,
                registration_number="20-104567",
                last_confirmed_on=last_confirmed_on,
                confirm_url=confirm,
                unsubscribe_url=stop,
            ),
        )

    for name, day in (("card", date(2026, 10, 7)), ("profile", None)):
        facts = ReminderCorrection(
            **holder,
            registration_number="20-104567",
            told_on=today,
            expires_on=day,
            unsubscribe_url=stop,
        )
        yield (f"reminder-correction-{name}", facts)
