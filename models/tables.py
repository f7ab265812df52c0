"""Every table, so that whoever needs all of them need not know where each lives."""

from sqlmodel import SQLModel

from models import (
    cards,
    examination_days,
    letters,
    links,
    officers,
    payments,
    practitioners,
    references,
    reminder_tokens,
    reminders,
    requests,
    setbacks,
    submission_keys,
    suppressions,
)

ALL: tuple[type[SQLModel], ...] = (
    officers.Officer,
    practitioners.Practitioner,
    practitioners.ProfileVersion,
    practitioners.CpdEntry,
    practitioners.ExperienceEntry,
    practitioners.OfficialRecord,
    cards.Card,
    cards.CardPeriod,
    requests.Request,
    requests.RequestEvent,
    requests.Decision,
    submission_keys.SubmissionKey,
    setbacks.Setback,
    payments.Bill,
    references.ReferenceCounter,
    links.ActivationLink,
    links.LinkToken,
    letters.Letter,
    examination_days.ExaminationDays,
    reminders.Reminder,
    reminder_tokens.ReminderToken,
    suppressions.Suppression,
    practitioners.ProfileConfirmation,
)
