"""The e-mails that a decision would send, seen before."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from desk.requests.at_the_gate import ReviewAlreadyDecided
from desk.requests.emails_ahead import EmailAhead, emails_ahead
from desk.requests.review import AlreadyApprovedByOfficer, ReasonMissing, Ruling, decide
from mail.composing.rendering import render
from mail.facts.stored import facts_from_json
from mail.settings import MailSettings
from models.cases import letters_of
from models.database import transaction
from models.letters import Letter
from models.links import ActivationLink
from models.payments import Bill
from models.references import ReferenceCounter
from models.requests import Decision, RequestEvent, find_request
from rules.requests.review import RejectionReason, ReturnReason
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import give_card, renewal
from support.people import NOURA, register_people
from support.policies import policy_with
from support.requests import NOW, request_at_gate

APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code=ReturnReason.DIFFERS_FROM_DOCUMENT,
    note="See page 2 <b>",
    fields=["specialty"],  # type: ignore[list-item] # a field's own text
)
REJECT = Ruling(
    verdict=Verdict.REJECT, officer="amal", reason_code=RejectionReason.OTHER_SEE_NOTE, note="No"
)
TABLES: tuple[Any, ...] = (
    Letter,
    ActivationLink,
    Bill,
    ReferenceCounter,
    Decision,
    RequestEvent,
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def rows() -> list[int]:
    """How many rows there are of all that a decision writes."""
    async with transaction() as session:
        return [
            (await session.exec(select(func.count()).select_from(table))).one() for table in TABLES
        ]


async def sent(code: str, before: int) -> list[EmailAhead]:
    """What has been queued since, as the sender composes it."""
    async with transaction() as session:
        request = await find_request(session, code)
        letters = (await letters_of(session, request.id))[before:]
    return [
        EmailAhead(
            letter=one.letter,
            to_address=one.to_address,
            words=render(facts_from_json(one.letter, one.facts), MailSettings()),
        )
        for one in letters
    ]


@pytest.mark.parametrize("ruling", [RETURN, REJECT], ids=lambda ruling: ruling.verdict)
async def test_what_is_shown_is_what_leaves(ruling: Ruling) -> None:
    """To the letter, in both languages; looking changes nothing, however often."""
    code = await request_at_gate()
    before = await rows()

    shown = await emails_ahead(code, ruling, now=NOW)
    await emails_ahead(code, ruling, now=NOW)

    assert await rows() == before
    await decide(code, ruling, now=NOW)
    assert list(shown) == await sent(code, before[0])


async def test_an_approval_shows_what_the_pipeline_will_send() -> None:
    """With a mark for the number and the link that do not exist yet."""
    code = await request_at_gate()
    before = await rows()

    [shown] = await emails_ahead(code, APPROVE, now=NOW)

    assert shown.letter == "activation"
    assert "https://example.invalid/…" in shown.words.text
    assert "None" not in shown.words.text
    assert await rows() == before
    async with transaction() as session:
        request = await find_request(session, code)
        assert (request.status, request.reference_number) == (Status.UNDER_REVIEW, None)


async def test_a_first_approval_of_two_sends_nothing_yet() -> None:
    """The second one does."""
    code = await request_at_gate()
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2

    assert await emails_ahead(code, APPROVE, now=NOW) == ()
    await decide(code, APPROVE, now=NOW)
    with pytest.raises(AlreadyApprovedByOfficer):
        await emails_ahead(code, APPROVE, now=NOW)
    second = Ruling(verdict=Verdict.APPROVE, officer="basim")
    assert [one.letter for one in await emails_ahead(code, second, now=NOW)] == ["activation"]


async def test_what_would_be_refused_is_refused_before() -> None:
    """By the same words."""
    code = await request_at_gate()

    with pytest.raises(ReasonMissing):
        await emails_ahead(code, Ruling(verdict=Verdict.RETURN, officer="amal"), now=NOW)
    await decide(code, REJECT, now=NOW)
    with pytest.raises(ReviewAlreadyDecided):
        await emails_ahead(code, REJECT, now=NOW)


async def test_what_is_paid_first_shows_the_bill(tmp_path: Path) -> None:
    """Its amount, and no number: that is given out with the approval."""
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))
    code = await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)
    before = await rows()

    with policy_with(
        tmp_path, ("required_before_activation = false", "required_before_activation = true")
    ):
        [shown] = await emails_ahead(code, APPROVE, now=NOW)

    assert shown.letter == "payment_due"
    assert "SAR" in shown.words.text
    assert not re.search(r"\b(?:MCR|MPU)-|\b[0-9]{10}\b", shown.words.text)
    assert await rows() == before
