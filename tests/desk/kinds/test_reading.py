"""Reading what people and programs hand in."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.kinds.card_renewal import CARD_RENEWAL
from desk.kinds.profile_update import PROFILE_UPDATE
from desk.kinds.reading import SubmissionRefused, read_json
from rules.card_renewal.submission import CardRenewalSubmission
from rules.profile_update.submission import ProfileChanges, ProfileUpdateSubmission
from rules.requests.submitted import MAX_TEXT, Certificate

LEAST = {
    "registration_number": "20-150004",
    "confirmed_by_applicant": True,
    "idempotency_key": "sample-key-1",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


def problems(text: str) -> list[tuple[str, str]]:
    """What is refused in this text, as (field, code)."""
    with pytest.raises(SubmissionRefused) as refused:
        read_json(text.encode(), most_bytes=10_000)
    return [(found.field, found.code) for found in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"changes": {}, "changes": {}}', ["changes"]),
        ('{"changes": {"mobile": "1", "mobile": "1"}}', ["mobile"]),
        ('{"a": [{"b": 1, "b": 2, "c": 3, "c": 4}], "a": 1}', ["b", "c", "a"]),
        ('{"\\u202e": 1, "\\u202e": 2}', ["submission"]),
    ],
)
def test_a_name_that_is_there_twice_is_refused_by_its_name(text: str, fields: list[str]) -> None:
    """At any depth, all of them; a name that may be an attack is not repeated."""
    assert problems(text) == [(field, "name_repeated") for field in fields]


@given(st.dictionaries(st.text(max_size=5), JSON))
def test_every_other_object_is_read_as_it_is(document: dict[str, object]) -> None:
    """Looking for repeated names changes nothing."""
    assert read_json(json.dumps(document).encode(), most_bytes=100_000) == document


@pytest.mark.parametrize(
    ("typed", "hours"), [("١٢٫٥", "12.5"), ("\u200e6", "6"), ("6.50", "6.50"), (6.5, "6.5")]
)
def test_hours_are_read_in_any_digits(typed: object, hours: str) -> None:
    """As an Arabic keyboard types them, with the marks of where they were copied."""
    certificate = {"title": "t", "issuer": "i", "issued_on": "2025-01-01", "cpd_hours": typed}

    read = PROFILE_UPDATE.read({**LEAST, "certificates": [certificate]})

    assert PROFILE_UPDATE.to_json(read)["certificates"][0]["cpd_hours"] == hours


@pytest.mark.parametrize("entries", [None, "x", [1], [{"cpd_hours": "x"}], [{"cpd_hours": []}]])
def test_entries_of_another_shape_are_refused(entries: object) -> None:
    """Each misfit is a problem, whatever stands in its place."""
    with pytest.raises(SubmissionRefused):
        PROFILE_UPDATE.read({**LEAST, "certificates": entries})


@pytest.mark.parametrize(
    ("members", "field", "code"),
    [
        ({"registration_number": 20150004}, "registration_number", "wrong_type"),
        ({"idempotency_key": "k" * (MAX_TEXT + 1)}, "idempotency_key", "too_long"),
        ({"changes": "0551112233"}, "changes", "wrong_type"),
        ({"changes": ProfileChanges(mobile=966551112233)}, "changes.mobile", "wrong_type"),  # type: ignore[arg-type]  # what no type checker saw
        ({"certificates": ("x",)}, "certificates.0", "wrong_type"),
        (
            {
                "certificates": (
                    Certificate(title="t", issuer="i", issued_on="x", cpd_hours=Decimal("NaN")),
                )
            },
            "certificates.0.cpd_hours",
            "wrong_type",
        ),
    ],
)
def test_what_a_program_made_is_read_as_any_other(
    members: dict[str, Any], field: str, code: str
) -> None:
    """Python makes one of these of anything; what it is is looked at here, at any depth."""
    made = ProfileUpdateSubmission(**LEAST | members)

    with pytest.raises(SubmissionRefused) as refused:
        PROFILE_UPDATE.read(made)

    assert [(found.field, found.code) for found in refused.value.problems] == [(field, code)]


def test_a_wish_of_another_kind_is_refused() -> None:
    """Whoever holds the handle of a profile update cannot make a renewal of it."""
    with pytest.raises(SubmissionRefused):
        PROFILE_UPDATE.read(CardRenewalSubmission(**LEAST))


@pytest.mark.parametrize("kind", [PROFILE_UPDATE, CARD_RENEWAL], ids=lambda kind: kind.kind)
def test_what_is_kept_is_read_back_the_same(kind: Any) -> None:
    """From the row a later step reads what the door read."""
    read = kind.read(LEAST)

    assert kind.read(kind.to_json(read)) == read == kind.read(read)
