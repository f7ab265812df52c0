"""Prefect's Resume form."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.waiting import load_request
from flows.review_form import ReviewDecision, decide_by_answer, describe_gate
from rules.doubts import IDENTITY_NUMBER_HELD, Doubt
from rules.fields import Field
from rules.review import RejectionReason, ReturnReason
from rules.statuses import Status
from support.people import NOURA, register_people
from support.requests import NOW, request_at_gate


@pytest.fixture
async def code(database: str) -> str:
    await register_people()
    return await request_at_gate()


async def test_the_description_says_what_waits_and_why_and_until_when(code: str) -> None:
    """Codes, counts and days; nobody's name."""
    request = await load_request(code)

    said = describe_gate(request, refusal=None, now=NOW)

    assert code in said
    assert "one officer" in said
    assert "The specialty or the rank changes." in said
    assert "due by the end of" in said
    assert not any(NOURA[name] in said for name in NOURA if "_name_" in name)
    assert not any(NOURA[name] in said for name in ("identity_number", "mobile", "email"))


async def test_the_description_names_each_doubt_and_no_value(code: str) -> None:
    """An officer knows where to look; whose number it is stays with us."""
    request = await load_request(code)
    doubt = Doubt(IDENTITY_NUMBER_HELD, Field.IDENTITY_NUMBER, NOURA["registration_number"])
    request.normalised = {**request.normalised, "warnings": [doubt.to_json(), "unlabelled"]}

    said = describe_gate(request, refusal=None, now=NOW)

    assert "Doubt: identity_number_held (identity_number)" in said
    assert "Doubt: unlabelled" in said
    assert NOURA["registration_number"] not in said


async def test_a_late_review_is_called_overdue(code: str) -> None:
    """Operations see it without counting days."""
    request = await load_request(code)

    said = describe_gate(request, refusal=None, now=NOW + timedelta(days=30))

    assert "overdue" in said


async def test_every_coded_reason_is_on_the_form() -> None:
    """The lists cannot drift apart."""
    offered = set(ReviewDecision.model_json_schema()["$defs"]["Reason"]["enum"])

    assert offered == {"none", *map(str, ReturnReason), *map(str, RejectionReason)}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"decision": "maybe", "officer": "amal"},
        {"decision": "approve", "officer": "<b>"},
        {"decision": "approve", "officer": "amal", "note": "free text"},
        {"decision": "reject", "officer": "amal"},
        {"decision": "return", "officer": "amal", "reason": "unclear"},
    ],
)
async def test_an_answer_that_cannot_be_is_refused_with_a_reason(
    code: str, answer: dict[str, str]
) -> None:
    """The gate asks again and says why; the request stays where it is."""
    request = await load_request(code)

    refusal = await decide_by_answer(request, answer, now=datetime.now(UTC))

    assert refusal
    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def test_an_answer_carried_out_twice_is_harmless(code: str) -> None:
    """A run that died after deciding reads the same answer again."""
    request = await load_request(code)
    answer = {"decision": "approve", "officer": "amal"}

    first = await decide_by_answer(request, answer, now=NOW)
    second = await decide_by_answer(request, answer, now=NOW)

    assert first is None
    assert second is not None
    assert (await load_request(code)).status == Status.APPROVED
