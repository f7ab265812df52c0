"""A card renewal as an officer reads it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rules.card_renewal.fees import Fine, FineKind
from rules.card_renewal.plan import RenewalPlan
from rules.card_renewal.proposed import proposed_renewal
from rules.findings.doubts import Doubt
from rules.requests.documents import DocumentOnRequest
from rules.values.document_kind import DocumentKind
from rules.values.money import Money


def plan(years: int = 2, *warnings: Doubt) -> RenewalPlan:
    """A renewal for so many years."""
    return RenewalPlan(
        registration_number="20104567",
        years=years,
        old_expires_on=date(2026, 12, 23),
        hours_needed=Decimal(30),
        hours_counted=Decimal("21.50"),
        hours_short=True,
        fee=Money(24_000, "SAR"),
        fine=Fine(kind=FineKind.UNSET),
        late=True,
        documents=(),
        warnings=warnings,
    )


def test_documents_stand_beside_the_plan() -> None:
    """As they were checked."""
    letter = DocumentOnRequest(
        kind=DocumentKind.EMPLOYER_LETTER,
        issuer="x",
        issued_on=date(2026, 3, 15),
        expires_on=None,
        sha256="ab" * 32,
        size_bytes=None,
        media_type="application/pdf",
    )

    assert proposed_renewal(replace(plan(), documents=(letter,))).documents == (letter,)


def test_the_plan_is_said_in_both_languages() -> None:
    """The card, the years, the hours, the money."""
    facts = proposed_renewal(plan()).facts

    assert [(fact.label.en, fact.value.en) for fact in facts] == [
        ("Card expires on", "2026-12-23"),
        ("Renewed for", "2 years"),
        ("CPD hours", "21.50 of 30"),
        ("Fee", "Renewal fee: 240.00 SAR."),
        ("Fine", "The renewal is late; the fine is set by the authority."),
    ]
    assert [(fact.label.ar, fact.value.ar) for fact in facts] == [
        ("تاريخ انتهاء البطاقة", "2026-12-23"),
        ("مدة التجديد بالسنوات", "2"),
        ("ساعات التطوير المهني", "21.50 من 30"),
        ("الرسوم", "رسوم التجديد: 240.00 ر.س."),
        ("الغرامة", "التجديد متأخر، وغرامة التأخير تحددها الهيئة."),
    ]


@pytest.mark.parametrize(("years", "said"), [(0, "0 years"), (1, "1 year"), (3, "3 years")])
def test_one_year_is_said_as_one(years: int, said: str) -> None:
    """And none as years."""
    assert proposed_renewal(plan(years)).facts[1].value.en == said


def test_a_renewal_changes_no_field_and_its_doubts_are_about_documents() -> None:
    """An officer looks at the letter."""
    doubt = Doubt("employer_letter_of_another", "documents[0].issuer")

    found = proposed_renewal(plan(2, doubt))

    [raised] = found.doubts
    assert found.changes == ()
    assert (raised.doubt, raised.requested) == (doubt, "")


def test_doubts_of_older_plans_are_about_no_document() -> None:
    """Those from before there were uploads keep codes alone."""
    stored = plan(2).to_json() | {"warnings": ["employer_letter_of_another"]}

    assert RenewalPlan.from_json(stored).warnings == (Doubt("employer_letter_of_another", ""),)
