"""Open requests judged by two policies."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.comparing import requests as comparing
from desk.comparing.requests import ComparedRequests, compare_requests
from desk.policy import current_policy
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from models.cards import find_card
from models.database import transaction
from models.documents.documents import lock_uploads
from models.practitioners import find_practitioner
from models.requests import Request
from rules.policy.policy import Policy
from rules.policy.terms import Difference, Tally
from rules.register.fields import Group
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from support.cards import give_card, register_holder, renewal
from support.naming import naming, ready
from support.people import (
    NOURA,
    contact_change,
    employer_letter,
    register_applicant,
    register_people,
    specialty_change,
)
from support.policies import frozen_policy
from support.requests import (
    NOW,
    request_at_gate,
    request_awaiting_activation,
    returned_request,
)

TODAY = NOW.date()
POLICY = frozen_policy()
NUMBER = NOURA["registration_number"]


def with_approvals(group: Group, number: int) -> Policy:
    """The tests' policy, but that this group needs so many officers."""
    approvals: Mapping[Group, int] = {**POLICY.review.approvals, group: number}
    return replace(POLICY, review=replace(POLICY.review, approvals=approvals))


def with_renewals(**changes: Any) -> Policy:
    """The tests' policy with these numbers of renewals."""
    return replace(POLICY, renewal=replace(POLICY.renewal, **changes))


def with_documents(**changes: Any) -> Policy:
    """The tests' policy with these numbers of documents."""
    return replace(POLICY, documents=replace(POLICY.documents, **changes))


async def compared(proposed: Policy, in_force: Policy = POLICY, **more: Any) -> ComparedRequests:
    """What differs now."""
    more = {"examples": 0, "step": lambda _: None, "now": NOW} | more
    return await compare_requests(in_force, proposed, **more)


async def updates(proposed: Policy, **more: Any) -> Tally:
    """What differs of the profile updates."""
    return (await compared(proposed, **more)).by_kind[Kind.PROFILE_UPDATE]


async def renewals(proposed: Policy, **more: Any) -> Tally:
    """What differs of the card renewals."""
    return (await compared(proposed, **more)).by_kind[Kind.CARD_RENEWAL]


async def submitted_contact_change() -> str:
    """Of somebody new; its code."""
    number = (await register_applicant()).registration_number
    wish = contact_change(registration_number=number, idempotency_key=number)
    return (await accept(Kind.PROFILE_UPDATE, wish, now=NOW)).tracking_code


async def submitted_renewal(**more: Any) -> str:
    """Of somebody new whose card expires in thirty days; its code."""
    holder = await register_holder(expires_on=TODAY + timedelta(days=30))
    number = holder.registration_number
    wish = renewal(TODAY, registration_number=number, idempotency_key=number, **more)
    return (await accept(Kind.CARD_RENEWAL, wish, now=NOW)).tracking_code


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def test_more_officers_for_contact_details_concern_who_changes_them() -> None:
    """Two of the three that are submitted; what the third needs stays."""
    codes = {await submitted_contact_change(), await submitted_contact_change()}
    await accept(Kind.PROFILE_UPDATE, specialty_change(TODAY), now=NOW)

    found = await updates(with_approvals(Group.CONTACT, 2), examples=5)

    assert (found.looked_at, found.differ) == (3, 2)
    assert found.by == {
        Difference("approvals", "0", "2"): 2,
        Difference("outcome", "no officer needed", "officers decide"): 2,
        Difference("reason:contact_changed", None, "given"): 2,
    }
    assert set(found.examples[Difference("approvals", "0", "2")]) == codes


async def test_what_officers_were_shown_keeps_the_approvals_that_it_needs() -> None:
    """They stand on its row; its due day does too."""
    await request_at_gate(specialty_change(TODAY))

    found = await compared(with_approvals(Group.PROFESSIONAL, 3))

    assert found.by_kind[Kind.PROFILE_UPDATE].looked_at == 1
    assert found.by_kind[Kind.PROFILE_UPDATE].differ == 0
    assert (found.with_fixed_day, found.approved) == (1, 0)


async def test_an_earlier_escalation_tells_operations_of_what_is_late_already() -> None:
    """Its due day stays; when operations hear of it does not."""
    due_at = (await load_request(await request_at_gate(specialty_change(TODAY)))).review_due_at
    assert due_at is not None
    days = POLICY.review.due_working_days
    at_once = replace(POLICY, review=replace(POLICY.review, escalate_after_working_days=days))

    late = await updates(at_once, now=due_at)
    in_time = await updates(at_once, now=due_at - timedelta(seconds=1))

    assert late.by == {Difference("escalated", None, "yes"): 1}
    assert in_time.differ == 0


async def test_a_renewal_that_would_be_computed_otherwise_is_shown_anew() -> None:
    """One year more than officers were shown, and its fee."""
    await give_card(NUMBER, expires_on=TODAY + timedelta(days=30))
    await request_at_gate(renewal(TODAY), kind=Kind.CARD_RENEWAL)

    found = await renewals(with_renewals(years=3))

    assert found.by == {
        Difference("fee", "240.00 SAR", "360.00 SAR"): 1,
        Difference("outcome", "stands as shown", "shown anew"): 1,
        Difference("years", "2", "3"): 1,
    }


async def test_the_bill_of_a_submitted_renewal_differs_with_its_fee() -> None:
    """And with whether it is paid first."""
    await submitted_renewal()
    fees = POLICY.renewal.fees
    rates = tuple(
        replace(rate, minor_units_a_year=rate.minor_units_a_year + 1000) for rate in fees.rates
    )
    dearer = with_renewals(fees=replace(fees, rates=rates))
    paid = replace(dearer, payment=replace(POLICY.payment, required_before_activation=True))

    found = await renewals(paid)

    assert found.by == {
        Difference("fee", "240.00 SAR", "260.00 SAR"): 1,
        Difference("paid_before_activation", "no", "yes"): 1,
    }


async def test_a_document_that_is_needed_no_more_differs() -> None:
    """For an update; where one is needed that is not there, it is returned for it."""
    await accept(Kind.PROFILE_UPDATE, specialty_change(TODAY), now=NOW)
    report = with_documents(medical_report_above_age_years=30)

    without_letter = await updates(with_documents(employer_letter_for=()))
    with_report = await updates(report)

    assert without_letter.by == {Difference("document:employer_letter", "needed", None): 1}
    assert with_report.by[Difference("problem:medical_report_missing", None, "found")] == 1
    assert with_report.by[Difference("outcome", "officers decide", "returned")] == 1


async def test_a_document_that_would_be_too_old_stands_against_an_approval() -> None:
    """An upload that officers have before them is judged once more when they approve."""
    upload = await ready()
    letter = naming(upload, issued_on=(TODAY - timedelta(days=80)).isoformat())
    await request_at_gate(specialty_change(TODAY, documents=[letter]))

    found = await updates(with_documents(employer_letter_max_age_months=1))

    assert found.by[Difference("problem:employer_letter_too_old", None, "found")] == 1
    assert found.by[Difference("outcome", "stands as shown", "cannot be approved")] == 1


async def test_a_returned_request_is_judged_as_if_it_were_sent_again_today() -> None:
    """Its letter has grown old since it was submitted."""
    await returned_request(NUMBER)
    later = NOW + timedelta(days=40)

    found = await updates(with_documents(employer_letter_max_age_months=1), now=later)

    assert found.by[Difference("problem:employer_letter_too_old", None, "found")] == 1
    assert found.by[Difference("outcome", "officers decide", "returned")] == 1


async def test_a_doubt_that_one_policy_lets_pass_is_a_problem_by_the_other() -> None:
    """A wrong check digit: an officer looks, or it is returned."""
    wish = specialty_change(TODAY, changes={"identity_number": "1000000001"})
    warns = replace(POLICY, identity=replace(POLICY.identity, luhn="warn"))
    async with transaction() as session:
        noura = await find_practitioner(session, NUMBER)
        session.add(_submitted(noura.id, wish))

    found = await updates(POLICY, in_force=warns)

    assert found.by[Difference("outcome", "officers decide", "returned")] == 1
    gone = {each.rule for each in found.by if each.proposed is None}
    come = {each.rule for each in found.by if each.in_force is None}
    assert any(rule.startswith("doubt:") for rule in gone)
    assert any(rule.startswith("problem:") for rule in come)


async def test_what_is_approved_keeps_what_it_was_approved_for() -> None:
    """It is counted, and not judged."""
    await request_awaiting_activation(contact_change())

    found = await compared(with_approvals(Group.CONTACT, 2))

    assert found.approved == 1
    assert all(tally.looked_at == 0 for tally in found.by_kind.values())


async def test_what_cannot_be_judged_is_a_problem_by_both() -> None:
    """A renewal without a card: no difference, and no fault."""
    async with transaction() as session:
        noura = await find_practitioner(session, NUMBER)
        session.add(_submitted(noura.id, renewal(TODAY), kind=Kind.CARD_RENEWAL))

    found = await renewals(with_renewals(years=3))

    assert (found.looked_at, found.differ) == (1, 0)


async def test_the_same_policy_treats_nothing_differently() -> None:
    """Whatever is open."""
    await _one_of_each()

    found = await compared(POLICY)

    assert sum(tally.looked_at for tally in found.by_kind.values()) == 4
    assert not any(tally.by for tally in found.by_kind.values())


async def test_the_other_way_round_is_the_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each kind; however small the pieces are, each request is looked at once."""
    await _one_of_each()
    other = replace(
        with_approvals(Group.CONTACT, 1),
        renewal=replace(POLICY.renewal, years=3),
        documents=replace(POLICY.documents, employer_letter_for=()),
    )
    monkeypatch.setattr(comparing, "_CHUNK", 1)

    there, back = await compared(other), await compared(POLICY, in_force=other)

    for kind in OF_PRACTITIONERS:
        mirrored = {
            Difference(each.rule, each.proposed, each.in_force): number
            for each, number in back.by_kind[kind].by.items()
        }
        assert there.by_kind[kind].by == mirrored
        assert there.by_kind[kind].differ == back.by_kind[kind].differ > 0


async def test_only_the_two_policies_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file in force is not read meanwhile, however deep the judge goes."""
    await _one_of_each()
    monkeypatch.setenv("MUMARIS_POLICY", str(Path("/nonexistent/policy.toml")))
    current_policy.cache_clear()

    found = await compared(with_renewals(years=3))

    assert found.by_kind[Kind.CARD_RENEWAL].differ == 1
    current_policy.cache_clear()


async def test_it_waits_for_nobody_and_holds_nobody_up() -> None:
    """Rows that it would lock at an approval are locked by others meanwhile."""
    upload = await ready()
    await request_at_gate(specialty_change(TODAY, documents=[naming(upload)]))
    await give_card(NUMBER, expires_on=TODAY + timedelta(days=30))
    await request_at_gate(renewal(TODAY), kind=Kind.CARD_RENEWAL)

    async with transaction() as session:
        noura = await find_practitioner(session, NUMBER, lock=True)
        assert await lock_uploads(session, [upload.id], noura.id)
        await find_card(session, noura.id, lock=True)
        found = await asyncio.wait_for(compared(with_renewals(years=3)), timeout=60)

    assert found.by_kind[Kind.CARD_RENEWAL].differ == 1


async def test_each_piece_is_told() -> None:
    """Together they are what was counted."""
    await _one_of_each()
    told: list[int] = []

    await compared(POLICY, step=told.append)

    assert sum(told) == 4


async def _one_of_each() -> None:
    await submitted_contact_change()
    await submitted_renewal(documents=[employer_letter(TODAY)])
    await request_at_gate(specialty_change(TODAY))
    await returned_request((await register_applicant()).registration_number)


def _submitted(person: Any, wish: dict[str, Any], kind: Kind = Kind.PROFILE_UPDATE) -> Any:
    """A row that was accepted while policy or the register was another one."""
    return Request(
        kind=kind,
        tracking_code="ABCD2345",
        practitioner_id=person,
        status=Status.SUBMITTED,
        idempotency_key="accepted-before",
        submission=wish,
        submitted_at=NOW,
        status_since=NOW,
    )
