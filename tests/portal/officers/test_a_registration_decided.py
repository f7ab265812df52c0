"""A first registration on the review desk's pages."""

import httpx
import pytest

from desk.requests.waiting import load_request
from rules.requests.statuses import Status
from support.at_the_desk import boxes_of, decided, landed, taken
from support.newcomers import known_officially, registration_at_gate
from support.portal import Clock
from support.staff import Staff

VERDICTS = [
    ("approve", {}, Status.APPROVED),
    (
        "return",
        {"field-qualification": "yes", "field-employer": "yes", "reason": "unclear", "note": "Why"},
        Status.RETURNED,
    ),
    ("reject", {"reason": "other_see_note", "note": "Not this time."}, Status.REJECTED),
]


@pytest.mark.parametrize(("verdict", "fields", "status"), VERDICTS)
async def test_it_is_decided_as_any_other_case(
    browser: httpx.AsyncClient,
    clock: Clock,
    officer: Staff,
    verdict: str,
    fields: dict[str, str],
    status: Status,
) -> None:
    """Each e-mail is shown first; whoever is written to has no account yet."""
    await known_officially()
    code = await registration_at_gate()
    case = await taken(browser)

    answer = await decided(browser, case, verdict, fields)
    await landed(browser, clock)

    assert officer
    assert answer.status_code == 303, answer.text
    assert (await load_request(code)).status == status


async def test_its_documents_are_what_has_to_be_ticked(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Everything is new: what the official record says of a person is not looked at once more."""
    await known_officially()
    await registration_at_gate()
    case = await taken(browser)

    shown = (await browser.get(f"{case}?lang=en")).text

    assert officer
    assert set(boxes_of(shown)) == {"documents[0]", "documents[1]"}
    assert "Bachelor of Nursing" in shown
    assert "May be the same person" not in shown
