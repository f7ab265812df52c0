"""The gate as it may hang on a wall."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from desk.cases.gate import gate_of, queue, read_gate
from desk.requests.claims import claim
from desk.requests.review import Ruling, decide
from desk.requests.waiting import load_request
from models.database import transaction
from models.requests import RequestUnknown, find_request
from rules.findings.doubts import IDENTITY_NUMBER_HELD, Doubt
from rules.register.fields import Field
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from support.cards import give_card, renewal
from support.people import NOURA, RAHUL, employer_letter, register_people, specialty_change
from support.requests import NOW, request_at_gate

APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def of_rahul() -> str:
    """Another request at the gate, of somebody else."""
    letter = employer_letter(NOW.date())
    change = specialty_change(
        NOW.date(),
        registration_number=RAHUL["registration_number"],
        idempotency_key="rahul-specialty",
        documents=[letter, letter | {"kind": "residence_card", "expires_on": "2028-01-01"}],
    )
    return await request_at_gate(change)


async def needs(code: str, approvals: int) -> None:
    """So many officers must approve the request."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = approvals


async def test_the_gate_says_what_waits_and_why_and_until_when() -> None:
    """A specialty and a certificate: one officer, since its validation, due by policy."""
    code = await request_at_gate()

    [gate] = await queue(now=NOW)

    row = await load_request(code)
    assert (gate.tracking_code, gate.kind, gate.round) == (code, Kind.PROFILE_UPDATE, 1)
    assert gate.reasons == ("specialty_or_rank_changed", "certificates_added")
    assert (gate.waiting_since, gate.due_at) == (row.status_since, row.review_due_at)
    assert (gate.approvals, gate.approvals_needed, gate.approvals_missing) == (0, 1, 1)
    assert (gate.claimed_by, gate.doubts) == (None, ())


async def test_a_renewal_stands_in_the_same_queue() -> None:
    """With its own kind and reason."""
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))
    code = await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)

    [gate] = await queue(now=NOW)

    assert (gate.tracking_code, gate.kind) == (code, Kind.CARD_RENEWAL)
    assert gate.reasons == ("policy_asks_for_officer",)


async def test_the_most_urgent_stands_first_in_the_queue() -> None:
    """By the due date, then by the code; what has left the gate is not in it."""
    first, second = await request_at_gate(), await of_rahul()
    async with transaction() as session:
        row = await find_request(session, second)
        assert row.review_due_at is not None
        row.review_due_at -= timedelta(days=1)
    before = [gate.tracking_code for gate in await queue(now=NOW)]

    await decide(second, APPROVE, now=NOW)

    after = [gate.tracking_code for gate in await queue(now=NOW)]
    assert (before, after) == ([second, first], [first])


async def test_approvals_are_counted_by_request_and_round() -> None:
    """One of two has approved; the other request has none, nor has the next round."""
    code, other = await request_at_gate(), await of_rahul()
    await needs(code, 2)
    await decide(code, APPROVE, now=NOW)

    counted = {gate.tracking_code: gate for gate in await queue(now=NOW)}
    async with transaction() as session:
        (await find_request(session, code, lock=True)).round += 1
    again = await read_gate(code, now=NOW)

    assert (counted[code].approvals, counted[code].approvals_missing) == (1, 1)
    assert (counted[other].approvals, again.approvals) == (0, 0)


async def test_whoever_claims_it_is_named() -> None:
    """By the user name, which is no personal data."""
    code = await request_at_gate()

    await claim(code, "amal", now=NOW)

    assert (await read_gate(code, now=NOW)).claimed_by == "amal"


async def test_a_gate_is_overdue_from_its_instant_on() -> None:
    """Not before, and never without a due date."""
    gate = gate_of(await load_request(await request_at_gate()), approvals=0)
    assert gate.due_at is not None

    assert not gate.is_overdue(gate.due_at - timedelta(seconds=1))
    assert gate.is_overdue(gate.due_at)
    assert not replace(gate, due_at=None).is_overdue(NOW + timedelta(days=900))


async def test_nothing_is_missing_where_more_have_approved_than_were_needed() -> None:
    """Policy may ask for fewer by now."""
    gate = gate_of(await load_request(await request_at_gate()), approvals=3)

    assert gate.approvals_missing == 0


async def test_a_doubt_stands_there_without_what_it_stands_against() -> None:
    """Its code and its field: whose number it is stays in the case."""
    row = await load_request(await request_at_gate())
    doubt = Doubt(IDENTITY_NUMBER_HELD, Field.IDENTITY_NUMBER, RAHUL["registration_number"])
    row.normalised = {**row.normalised, "warnings": [doubt.to_json(), "of_before"]}

    gate = gate_of(row, approvals=0)

    assert gate.doubts == (
        Doubt(IDENTITY_NUMBER_HELD, Field.IDENTITY_NUMBER),
        Doubt("of_before", ""),
    )


async def test_the_gate_holds_nobody_s_data() -> None:
    """It may hang on a wall: nothing on file, nothing that was asked for."""
    await request_at_gate()

    [gate] = await queue(now=NOW)

    told = str(asdict(gate))
    personal = [str(value) for name, value in NOURA.items() if name not in {"rank", "nationality"}]
    asked_for = ["critical care nursing", "Critical care course", "Saudi Heart Association"]
    assert [each for each in (*personal, *asked_for) if each in told] == []


async def test_a_code_that_nobody_has_is_said() -> None:
    """As everywhere."""
    with pytest.raises(RequestUnknown):
        await read_gate("K7Q2-M9XD", now=NOW)
