"""The shape of a submission, as a parser sees it."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from rules.profile_update.submission import ProfileUpdateSubmission
from rules.requests.submitted import MAX_TEXT

ADAPTER = TypeAdapter(ProfileUpdateSubmission)
LEAST: dict[str, Any] = {
    "registration_number": "12-345678",
    "confirmed_by_applicant": True,
    "idempotency_key": "sample-key-1",
}
CERTIFICATE = {"title": "t", "issuer": "i", "issued_on": "1446-01-01", "cpd_hours": "1.5"}


def test_a_submission_survives_json() -> None:
    """What is kept on the request's row is what was submitted."""
    submission = ADAPTER.validate_python(LEAST | {"certificates": [CERTIFICATE]})

    assert ADAPTER.validate_json(ADAPTER.dump_json(submission)) == submission


@pytest.mark.parametrize(
    "wrong",
    [
        {"unheard_of": 1},
        {"changes": {"first_name": "Sarah"}},
        {"changes": {"email": 5}},
        {"changes": {"address": "a" * (MAX_TEXT + 1)}},
        {"changes": []},
        {"registration_number": "1" * 10_000_000},
        {"certificates": [CERTIFICATE | {"grade": "A"}]},
        {"certificates": [CERTIFICATE | {"cpd_hours": "NaN"}]},
        {"certificates": {}},
        {"documents": [{"kind": "passport"}]},
        {"preferred_language": "fr"},
        {"confirmed_by_applicant": None},
        {"changes": {"address": "\ud800"}},
    ],
    ids=str,
)
def test_what_has_not_the_shape_is_refused(wrong: dict[str, Any]) -> None:
    """Unknown members, wrong types, endless texts, lone surrogates."""
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(LEAST | wrong)
