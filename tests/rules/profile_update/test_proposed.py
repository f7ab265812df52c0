"""A profile update as an officer reads it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from rules.findings.doubts import Doubt
from rules.profile_update.normalised import NormalisedUpdate
from rules.profile_update.proposed import proposed_update
from rules.register.fields import Field
from rules.register.official_record import OfficialRecord
from rules.register.profile import ProfileOnFile
from rules.requests.activities import CertificateOnRequest, ExperienceOnRequest
from rules.requests.documents import DocumentOnRequest
from rules.requests.proposed import Change
from rules.values.document_kind import DocumentKind
from support.people import NOURA

DAY = date(2026, 3, 15)
LETTER = DocumentOnRequest(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="x",
    issued_on=DAY,
    expires_on=None,
    sha256="ab" * 32,
    size_bytes=None,
    media_type="application/pdf",
)
ON_FILE = ProfileOnFile(**{name: NOURA[name] for name in ProfileOnFile.__dataclass_fields__})
OFFICIAL = OfficialRecord(
    identity_number="1000000008",
    nationality="SA",
    birth_date=date(1988, 4, 18),
    family_name_en="AL-ḤARBI",
)


def update(changes: dict[Field, str], *doubts: Doubt) -> NormalisedUpdate:
    """What the rules made of these changes."""
    return NormalisedUpdate(
        registration_number=NOURA["registration_number"],
        changes=changes,
        certificates=(),
        experience=(),
        documents=(),
        preferred_language=None,
        warnings=doubts,
    )


def test_changes_stand_in_the_order_of_the_fields() -> None:
    """However they were typed; each with what is on file."""
    changes = {Field.SPECIALTY: "pharmacy", Field.MOBILE: "+966551112233"}

    found = proposed_update(update(changes), ON_FILE, None)

    assert found.changes == (
        Change(Field.MOBILE, "+966501234567", "+966551112233", None),
        Change(Field.SPECIALTY, "nursing", "pharmacy", None),
    )
    assert found.facts == ()


def test_what_is_added_stands_beside_the_changes() -> None:
    """Certificates, experience and documents."""
    course = CertificateOnRequest(
        title="Course", issuer="x", issued_on=DAY, cpd_hours=Decimal(3), activity_code=None
    )
    post = ExperienceOnRequest(
        employer="x", role="nurse", started_on=DAY, ended_on=None, cpd_hours=Decimal(0)
    )
    added = replace(update({}), certificates=(course,), experience=(post,), documents=(LETTER,))

    found = proposed_update(added, ON_FILE, None)

    assert (found.certificates, found.experience) == ((course,), (post,))
    assert found.documents == (LETTER,)


def test_the_official_record_answers_for_its_own_fields_alone() -> None:
    """A part that it does not hold is not there; nor is a mobile number."""
    changes = {
        Field.FAMILY_NAME_EN: "Alharbi",
        Field.FAMILY_NAME_AR: "الحربي",
        Field.BIRTH_DATE: "1988-04-19",
        Field.IDENTITY_KIND: "iqama",
        Field.MOBILE: "+966551112233",
    }

    found = proposed_update(update(changes), ON_FILE, OFFICIAL)

    assert {change.field: change.official for change in found.changes} == {
        Field.FAMILY_NAME_AR: None,
        Field.FAMILY_NAME_EN: "AL-ḤARBI",
        Field.IDENTITY_KIND: None,
        Field.BIRTH_DATE: "1988-04-18",
        Field.MOBILE: None,
    }


def test_a_doubt_stands_beside_the_value_as_it_would_be() -> None:
    """Also of a field that stays as it is; one about no field has no value."""
    doubts = (
        Doubt("official_record_spelling", Field.FAMILY_NAME_EN, "AL-ḤARBI"),
        Doubt("official_record_hijri_day", Field.BIRTH_DATE, "1988-04-18"),
        Doubt("employer_letter_of_another", "documents[0].issuer"),
    )

    found = proposed_update(update({Field.FAMILY_NAME_EN: "Alharbi"}, *doubts), ON_FILE, OFFICIAL)

    assert [raised.doubt for raised in found.doubts] == list(doubts)
    assert [raised.requested for raised in found.doubts] == ["Alharbi", "1988-04-17", ""]
