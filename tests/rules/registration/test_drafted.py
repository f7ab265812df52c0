"""What somebody types page by page becomes one submission, and a submission becomes pages again."""

from pydantic import TypeAdapter

from rules.findings.problems import problem
from rules.registration.drafted import (
    Chapter,
    boxes_in,
    certificates_in,
    content_of,
    drafted_parts,
    names_of,
    next_certificate,
    registration_of,
)
from rules.registration.submission import RegistrationSubmission
from rules.values.document_kind import DocumentKind

_DAY = {"issued_on-day": "1", "issued_on-month": "6", "issued_on-year": "2020"}
CONTENT = {
    "person": {
        "first_name_ar": "ليلى",
        "family_name_ar": "الحربي",
        "first_name_en": "Layla",
        "family_name_en": "Alharbi",
        "birth_date-day": "1",
        "birth_date-month": "رمضان",
        "birth_date-year": "1412",
        "birth_date-calendar": "hijri",
    },
    "identity_details": {
        "identity_number": "1098765432",
        "identity_kind": "national_id",
        "nationality": "SA",
    },
    "contact": {"mobile": "0501234567", "address": "1 Olaya Street"},
    "degree": {"title": "Bachelor of nursing", "issuer": "A university", **_DAY},
    "professional": {"category": "nursing", "specialty": "Nursing", "rank": "Specialist"},
    "employer": {"employer": "A hospital"},
    "certificate-2": {"title": "Second", "issuer": "A board", **_DAY, "cpd_hours": "7.5"},
    "certificate-10": {"title": "Tenth", "issuer": "A board", **_DAY, "cpd_hours": "many"},
    "employer_letter": {"issuer": "A hospital", **_DAY, "id": "a" * 32},
}


CONTENT_DOCUMENT = {
    "kind": "employer_letter",
    "issuer": "A hospital",
    "issued_on": "2020-6-1 AD",
    "id": "a" * 32,
}


def made(content: dict[str, dict[str, str]] = CONTENT) -> dict[str, object]:
    """The submission of this content."""
    return registration_of(
        content, email="layla@example.org", language="ar", confirmed=True, idempotency_key="draft-1"
    ).document


def test_every_page_has_its_place_in_the_submission() -> None:
    """Nothing that was typed is left out, and the address is that by which somebody came in."""
    read = TypeAdapter(RegistrationSubmission).validate_python(made())

    assert read.profile.first_name_ar == "ليلى"
    assert read.profile.birth_date == "1412-9-1 AH"
    assert read.profile.email == "layla@example.org"
    assert (read.category, read.qualification.title) == ("nursing", "Bachelor of nursing")
    assert [one.title for one in read.certificates] == ["Second", "Tenth"]
    assert [str(one.cpd_hours) for one in read.certificates] == ["7.5", "-1"]
    assert [(one.kind, one.id) for one in read.documents] == [("employer_letter", "a" * 32)]


def test_what_is_not_written_yet_is_empty_and_can_be_judged() -> None:
    """So that the rules say all that is missing at once."""
    read = TypeAdapter(RegistrationSubmission).validate_python(made({}))

    assert (read.profile.first_name_ar, read.category, read.documents) == ("", "", ())


def test_each_problem_is_put_right_on_one_page() -> None:
    """By the part, and the box or all of it."""
    drafted = registration_of(
        CONTENT, email="l@example.org", language="ar", confirmed=True, idempotency_key="draft-1"
    )
    places = {
        "first_name_en": ("person", "first_name_en"),
        "profile.birth_date": ("person", "birth_date"),
        "email": ("contact", "email"),
        "category": ("professional", "category"),
        "qualification": ("degree", ""),
        "qualification.title": ("degree", "title"),
        "certificates[1].cpd_hours": ("certificate-10", "cpd_hours"),
        "certificates.0": ("certificate-2", ""),
        "documents[0].issued_on": ("employer_letter", "issued_on"),
        "certificates[2].title": None,
        "documents": None,
        "confirmed_by_applicant": None,
    }

    found = {field: drafted.place_of(problem("empty", field)) for field in places}

    assert found == places
    missing = problem("medical_report_missing", "documents", age=65)
    assert drafted.place_of(missing) == ("medical_report", "")


def test_what_was_submitted_becomes_the_same_pages() -> None:
    """A correction begins with it; the parts are counted anew."""
    document = TypeAdapter(RegistrationSubmission).dump_python(
        TypeAdapter(RegistrationSubmission).validate_python(made()), mode="json"
    )

    content = content_of(document)

    again = made(content)
    assert {**again, "documents": []} == {**made(), "documents": []}
    assert again["documents"] == [{**CONTENT_DOCUMENT, "media_type": "application/pdf"}]
    assert content["person"]["birth_date-calendar"] == "hijri"
    assert drafted_parts(document).certificates == ("certificate-1", "certificate-2")
    assert certificates_in(content) == ("certificate-1", "certificate-2")
    assert drafted_parts(document).documents == ("employer_letter",)


def test_of_a_certificate_only_its_activity_code_may_be_left_out() -> None:
    """An empty box of another name is something that is missing."""
    empty = {"title": " ", "activity_code": " ", "cpd_hours": "1"}

    found = registration_of(
        {"certificate-1": empty, "certificate-2": {**empty, "activity_code": "CPD-1"}},
        email="layla@example.org",
        language="ar",
        confirmed=True,
        idempotency_key="draft-1",
    )

    nothing = {"title": " ", "issuer": "", "issued_on": "", "cpd_hours": "1"}
    assert found.document["certificates"] == [nothing, {**nothing, "activity_code": "CPD-1"}]


def test_a_certificate_more_follows_the_last_one() -> None:
    """Also where one between was taken out."""
    assert next_certificate(CONTENT) == "certificate-11"
    assert next_certificate({}) == "certificate-1"
    assert certificates_in(CONTENT) == ("certificate-2", "certificate-10")


def test_no_group_has_the_name_of_a_document() -> None:
    """Both are parts of one draft."""
    assert not set(Chapter) & set(DocumentKind)


def test_every_page_has_boxes() -> None:
    """Of a day four, and of a document its particulars."""
    assert set(Chapter) <= CONTENT.keys()
    assert all(names_of(section) for section in Chapter)
    assert "birth_date-calendar" in boxes_in("person")
    assert "expires_on-year" in boxes_in("employer_letter")
    assert boxes_in("certificate-1")[-1] == "activity_code"
