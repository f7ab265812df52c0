"""Every table, so that whoever needs all of them need not know where each lives."""

from sqlmodel import SQLModel

from models import (
    access_log,
    cards,
    drafts,
    last_times,
    letters,
    links,
    mail_outages,
    officers,
    official_register,
    payments,
    practitioners,
    references,
    requests,
    setbacks,
    submission_keys,
)
from models.accounts import (
    accounts,
    address_codes,
    counts,
    factors,
    half_sign_ins,
    sessions,
)
from models.accounts import links as account_links
from models.documents import certificates, documents, readings, uses
from models.reminders import examination_days, mailbox_doubts, reminders, suppressions
from models.reminders import orders as reminder_orders
from models.reminders import tokens as reminder_tokens

ALL: tuple[type[SQLModel], ...] = (
    officers.Officer,
    practitioners.Practitioner,
    practitioners.ProfileVersion,
    practitioners.CpdEntry,
    practitioners.ExperienceEntry,
    official_register.OfficialEntry,
    cards.Card,
    cards.CardPeriod,
    requests.Request,
    requests.RequestEvent,
    requests.Decision,
    submission_keys.SubmissionKey,
    drafts.Draft,
    setbacks.Setback,
    last_times.LastTime,
    payments.Bill,
    references.ReferenceCounter,
    links.ActivationLink,
    links.LinkToken,
    letters.Letter,
    mail_outages.MailOutage,
    mailbox_doubts.MailboxDoubt,
    examination_days.ExaminationDays,
    reminders.Reminder,
    reminder_tokens.ReminderToken,
    reminder_orders.ReminderOrder,
    suppressions.Suppression,
    practitioners.ProfileConfirmation,
    documents.Upload,
    documents.UploadEvent,
    uses.UploadUse,
    readings.DocumentReading,
    certificates.DestructionCertificate,
    access_log.AccessLine,
    accounts.Account,
    accounts.SignInMailbox,
    accounts.AccountRole,
    address_codes.AddressCode,
    account_links.AccountLink,
    account_links.AccountLinkToken,
    sessions.AccountSession,
    sessions.KnownDevice,
    factors.AuthenticatorApp,
    factors.Passkey,
    factors.RecoveryCode,
    half_sign_ins.HalfSignIn,
    counts.SignInCount,
)
