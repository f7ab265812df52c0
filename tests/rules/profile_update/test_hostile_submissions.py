"""Hostile strings in every field never pass, and raise nothing but problems."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.register.fields import Field
from rules.requests.submitted import Certificate, Document, Experience
from rules.values.document_kind import DocumentKind
from support.hostile import HOSTILE
from support.judge import Judge

CERTIFICATE = Certificate(title="t", issuer="i", issued_on="2025-01-01", cpd_hours=Decimal(1))
EXPERIENCE = Experience(employer="e", role="r", started_on="2025-01-01", ended_on="2025-02-01")
DOCUMENT = Document(
    kind=DocumentKind.OTHER,
    issuer="i",
    issued_on="2025-01-01",
    expires_on="2027-01-01",
    sha256="00" * 32,
)
ENTRIES: list[tuple[str, Any, list[str]]] = [
    ("certificates", CERTIFICATE, ["title", "issuer", "issued_on", "activity_code"]),
    ("experience", EXPERIENCE, ["employer", "role", "started_on", "ended_on"]),
    ("documents", DOCUMENT, ["issuer", "issued_on", "expires_on", "id", "sha256", "media_type"]),
]
PLACES = [(name, entry, member) for name, entry, members in ENTRIES for member in members]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("field", Field)
def test_a_hostile_string_is_a_problem_of_its_field(
    judge: Judge, field: Field, hostile: str
) -> None:
    """In every field that can be changed; and it is not kept, and not quoted."""
    validation = judge.says({field.value: hostile})

    assert field in {found.field for found in validation.problems}
    assert validation.normalised.changes == {}
    assert all(hostile not in found.sentence.en for found in validation.problems)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    ("name", "entry", "member"), PLACES, ids=[f"{name}.{member}" for name, _, member in PLACES]
)
def test_a_hostile_string_in_an_entry_is_a_problem_of_its_place(
    judge: Judge,
    name: str,
    entry: Any,
    member: str,
    hostile: str,
) -> None:
    """In every text of every certificate, experience and document."""
    found = judge.codes({"address": "x"}, **{name: (replace(entry, **{member: hostile}),)})

    assert f"{name}[0].{member}" in {field for field, _ in found}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("member", ["registration_number", "idempotency_key"])
def test_a_hostile_string_around_the_request_is_a_problem(
    judge: Judge, member: str, hostile: str
) -> None:
    """In what says who asks, and which request it is."""
    found = judge.codes({"address": "x"}, **{member: hostile})

    assert member in {field for field, _ in found}


def test_every_text_of_an_entry_is_tried() -> None:
    """A new member joins the list above."""
    numbers = {"cpd_hours", "kind", "size_bytes"}
    for _, entry, members in ENTRIES:
        assert {member.name for member in fields(entry)} - numbers == set(members)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([field.value for field in Field]), st.text(max_size=80)))
def test_no_text_raises_anything_but_problems(judge: Judge, changes: dict[str, str]) -> None:
    """Whatever is typed into whichever fields; and what is accepted is accepted again."""
    validation = judge.says(changes)
    again = judge.says({field.value: text for field, text in validation.normalised.changes.items()})

    assert again.normalised.changes == validation.normalised.changes
