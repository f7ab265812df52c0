"""Invented facts for looking at the letters, with the edge cases that spoil a layout.

Nobody here exists: the domains are reserved (RFC 2606) and the numbers were never issued.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from mail.facts.letter import LetterFacts
from mail.facts.request_letters import (
    Activated,
    Activation,
    CardValidity,
    Correction,
    Expired,
    LinkExpired,
    OldAddressNotice,
    PaymentDue,
    Received,
    Rejected,
    Returned,
    Undone,
    Withdrawn,
)
from mail.preview.account_samples import account_samples
from mail.preview.desk_samples import desk_samples
from mail.preview.reminder_samples import Holder, reminder_samples
from mail.wording.languages import Language
from rules.findings.both_languages import InBoth
from rules.requests.statuses import Kind
from rules.values.money import Money

CREATED_AT = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
TO_ADDRESS = "practitioner@example.org"

_TODAY = date(2026, 3, 4)
_EXPIRES_AT = datetime(2026, 3, 11, 11, 30, tzinfo=UTC)
_REFERENCE = "MPU-1447-000012-9"
_RENEWAL_REFERENCE = "MCR-1447-000012-5"
_TOKEN_PAGE = "https://portal.example.org/activate/"  # noqa: S105  a page's address, not a secret
_TOKEN = "mO3vXk9sQ2tB7yLr5nWc8hZp1aUe4dGf6jKi0oSxTqM"  # noqa: S105  opens nothing
_FIELDS = (
    InBoth(ar="رقم الجوال", en="Mobile number"),
    InBoth(ar="البريد الإلكتروني", en="E-mail address"),
    InBoth(ar="جهة العمل", en="Employer"),
)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Facts with a name that tells what is special about them."""

    name: str
    facts: LetterFacts


class _Person(Holder):
    kind: Kind
    tracking_code: str


def samples(language: Language) -> tuple[Sample, ...]:
    """Every letter in its variants, for an applicant who prefers this language."""
    parts = (
        _before_approval,
        _after_approval,
        _hours,
        _renewals,
        _registrations,
        _accounts,
        _desk,
        _reminders,
    )
    return tuple(sample for part in parts for sample in part(language))


def _before_approval(language: Language) -> Iterator[Sample]:
    person = _person(language)
    yield Sample(name="received", facts=Received(**person, submitted_on=_TODAY))
    yield Sample(
        name="received-long-name", facts=Received(**_long_name(language), submitted_on=_TODAY)
    )
    yield Sample(
        name="returned",
        facts=Returned(**person, corrections=_CORRECTIONS, note=_NOTE, due_on=date(2026, 3, 18)),
    )
    yield Sample(
        name="returned-one-point",
        facts=Returned(**person, corrections=_CORRECTIONS[:1], note=None, due_on=date(2026, 3, 18)),
    )
    yield Sample(
        name="rejected",
        facts=Rejected(
            **person,
            reason_ar="تعذّر التحقق من صحة المستندات المرفقة.",
            reason_en="We could not confirm that the documents are authentic.",
            note=_NOTE,
        ),
    )
    for by in ("applicant", "operations", "stop_link"):
        yield Sample(
            name=f"withdrawn-by-{by.replace('_', '-')}",
            facts=Withdrawn(**person, withdrawn_by=by, withdrawn_on=_TODAY),
        )
    yield Sample(
        name="expired-not-corrected",
        facts=Expired(**person, reason="not_corrected", expired_on=_TODAY),
    )


def _after_approval(language: Language) -> Iterator[Sample]:
    person, renewal = _person(language), _person(language, kind=Kind.CARD_RENEWAL)
    for name, who, changed, is_reminder in (
        ("activation", person, _FIELDS, False),
        ("activation-reminder", person, _FIELDS[:1], True),
        ("activation-renewal", renewal, (), False),
    ):
        yield Sample(
            name=name,
            facts=Activation(
                **who,
                reference_number=_REFERENCE,
                activation_url=_TOKEN_PAGE + _TOKEN,
                expires_at=_EXPIRES_AT,
                changed_fields=changed,
                is_reminder=is_reminder,
            ),
        )
    yield Sample(
        name="old-address-notice",
        facts=OldAddressNotice(
            **person,
            reference_number=_REFERENCE,
            stop_url="https://portal.example.org/stop/" + _TOKEN,
            expires_at=_EXPIRES_AT,
            can_be_undone=True,
        ),
    )
    yield Sample(
        name="undone",
        facts=Undone(
            **person,
            reference_number=_REFERENCE,
            undone_on=_TODAY,
            changed_fields=_FIELDS[:2],
        ),
    )
    yield Sample(
        name="link-expired",
        facts=LinkExpired(
            **person,
            reference_number=_REFERENCE,
            new_link_url=_TOKEN_PAGE + _TOKEN,
            close_on=date(2026, 4, 10),
        ),
    )
    yield Sample(
        name="expired-not-activated",
        facts=Expired(**renewal, reason="not_activated", expired_on=_TODAY),
    )


def _renewals(language: Language) -> Iterator[Sample]:
    renewal = _person(language, kind=Kind.CARD_RENEWAL)
    yield Sample(
        name="payment-due",
        facts=PaymentDue(
            **renewal,
            reference_number=_RENEWAL_REFERENCE,
            bill_number="MBL-1447-000031-6",
            amount=Money(24000, "SAR"),
            due_on=date(2026, 4, 3),
            how_to_pay_ar="يُرجى السداد عبر خدمة سداد، برقم المفوتر 000.",
            how_to_pay_en="Pay through SADAD, with biller 000.",
        ),
    )
    for name, attached in (("activated-renewal", False), ("activated-renewal-attached", True)):
        yield Sample(
            name=name,
            facts=Activated(
                **renewal,
                reference_number=_RENEWAL_REFERENCE,
                activated_on=_TODAY,
                changed_fields=(),
                cpd_hours_added=Decimal(0),
                card_validity=CardValidity(
                    valid_from=date(2026, 4, 1), valid_until=date(2028, 3, 31)
                ),
                card_attached=attached,
            ),
        )
    yield Sample(
        name="rejected-renewal",
        facts=Rejected(
            **renewal,
            reason_ar="لم تُستوفَ شروط التجديد.",
            reason_en="The conditions for renewal are not met.",
            note=None,
        ),
    )
    yield Sample(
        name="withdrawn-renewal",
        facts=Withdrawn(**renewal, withdrawn_by="applicant", withdrawn_on=_TODAY),
    )
    yield Sample(
        name="expired-not-paid",
        facts=Expired(**renewal, reason="not_paid", expired_on=_TODAY),
    )


def _registrations(language: Language) -> Iterator[Sample]:
    registration = _person(language, kind=Kind.REGISTRATION)
    yield Sample(
        name="activated-registration",
        facts=Activated(
            **registration,
            reference_number="MRG-1447-000007-4",
            activated_on=_TODAY,
            changed_fields=(),
            cpd_hours_added=Decimal(12),
            card_validity=CardValidity(valid_from=_TODAY, valid_until=date(2028, 3, 4)),
            registration_number="N47-0000012",
        ),
    )


def _hours(language: Language) -> Iterator[Sample]:
    for hours in ("0", "1", "2", "3", "10", "11", "100", "1.5"):
        yield Sample(
            name=f"activated-{hours}-hours",
            facts=Activated(
                **_person(language),
                reference_number=_REFERENCE,
                activated_on=_TODAY,
                changed_fields=_FIELDS,
                cpd_hours_added=Decimal(hours),
            ),
        )


def _person(language: Language, *, kind: Kind = Kind.PROFILE_UPDATE) -> _Person:
    return {
        "applicant_name_ar": "سلمى بنت هاشم المثالي",
        "applicant_name_en": "Salma Hashim Al Mithali",
        "language": language,
        "kind": kind,
        "tracking_code": "MQ7K-29TX",
    }


def _long_name(language: Language) -> _Person:
    """Two Latin names in Arabic text, and names longer than a line."""
    return _person(language) | {
        "applicant_name_ar": "Maximiliana-Josephine Featherstonehaugh O'Callaghan-Winterbottom",
        "applicant_name_en": "Maximiliana-Josephine Featherstonehaugh O'Callaghan-Winterbottom",
    }


_CORRECTIONS = (
    Correction(
        field="email",
        sentence_ar="عنوان البريد الإلكتروني غير صحيح.",
        sentence_en="This is not an e-mail address.",
    ),
    Correction(
        field="documents[0].issued_on",
        sentence_ar="خطاب جهة العمل قديم. الحد الأقصى لما مضى على صدوره بالأشهر: 3.",
        sentence_en="The employer's letter is too old: it was issued more than 3 months ago.",
    ),
)
_NOTE = "الخطاب الموقّع من King Example Hospital بتاريخ 2025-10-01 قديم.\nPlease attach a new one."


def _reminders(language: Language) -> Iterator[Sample]:
    for name, facts in reminder_samples(_holder(language), today=_TODAY, token=_TOKEN):
        yield Sample(name=name, facts=facts)


def _accounts(language: Language) -> Iterator[Sample]:
    for name, facts in account_samples(_holder(language), expires_at=_EXPIRES_AT, token=_TOKEN):
        yield Sample(name=name, facts=facts)


def _desk(language: Language) -> Iterator[Sample]:
    for name, facts in desk_samples(language, due_at=_EXPIRES_AT):
        yield Sample(name=name, facts=facts)


def _holder(language: Language) -> Holder:
    person = _person(language)
    return {
        "applicant_name_ar": person["applicant_name_ar"],
        "applicant_name_en": person["applicant_name_en"],
        "language": language,
    }
