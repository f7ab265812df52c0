"""What has changed since a request was returned, as `mumaris review show` tells it."""

import json

import pytest

from desk.requests.submission import resubmit
from support.people import employer_letter, specialty_change
from support.requests import NOW, request_at_gate, returned
from support.shell import mumaris
from support.signed_in import mumaris_as
from tasks.steps.validation import validate

pytestmark = pytest.mark.usefixtures("people")


async def test_a_correction_shows_what_was_asked_and_what_came_of_it() -> None:
    """In the text and in the JSON."""
    code = await request_at_gate()
    first = json.loads((await mumaris_as("amal", "review", "show", code, "--json")).stdout)
    await returned(code)
    letter = employer_letter(NOW.date()) | {"sha256": "cd" * 32}
    again = specialty_change(
        NOW.date(),
        idempotency_key="noura-again",
        changes={"specialty": "cardiology"},
        certificates=[],
        experience=[
            {
                "role": "Charge nurse",
                "employer": "King Fahad Hospital",
                "started_on": "2024-01-01",
                "cpd_hours": "3",
            }
        ],
        documents=[letter],
    )
    await resubmit(code, again, now=NOW)
    await validate.task.fn(code)

    text = (await mumaris_as("amal", "review", "show", code)).stdout
    since = json.loads((await mumaris_as("amal", "review", "show", code, "--json")).stdout)["since"]

    assert first["since"] is None
    assert (since["round"], since["returned_by"], since["note"]) == (1, "amal", "See page 2 <b>")
    assert [one["field"] for one in since["to_correct"]] == ["specialty"]
    assert since["changes"] == [
        {"field": "specialty", "before": "critical care nursing", "now": "cardiology"}
    ]
    assert [one["move"] for one in since["documents"]] == ["replaced"]
    assert [one["title"] for one in since["certificates_removed"]] == ["Critical care course"]
    for words in (
        "To be corrected after round 1",
        "Note to the applicant: See page 2 <b>",
        "Changed since round 1",
        "Critical care course, Saudi Heart Association",
        "Charge nurse, King Fahad Hospital",
        "employer letter (replaced)",
    ):
        assert words in text


async def test_a_correction_that_changes_nothing_says_so() -> None:
    """It was confirmed as it is."""
    code = await request_at_gate()
    await returned(code)
    await resubmit(code, specialty_change(NOW.date(), idempotency_key="noura-again"), now=NOW)
    await validate.task.fn(code)

    text = (await mumaris_as("amal", "review", "show", code)).stdout

    assert "Nothing has changed since round 1." in text
    assert "Changed since round 1" not in text
    assert (await mumaris("review", "queue")).exit_code == 0
