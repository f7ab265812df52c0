"""What the rules say of a first registration: what goes on file, or all that is wrong with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand
from rules.documents.states import DocumentState
from rules.findings.doubts import Doubt
from rules.findings.problems import problem
from rules.policy.policy import Policy
from rules.register.card import Category
from rules.register.fields import Field
from rules.registration.normalised import NormalisedRegistration, QualificationOnRequest
from rules.registration.submission import RegistrationSubmission
from rules.registration.validation import RegistrationValidation, validate_registration
from rules.requests.activities import CertificateOnRequest
from rules.requests.documents import DocumentOnRequest
from rules.requests.review import ReviewNeed, ReviewReason
from rules.values.document_kind import DocumentKind
from rules.values.money import Money
from support.newcomers import LAYLA, TODAY, document, registration

LETTER = document("employer_letter", "Eastern Hospital", TODAY)
DEGREE = document("qualification", "Imam Abdulrahman University", date(2019, 6, 20))
RESIDENT = {"identity_number": "2000000006", "identity_kind": "iqama", "nationality": "EG"}
WRONG_DIGIT = {"identity_number": "1098765438"}
CHECK_DIGIT = "identity_number_check_digit"
UPLOAD = "ab" * 16


def says(
    policy: Policy,
    profile: Mapping[str, str] | None = None,
    *,
    on_hand: DocumentsOnHand | None = None,
    **more: Any,
) -> RegistrationValidation:
    """What the rules say of Layla's registration with this profile and these members."""
    typed = registration(TODAY, profile=profile or {}, **more)
    return validate_registration(
        TypeAdapter(RegistrationSubmission).validate_python(typed),
        today=TODAY,
        policy=policy,
        **({} if on_hand is None else {"on_hand": on_hand}),
    )


def codes(
    policy: Policy, profile: Mapping[str, str] | None = None, **more: Any
) -> set[tuple[str, str]]:
    """The problems found, as (field, code)."""
    return {(found.field, found.code) for found in says(policy, profile, **more).problems}


def luhn(policy: Policy, strictness: Any) -> Policy:
    """The policy, as strict about check digits."""
    return replace(policy, identity=replace(policy.identity, luhn=strictness))


def born(years: int, *, days_later: int = 0) -> dict[str, str]:
    """Born so many years ago to the day, or some days after that."""
    day = TODAY.replace(year=TODAY.year - years) + timedelta(days=days_later)
    return {"birth_date": day.isoformat()}


def test_a_good_registration_is_what_goes_on_file(policy: Policy) -> None:
    """Every field, what was shown, the first card and its fee; officers decide as policy says."""
    found = says(policy)

    profile = {field: LAYLA[field] for field in Field}
    assert found.is_valid
    assert found.normalised == NormalisedRegistration(
        profile=profile | {Field.MOBILE: "+966551112233"},
        category=Category.NURSING,
        qualification=QualificationOnRequest(
            title="Bachelor of Nursing",
            issuer="Imam Abdulrahman University",
            issued_on=date(2019, 6, 20),
        ),
        certificates=(
            CertificateOnRequest(
                title="Basic life support",
                issuer="Saudi Heart Association",
                issued_on=TODAY,
                cpd_hours=Decimal(8),
                activity_code=None,
            ),
        ),
        documents=tuple(
            DocumentOnRequest(
                kind=DocumentKind(one["kind"]),
                issuer=one["issuer"],
                issued_on=date.fromisoformat(one["issued_on"]),
                expires_on=None,
                sha256="ab" * 32,
                size_bytes=50_000,
                media_type="application/pdf",
            )
            for one in (LETTER, DEGREE)
        ),
        preferred_language="en",
        years=2,
        fee=Money(24000, "SAR"),
        warnings=(),
    )
    assert found.review == ReviewNeed(1, (ReviewReason.REGISTRATION_TO_DECIDE,))


def test_a_registration_survives_json(policy: Policy) -> None:
    """What is kept is what was judged, with all of it and with as little as can be."""
    nothing: dict[str, Any] = {"category": "x", "qualification": dict.fromkeys(_QUALIFICATION, "")}
    for made in (
        says(luhn(policy, "warn"), WRONG_DIGIT).normalised,
        says(policy, dict.fromkeys(LAYLA, ""), certificates=[], documents=[], **nothing).normalised,
    ):
        assert NormalisedRegistration.from_json(made.to_json()) == made


def test_all_problems_come_at_once(policy: Policy) -> None:
    """Of each field, of what stands around it, and of what is missing."""
    found = codes(
        policy,
        {"mobile": "1", "family_name_ar": "", **born(10)},
        category="surgeons",
        qualification={"title": "", "issuer": "", "issued_on": "no day"},
        certificates=[],
        documents=[],
        confirmed_by_applicant=False,
        idempotency_key="",
    )

    assert found == {
        ("mobile", "mobile_form"),
        ("family_name_ar", "family_name_in_one_language"),
        ("birth_date", "age_out_of_range"),
        ("category", "category_unknown"),
        ("qualification.title", "empty"),
        ("qualification.issuer", "empty"),
        ("qualification.issued_on", "date_form"),
        ("documents", "employer_letter_missing"),
        ("documents", "qualification_missing"),
        ("confirmed_by_applicant", "not_confirmed"),
        ("idempotency_key", "idempotency_key_form"),
    }


_QUALIFICATION = ("title", "issuer", "issued_on")


@pytest.mark.parametrize("typed", ["Nursing", " nursing ", "NURSING"])
def test_a_category_is_read_however_it_is_typed(policy: Policy, typed: str) -> None:
    """Case and spaces around it do not matter."""
    assert says(policy, category=typed).normalised.category is Category.NURSING


@pytest.mark.parametrize(
    ("profile", "category"), [({"rank": ""}, "nursing"), ({}, "x"), ({"rank": "chief"}, "nursing")]
)
def test_what_policy_s_table_does_not_hold_has_no_fee(
    policy: Policy, profile: dict[str, str], category: str
) -> None:
    """No rank, no category, or a rank without a rate: the authority sets it."""
    assert says(policy, profile, category=category).normalised.fee is None


def test_a_consultant_s_fee_is_that_of_the_category(policy: Policy) -> None:
    """Consultants pay otherwise in each."""
    assert says(policy, {"rank": "consultant"}).normalised.fee is not None


def test_the_first_card_is_for_as_long_as_policy_says(policy: Policy) -> None:
    """And its fee with it."""
    longer = replace(policy, registration=replace(policy.registration, card_years=3))

    found = says(longer).normalised

    assert (found.years, found.fee) == (3, Money(36000, "SAR"))


def test_as_many_officers_as_policy_says_decide(policy: Policy) -> None:
    """A doubt is one more reason, and asks for policy's own number of them."""
    strict = replace(policy, registration=replace(policy.registration, approvals=2))
    doubtful = replace(luhn(policy, "warn"), review=replace(policy.review, approvals_on_warnings=3))

    assert says(strict).review.approvals == 2
    assert says(doubtful, WRONG_DIGIT).review == ReviewNeed(
        3, (ReviewReason.REGISTRATION_TO_DECIDE, ReviewReason.WARNINGS_RAISED)
    )


@pytest.mark.parametrize("member", _QUALIFICATION)
def test_half_a_qualification_is_none(policy: Policy, member: str) -> None:
    """Each part of it is needed; what is wrong is said of that part alone."""
    whole = registration(TODAY)["qualification"]
    code = "date_form" if member == "issued_on" else "empty"

    found = says(policy, qualification=whole | {member: " "})

    assert found.normalised.qualification is None
    assert [(each.field, each.code) for each in found.problems] == [
        (f"qualification.{member}", code)
    ]


@pytest.mark.parametrize("member", ["title", "issuer"])
def test_a_qualification_is_as_long_as_policy_allows(policy: Policy, member: str) -> None:
    """To the letter."""
    whole = registration(TODAY)["qualification"]
    most = policy.limits.text_characters

    assert codes(policy, qualification=whole | {member: "x" * most}) == set()
    assert codes(policy, qualification=whole | {member: "x" * (most + 1)}) == {
        (f"qualification.{member}", "too_long")
    }


def test_a_qualification_is_given_today_at_the_latest(policy: Policy) -> None:
    """One of tomorrow is none, and is said once."""
    whole = registration(TODAY)["qualification"]
    tomorrow = (TODAY + timedelta(days=1)).isoformat()

    late = says(policy, qualification=whole | {"issued_on": tomorrow})

    assert codes(policy, qualification=whole | {"issued_on": TODAY.isoformat()}) == set()
    assert late.normalised.qualification is None
    assert late.problems == (problem("date_in_future", "qualification.issued_on"),)


def test_names_that_cannot_be_read_are_not_compared(policy: Policy) -> None:
    """Whether a family name is left out in one language shows once both are read."""
    assert codes(policy, {"family_name_ar": ""}) == {
        ("family_name_ar", "family_name_in_one_language")
    }
    assert codes(policy, {"family_name_ar": "", "first_name_en": "ليلى"}) == {
        ("first_name_en", "latin_letters_only")
    }


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        ({"identity_number": "123"}, {("identity_number", "identity_number_form")}),
        ({"identity_number": "12345"}, {("identity_number", "identity_number_form")}),
        (
            {"identity_number": "12345", "identity_kind": "passport"},
            {("identity_kind", "identity_kind_unknown")},
        ),
        ({"identity_kind": "passport"}, {("identity_kind", "identity_kind_unknown")}),
        (
            {"identity_kind": "iqama"},
            {
                ("identity_kind", "identity_kind_disagrees"),
                ("nationality", "nationality_disagrees"),
            },
        ),
        (
            {"nationality": "EG"},
            {("nationality", "nationality_disagrees"), ("documents", "residence_card_missing")},
        ),
        (
            {"nationality": "EG", "identity_kind": "passport"},
            {
                ("identity_kind", "identity_kind_unknown"),
                ("documents", "residence_card_missing"),
            },
        ),
    ],
)
def test_the_identity_agrees_with_itself(
    policy: Policy, profile: dict[str, str], found: set[tuple[str, str]]
) -> None:
    """Number, kind and nationality; what cannot be read is not held against the rest."""
    assert codes(policy, profile) == found


def test_a_number_of_a_gulf_state_has_its_own_form(policy: Policy) -> None:
    """Short, and without a check digit."""
    citizen = {"identity_number": "12345", "identity_kind": "gcc_id", "nationality": "OM"}
    identity = document("identity", "Oman", TODAY)

    assert codes(policy, citizen, documents=[LETTER, DEGREE, identity]) == set()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (born(18), None),
        (born(18, days_later=1), "age_out_of_range"),
        (born(121, days_later=1), None),
        (born(121), "age_out_of_range"),
        (born(0), "age_out_of_range"),
        (born(0, days_later=1), "date_in_future"),
    ],
)
def test_a_person_is_as_old_as_policy_allows(
    policy: Policy, typed: dict[str, str], code: str | None
) -> None:
    """To the day; a day that is to come is no age."""
    report = document("medical_report", "Another hospital", TODAY)

    found = says(policy, typed, documents=[LETTER, DEGREE, report]).problems

    limits = {"minimum": 18, "maximum": 120} if code == "age_out_of_range" else {}
    assert found == (() if code is None else (problem(code, "birth_date", **limits),))


def test_how_a_wrong_check_digit_is_taken_is_policy(policy: Policy) -> None:
    """As a problem, as a doubt, or not at all; of a number that has one."""
    refused, warned, ignored = (
        says(luhn(policy, strictness), WRONG_DIGIT) for strictness in ("refuse", "warn", "ignore")
    )

    assert refused.problems == (problem(CHECK_DIGIT, "identity_number"),)
    assert refused.normalised.warnings == ()
    assert warned.is_valid
    assert warned.normalised.warnings == (Doubt(CHECK_DIGIT, "identity_number"),)
    assert (ignored.is_valid, ignored.normalised.warnings) == (True, ())
    assert says(luhn(policy, "warn")).normalised.warnings == ()


@pytest.mark.parametrize(
    "profile",
    [{"identity_kind": "passport", **WRONG_DIGIT}, {"identity_number": "3098765439"}],
    ids=["no kind", "no form"],
)
def test_a_check_digit_is_of_a_number_that_was_read(
    policy: Policy, profile: dict[str, str]
) -> None:
    """Of its kind: else what is wrong was said already."""
    assert ("identity_number", CHECK_DIGIT) not in codes(policy, profile)
    assert says(luhn(policy, "warn"), profile).normalised.warnings == ()


@pytest.mark.parametrize(
    ("employer", "issuers", "place"),
    [
        ("EASTERN  Hospital", ["Eastern Hospital"], None),
        ("Eastern Hospital", ["A clinic", "Eastern Hospital"], None),
        ("Eastern Hospital", ["A clinic", "A shop"], "documents[1].issuer"),
        ("", ["A clinic"], None),
    ],
)
def test_a_letter_of_another_employer_is_a_doubt(
    policy: Policy, employer: str, issuers: list[str], place: str | None
) -> None:
    """At the first letter, where none is from the employer that is named."""
    letters = [document("employer_letter", issuer, TODAY) for issuer in issuers]

    found = says(policy, {"employer": employer}, documents=[DEGREE, *letters])

    doubts = () if place is None else (Doubt("employer_letter_of_another", place),)
    assert found.normalised.warnings == doubts


def test_without_a_letter_there_is_no_doubt_about_it(policy: Policy) -> None:
    """It is missing, which is a problem."""
    found = says(policy, documents=[DEGREE])

    assert found.problems == (problem("employer_letter_missing", "documents"),)
    assert found.normalised.warnings == ()


@pytest.mark.parametrize(
    ("profile", "missing"),
    [
        (RESIDENT, "residence_card_missing"),
        (born(66), "medical_report_missing"),
        (born(66, days_later=1), None),
    ],
)
def test_further_documents_are_asked_for_by_who_the_person_is(
    policy: Policy, profile: dict[str, str], missing: str | None
) -> None:
    """A resident shows the card; whoever is above 65, a medical report."""
    assert codes(policy, profile) == ({("documents", missing)} if missing else set())


def test_a_medical_report_is_from_another_than_the_employer(policy: Policy) -> None:
    """Whose name was typed."""
    report = document("medical_report", "Eastern Hospital", TODAY)

    assert codes(policy, born(70), documents=[LETTER, DEGREE, report]) == {
        ("documents[2].issuer", "medical_report_own_employer")
    }


@pytest.mark.parametrize("field", ["nationality", "birth_date"])
def test_what_cannot_be_read_asks_for_no_document(policy: Policy, field: str) -> None:
    """Its documents are asked for once it is right."""
    assert {place for place, _ in codes(policy, {field: "?"})} == {field}


def test_an_employer_that_cannot_be_read_wrote_no_report(policy: Policy) -> None:
    """Nor are other documents asked for."""
    report = document("medical_report", "Another hospital", TODAY)

    assert codes(policy, {"employer": "", **born(70)}, documents=[LETTER, DEGREE, report]) == {
        ("employer", "empty")
    }


def test_a_document_that_cannot_be_read_is_not_called_missing(policy: Policy) -> None:
    """What is wrong with it is said at its place."""
    unread = LETTER | {"issued_on": "no day"}

    assert codes(policy, documents=[unread, DEGREE]) == {("documents[0].issued_on", "date_form")}


def test_a_document_is_judged_on_the_day(policy: Policy) -> None:
    """By policy's months."""
    letter = document("employer_letter", "Eastern Hospital", TODAY - timedelta(days=100))

    assert codes(policy, documents=[DEGREE, letter]) == {
        ("documents[1].issued_on", "employer_letter_too_old")
    }


def test_uploaded_files_are_looked_at(policy: Policy) -> None:
    """One that is not here is a problem; one that nobody scanned, a doubt."""
    uploaded = {**LETTER, "id": UPLOAD}
    known = DocumentOnHand(
        kind=DocumentKind.EMPLOYER_LETTER,
        state=DocumentState.READY,
        readable=True,
        sha256="cd" * 32,
        size_bytes=10,
        media_type="application/pdf",
        is_scanned=False,
    )

    found = says(
        policy, on_hand=DocumentsOnHand(by_id={UPLOAD: known}), documents=[uploaded, DEGREE]
    )

    assert codes(policy, documents=[uploaded, DEGREE]) == {("documents[0].id", "document_unknown")}
    assert found.is_valid
    assert found.normalised.documents[0].sha256 == "cd" * 32
    assert found.normalised.warnings == (Doubt("document_not_scanned", "documents[0].id"),)
