"""Hostile strings in every place of a registration never pass, and raise nothing but problems."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.policy.policy import Policy
from rules.register.fields import Field
from rules.registration.submission import NewProfile, Qualification, RegistrationSubmission
from rules.registration.validation import RegistrationValidation, validate_registration
from rules.requests.submitted import Certificate, Document
from rules.values.document_kind import DocumentKind
from support.hostile import HOSTILE
from support.newcomers import LAYLA

TODAY = date(2026, 11, 23)
QUALIFICATION = Qualification(title="t", issuer="i", issued_on="2019-06-20")
CERTIFICATE = Certificate(title="t", issuer="i", issued_on="2026-01-01", cpd_hours=Decimal(1))
LETTER = Document(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="Eastern Hospital",
    issued_on="2026-11-01",
    sha256="ab" * 32,
)
DEGREE = replace(LETTER, kind=DocumentKind.QUALIFICATION, issuer="i", issued_on="2019-06-20")
ENTRIES: list[tuple[str, Any, list[str]]] = [
    ("certificates", CERTIFICATE, ["title", "issuer", "issued_on", "activity_code"]),
    ("documents", LETTER, ["issuer", "issued_on", "expires_on", "id", "sha256", "media_type"]),
]
PLACES = [(name, entry, member) for name, entry, members in ENTRIES for member in members]
GIVEN = st.text(max_size=80)


def says(
    policy: Policy, profile: dict[str, str] | None = None, **more: Any
) -> RegistrationValidation:
    """What the rules say of a good registration with this profile and these members."""
    good: dict[str, Any] = {
        "category": "nursing",
        "qualification": QUALIFICATION,
        "documents": (LETTER, DEGREE),
        "confirmed_by_applicant": True,
        "idempotency_key": "layla-registers-1",
    }
    submission = RegistrationSubmission(
        profile=NewProfile(**(LAYLA | (profile or {}))), **(good | more)
    )
    return validate_registration(submission, today=TODAY, policy=policy)


def places(found: RegistrationValidation) -> set[str]:
    """Of its problems."""
    return {each.field for each in found.problems}


def test_what_the_others_change_is_valid(policy: Policy) -> None:
    """So that a problem is of what was changed."""
    assert says(policy).is_valid


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("field", Field)
def test_a_hostile_string_is_a_problem_of_its_field(
    policy: Policy, field: Field, hostile: str
) -> None:
    """In all that a person says of themselves; it is not kept, and not quoted."""
    found = says(policy, {field.value: hostile})

    assert field in places(found)
    assert field not in found.normalised.profile
    assert all(hostile not in each.sentence.en for each in found.problems)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("member", [each.name for each in fields(Qualification)])
def test_a_hostile_string_is_a_problem_of_the_qualification(
    policy: Policy, member: str, hostile: str
) -> None:
    """Of its title, of who gave it, and of its day; then there is none."""
    found = says(policy, qualification=replace(QUALIFICATION, **{member: hostile}))

    assert f"qualification.{member}" in places(found)
    assert found.normalised.qualification is None


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("member", ["category", "idempotency_key"])
def test_a_hostile_string_around_it_is_a_problem(policy: Policy, member: str, hostile: str) -> None:
    """In what is asked for, and in what says which request it is."""
    assert member in places(says(policy, **{member: hostile}))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    ("name", "entry", "member"), PLACES, ids=[f"{name}.{member}" for name, _, member in PLACES]
)
def test_a_hostile_string_in_an_entry_is_a_problem_of_its_place(
    policy: Policy, name: str, entry: Any, member: str, hostile: str
) -> None:
    """In every text of every certificate and document."""
    found = says(policy, **{name: (replace(entry, **{member: hostile}),)})

    assert f"{name}[0].{member}" in places(found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([field.value for field in Field]), GIVEN))
def test_no_text_raises_anything_but_problems(policy: Policy, profile: dict[str, str]) -> None:
    """Whatever is typed into whichever fields; and what is accepted is accepted again."""
    found = says(policy, profile)
    again = says(policy, {field.value: text for field, text in found.normalised.profile.items()})

    for field, text in found.normalised.profile.items():
        assert again.normalised.profile[field] == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(category=GIVEN, title=GIVEN, issuer=GIVEN, day=GIVEN, key=GIVEN)
def test_what_is_around_it_raises_nothing_but_problems(
    policy: Policy, category: str, title: str, issuer: str, day: str, key: str
) -> None:
    """And it is valid only with a category, a whole qualification and a key."""
    typed = Qualification(title=title, issuer=issuer, issued_on=day)

    found = says(policy, category=category, qualification=typed, idempotency_key=key)

    made = found.normalised
    assert found.is_valid <= (made.category is not None and made.qualification is not None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(DocumentKind), max_size=6), st.dates(), GIVEN)
def test_whichever_documents_are_offered_only_problems_come_of_it(
    policy: Policy, kinds: list[DocumentKind], day: date, issuer: str
) -> None:
    """Of any kinds and day; without an employer's letter and a qualification none is valid."""
    offered = tuple(
        replace(LETTER, kind=kind, issuer=issuer, issued_on=day.isoformat()) for kind in kinds
    )

    found = says(policy, documents=offered)

    assert found.is_valid <= (
        {DocumentKind.EMPLOYER_LETTER, DocumentKind.QUALIFICATION} <= set(kinds)
    )
