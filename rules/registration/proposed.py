"""A first registration as an officer reads it."""

from collections.abc import Mapping

from rules.findings.both_languages import InBoth
from rules.register.card import Category
from rules.register.fields import Field
from rules.register.official_record import OfficialRecord
from rules.registration.normalised import NormalisedRegistration
from rules.requests.proposed import Change, Fact, Proposed, RaisedDoubt

_CATEGORIES = {
    Category.PHYSICIAN_DENTIST: InBoth("الأطباء وأطباء الأسنان", "Physicians and dentists"),
    Category.PHARMACIST: InBoth("الصيادلة", "Pharmacists"),
    Category.ALLIED_SPECIALIST: InBoth(
        "الأخصائيون والاستشاريون في التخصصات الطبية التطبيقية",
        "Applied medical specialists and consultants",
    ),
    Category.TECHNICIAN: InBoth("الفنيون", "Technicians"),
    Category.NURSING: InBoth("التمريض", "Nursing"),
    Category.EXEMPT: InBoth("الفئات المعفاة من الساعات", "Exempt from hours"),
}


def category_words(category: Category) -> InBoth:
    """What people call the category."""
    return _CATEGORIES[category]


def proposed_registration(
    registration: NormalisedRegistration,
    before: Mapping[Field, str],
    official: OfficialRecord | None,
) -> Proposed:
    """All that would be on file, beside the official record; of a valid registration alone.

    ``before`` is the record of who was registered once; of anybody else nothing is on file.
    """
    return Proposed(
        changes=tuple(
            Change(field, before.get(field, ""), text, official.value(field) if official else None)
            for field in Field
            if (text := registration.profile.get(field))
        ),
        facts=_facts(registration),
        certificates=registration.certificates,
        documents=registration.documents,
        doubts=tuple(
            RaisedDoubt(
                doubt,
                registration.profile.get(Field(doubt.field), "")
                if doubt.field in set(Field)
                else "",
            )
            for doubt in registration.warnings
        ),
    )


def _facts(registration: NormalisedRegistration) -> tuple[Fact, ...]:
    years = registration.years
    facts = [
        Fact(
            InBoth("مدة البطاقة بالسنوات", "Card for"),
            InBoth(str(years), f"{years} year{'' if years == 1 else 's'}"),
        ),
        Fact(
            InBoth("الرسوم", "Fee"),
            InBoth(registration.fee.formatted("ar"), registration.fee.formatted("en"))
            if registration.fee
            else InBoth("تحددها الهيئة", "Set by the authority"),
        ),
    ]
    if registration.category is not None:
        facts.insert(
            0, Fact(InBoth("فئة البطاقة", "Category"), category_words(registration.category))
        )
    if (shown := registration.qualification) is not None:
        day = shown.issued_on.isoformat()
        facts += [
            Fact(InBoth("المؤهل", "Qualification"), InBoth(shown.title, shown.title)),
            Fact(InBoth("جهة المؤهل", "Awarded by"), InBoth(shown.issuer, shown.issuer)),
            Fact(InBoth("تاريخ المؤهل", "Awarded on"), InBoth(day, day)),
        ]
    return tuple(facts)
