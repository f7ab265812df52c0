"""Reading JSON from people."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.kinds.profile_update import as_submitted, read_profile_update
from desk.kinds.reading import SubmissionRefused, read_json

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

    read = read_profile_update({**LEAST, "certificates": [certificate]})

    assert as_submitted(read)["certificates"][0]["cpd_hours"] == hours


@pytest.mark.parametrize("entries", [None, "x", [1], [{"cpd_hours": "x"}], [{"cpd_hours": []}]])
def test_entries_of_another_shape_are_refused(entries: object) -> None:
    """Each misfit is a problem, whatever stands in its place."""
    with pytest.raises(SubmissionRefused):
        read_profile_update({**LEAST, "certificates": entries})
