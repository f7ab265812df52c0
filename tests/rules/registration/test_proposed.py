"""A first registration as an officer reads it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rules.findings.both_languages import InBoth
from rules.findings.doubts import Doubt
from rules.register.card import Category
from rules.register.fields import Field
from rules.register.official_record import OfficialRecord
from rules.registration.normalised import NormalisedRegistration, QualificationOnRequest
from rules.registration.proposed import category_words, proposed_registration
from rules.requests.activities import CertificateOnRequest
from rules.requests.documents import DocumentOnRequest
from rules.requests.proposed import Change, Fact
from rules.values.document_kind import DocumentKind
from rules.values.money import Money

DAY = date(2026, 3, 15)
COURSE = CertificateOnRequest(
    title="Course", issuer="x", issued_on=DAY, cpd_hours=Decimal(3), activity_code=None
)
LETTER = DocumentOnRequest(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="x",
    issued_on=DAY,
    expires_on=None,
    sha256="ab" * 32,
    size_bytes=None,
    media_type="application/pdf",
)
REGISTRATION = NormalisedRegistration(
    profile={
        Field.RANK: "specialist",
        Field.FAMILY_NAME_EN: "Alharbi",
        Field.FATHER_NAME_EN: "",
        Field.MOBILE: "+966551112233",
    },
    category=Category.NURSING,
    qualification=QualificationOnRequest(title="A degree", issuer="A university", issued_on=DAY),
    certificates=(COURSE,),
    documents=(LETTER,),
    preferred_language="ar",
    years=2,
    fee=Money(24000, "SAR"),
    warnings=(),
)
OFFICIAL = OfficialRecord(
    identity_number="1000000008",
    nationality="SA",
    birth_date=date(1988, 4, 18),
    family_name_en="AL-ḤARBI",
)


def test_all_that_is_said_stands_in_the_order_of_the_fields() -> None:
    """Beside the official record, where that answers; what is left empty is not there."""
    found = proposed_registration(REGISTRATION, {}, OFFICIAL)

    assert found.changes == (
        Change(Field.FAMILY_NAME_EN, "", "Alharbi", "AL-ḤARBI"),
        Change(Field.MOBILE, "", "+966551112233", None),
        Change(Field.RANK, "", "specialist", None),
    )
    assert (found.certificates, found.documents) == ((COURSE,), (LETTER,))
    assert found.doubts == ()


def test_of_whoever_comes_back_the_old_record_stands_beside_it() -> None:
    """Where it holds the field; and the official register may not have been asked."""
    found = proposed_registration(REGISTRATION, {Field.RANK: "technician"}, None)

    assert [(each.field, each.on_file, each.official) for each in found.changes] == [
        (Field.FAMILY_NAME_EN, "", None),
        (Field.MOBILE, "", None),
        (Field.RANK, "technician", None),
    ]


def test_what_it_brings_is_said_in_both_languages() -> None:
    """The category, the card, its fee and the qualification, in this order."""
    assert proposed_registration(REGISTRATION, {}, None).facts == (
        Fact(InBoth("فئة البطاقة", "Category"), InBoth("التمريض", "Nursing")),
        Fact(InBoth("مدة البطاقة بالسنوات", "Card for"), InBoth("2", "2 years")),
        Fact(InBoth("الرسوم", "Fee"), InBoth("240.00 ر.س", "240.00 SAR")),
        Fact(InBoth("المؤهل", "Qualification"), InBoth("A degree", "A degree")),
        Fact(InBoth("جهة المؤهل", "Awarded by"), InBoth("A university", "A university")),
        Fact(InBoth("تاريخ المؤهل", "Awarded on"), InBoth("2026-03-15", "2026-03-15")),
    )


def test_what_is_not_known_is_not_made_up() -> None:
    """A fee that policy does not hold is the authority's; a year is one year."""
    little = replace(REGISTRATION, category=None, qualification=None, fee=None, years=1)

    assert proposed_registration(little, {}, None).facts == (
        Fact(InBoth("مدة البطاقة بالسنوات", "Card for"), InBoth("1", "1 year")),
        Fact(InBoth("الرسوم", "Fee"), InBoth("تحددها الهيئة", "Set by the authority")),
    )


def test_a_doubt_stands_beside_what_was_typed() -> None:
    """Of a field that was left empty, or of none, beside nothing."""
    doubts = (
        Doubt("official_record_spelling", Field.FAMILY_NAME_EN, "AL-ḤARBI"),
        Doubt("official_record_spelling", Field.FIRST_NAME_EN, "LAYLA"),
        Doubt("employer_letter_of_another", "documents[0].issuer"),
    )

    found = proposed_registration(replace(REGISTRATION, warnings=doubts), {}, OFFICIAL).doubts

    assert [raised.doubt for raised in found] == list(doubts)
    assert [raised.requested for raised in found] == ["Alharbi", "", ""]


@pytest.mark.parametrize("category", Category)
def test_each_category_has_its_words(category: Category) -> None:
    """In both languages."""
    assert all((category_words(category).ar, category_words(category).en))
