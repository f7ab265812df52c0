"""Prefect's Resume form."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.requests.review import Ruling, decide
from desk.requests.waiting import load_request
from flows.review_form import (
    Answer,
    ReviewDecision,
    decide_by_answer,
    describe_gate,
    review_form,
)
from models.database import transaction
from models.requests import Decision, find_request
from rules.findings.doubts import IDENTITY_NUMBER_HELD, Doubt
from rules.register.fields import Field
from rules.requests.review import WANT_A_NOTE, RejectionReason, ReturnReason
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from support.people import NOURA, register_people
from support.policies import FORM_DECIDES, policy_with
from support.requests import NOW, request_at_gate
from tasks.runs.record import forget_pause


@pytest.fixture
async def code(database: str, tmp_path: Path) -> AsyncIterator[str]:
    """A request at the gate, where policy lets the form decide."""
    with policy_with(tmp_path, FORM_DECIDES):
        await register_people()
        yield await request_at_gate()


def filled_in(shown_in: int = 1, **answer: Any) -> Answer:
    """A form that was shown in this round and filled in so."""
    return Answer(answer, shown_in)


APPROVES = {"decision": "approve", "officer": "amal"}


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

    assert request.review_due_at is not None
    said = describe_gate(request, refusal=None, now=request.review_due_at + timedelta(seconds=1))

    assert "overdue" in said


async def test_every_coded_reason_is_on_the_form() -> None:
    """The lists cannot drift apart; what refers to a note is not offered where none is written."""
    offered = set(ReviewDecision.model_json_schema()["$defs"]["Reason"]["enum"])

    reasons = {*map(str, ReturnReason), *map(str, RejectionReason)}
    assert offered == {"none", *(reasons - set(WANT_A_NOTE))}


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

    refusal = await decide_by_answer(request, filled_in(**answer), now=datetime.now(UTC))

    assert refusal
    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def test_an_answer_carried_out_twice_is_harmless(code: str) -> None:
    """A run that died after deciding reads the same answer again."""
    request = await load_request(code)

    first = await decide_by_answer(request, filled_in(**APPROVES), now=NOW)
    second = await decide_by_answer(request, filled_in(**APPROVES), now=NOW)

    assert first is None
    assert second is not None
    assert (await load_request(code)).status == Status.APPROVED


async def test_an_answer_about_another_round_is_refused(code: str) -> None:
    """What the officer saw has changed: the request was computed afresh meanwhile."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).round = 2
    request = await load_request(code)

    refusals = [await decide_by_answer(request, filled_in(**APPROVES), now=NOW) for _ in range(2)]

    assert all(refusals)
    assert (await load_request(code)).status == Status.UNDER_REVIEW
    assert await decide_by_answer(request, filled_in(2, **APPROVES), now=NOW) is None


async def test_four_eyes_are_never_those_of_the_form(code: str) -> None:
    """Not the first pair, not the second; and its description says so."""
    await needs_two_officers(code)
    request = await load_request(code)

    for officer in ("amal", "basim"):
        answer = filled_in(decision="approve", officer=officer)
        assert await decide_by_answer(request, answer, now=NOW)

    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    assert await decide_by_answer(request, filled_in(decision="approve", officer="basim"), now=NOW)
    assert (await load_request(code)).status == Status.UNDER_REVIEW
    said = describe_gate(request, refusal=None, now=NOW)
    assert "never stands for one of several" in said


async def test_an_answer_of_the_form_is_not_counted_when_two_are_needed_later(code: str) -> None:
    """However it came about: the desk's two officers are two."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.approvals_needed = 2
        session.add(
            Decision(
                request_id=request.id,
                round=request.round,
                officer="amal",
                verdict=Verdict.APPROVE,
                origin=Origin.PREFECT_FORM,
                decided_at=NOW,
            )
        )

    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)

    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def needs_two_officers(code: str) -> None:
    """As a change of the identity number does."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2


async def test_there_is_no_form_where_the_desk_decides(code: str, tmp_path: Path) -> None:
    """Off by policy, or for four eyes: what waits is described, and where to decide."""
    request = await load_request(code)
    form = review_form(request, refusal=None, now=NOW)
    assert form is not None
    assert form.model_fields.keys() >= {"decision"}

    with policy_with(tmp_path):
        assert review_form(request, refusal=None, now=NOW) is None
        said = describe_gate(request, refusal=None, now=NOW)
        assert "at the review desk only" in said
        assert f"`mumaris request decide {code} --approve" in said
    with policy_with(tmp_path, FORM_DECIDES):
        await needs_two_officers(code)
        assert review_form(await load_request(code), refusal=None, now=NOW) is None


async def test_switched_off_the_form_decides_nothing(code: str, tmp_path: Path) -> None:
    """Not even where an answer of it came to the door."""
    request = await load_request(code)

    with policy_with(tmp_path):
        refusal = await decide_by_answer(request, filled_in(**APPROVES), now=NOW)

    assert refusal == f"request {code} is decided at the review desk only"
    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def test_an_answer_is_taken_once(code: str) -> None:
    """Of two runs that find it, one gets it."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).pause_key = "review-round1-1"

    taken = [await forget_pause(code, "review-round1-1") for _ in range(2)]

    assert taken == [True, False]
