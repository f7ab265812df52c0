"""What a renewal does to a card, and what it withstands."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from desk.kinds.reading import SubmissionRefused
from desk.register.cards import extend_cards
from desk.requests.activation import use
from desk.requests.link_views import LinkState
from desk.requests.review import ReasonMissing, Ruling, decide
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from desk.requests.submission import accept, resubmit
from desk.requests.waiting import load_request
from models.cards import Card
from models.database import transaction
from models.letters import Letter
from models.links import ActivationLink, LinkPurpose
from models.practitioners import CpdEntry, find_practitioner
from models.requests import Decision, Request, RequestEvent, history
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import card_of, give_card, periods, renewal
from support.people import NOURA, contact_change, register_people
from support.requests import NOW, awaiting_activation, request_awaiting_activation, token_of
from tasks.steps.validation import validate

TODAY = NOW.date()
NUMBER = NOURA["registration_number"]
EXPIRY = TODAY + timedelta(days=30)
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NUMBER, expires_on=EXPIRY)


async def at_gate() -> str:
    """Noura's renewal, waiting for an officer."""
    request = await accept(Kind.CARD_RENEWAL, renewal(TODAY), now=NOW)
    await validate.task.fn(request.tracking_code)
    assert (await load_request(request.tracking_code)).status == Status.UNDER_REVIEW
    return request.tracking_code


async def approved() -> tuple[str, str]:
    """Noura's renewal, waiting for its link; its code and a token."""
    code = await at_gate()
    await decide(code, APPROVE, now=NOW)
    await awaiting_activation(code)
    return code, await token_of(await load_request(code))


async def extended(by: int) -> None:
    """The authority lets the card expire so many days later."""
    to = EXPIRY + timedelta(days=by)
    await extend_cards(first=EXPIRY, last=EXPIRY, to=to, actor="ops", now=NOW)


async def events_of(code: str) -> list[RequestEvent]:
    """The request's history."""
    async with transaction() as session:
        return await history(session, (await load_request(code)).id)


async def suspend() -> None:
    """The authority takes the card out of use."""
    async with transaction() as session:
        await session.exec(update(Card).values(status="suspended"))


async def test_activation_gives_the_card_its_new_period_and_keeps_the_old() -> None:
    """Two years from the day after the old expiry."""
    code, token = await approved()

    view = await use(token, LinkPurpose.ACTIVATE, now=NOW)

    history_of_card = await periods(NUMBER)
    card = await card_of(NUMBER)
    assert view.state is LinkState.USED
    assert (card.valid_from, card.expires_on) == (date(2026, 12, 24), date(2028, 12, 23))
    assert [(one.made_by, one.expires_on) for one in history_of_card] == [
        ("loaded", EXPIRY),
        ("renewed", date(2028, 12, 23)),
    ]
    assert history_of_card[-1].request_id == (await load_request(code)).id


async def test_twenty_uses_of_the_link_at_once_renew_once() -> None:
    """One period, and the same friendly answer for everybody."""
    _, token = await approved()

    views = await asyncio.gather(*(use(token, LinkPurpose.ACTIVATE, now=NOW) for _ in range(20)))

    assert {view.state for view in views} == {LinkState.USED}
    assert len(await periods(NUMBER)) == 2


async def test_of_two_renewals_of_one_card_at_once_one_wins() -> None:
    """The other is told that one is open."""
    outcomes = await asyncio.gather(
        *(
            accept(Kind.CARD_RENEWAL, renewal(TODAY, idempotency_key=f"the-key-{n}"), now=NOW)
            for n in range(10)
        ),
        return_exceptions=True,
    )

    refused = [one for one in outcomes if isinstance(one, SubmissionRefused)]
    assert len(refused) == 9
    assert {found.code for one in refused for found in one.problems} == {"request_already_open"}


async def test_the_same_renewal_at_once_is_one_request() -> None:
    """It does not stand in its own way."""
    requests = await asyncio.gather(
        *(accept(Kind.CARD_RENEWAL, renewal(TODAY), now=NOW) for _ in range(20))
    )

    assert len({request.tracking_code for request in requests}) == 1


async def test_a_profile_update_of_the_same_person_goes_on_beside_it() -> None:
    """Both links are used at the same moment; both are in force."""
    code, token = await approved()
    other, other_token = await request_awaiting_activation(contact_change())

    await asyncio.gather(
        use(token, LinkPurpose.ACTIVATE, now=NOW), use(other_token, LinkPurpose.ACTIVATE, now=NOW)
    )

    async with transaction() as session:
        noura = await find_practitioner(session, NUMBER)
    assert {(await load_request(one)).status for one in (code, other)} == {Status.ACTIVATED}
    assert noura.mobile == "+966551112233"
    assert len(await periods(NUMBER)) == 2


async def test_a_card_extended_at_the_gate_is_computed_afresh_and_the_officer_is_told() -> None:
    """The first approval is refused and nothing is decided; looked at again, it is approved."""
    code = await at_gate()
    await extended(by=20)

    shown = await load_request(code)
    with pytest.raises(ChangedSinceReview, match=code) as refused:
        await decide(code, APPROVE, now=NOW)
    request = await load_request(code)
    assert refused.value.tracking_code == code
    assert request.round == shown.round + 1
    assert request.review_reasons == shown.review_reasons != []
    again = await decide(code, APPROVE, now=NOW)

    assert request.status == Status.UNDER_REVIEW
    assert request.normalised["old_expires_on"] == (EXPIRY + timedelta(days=20)).isoformat()
    assert again is Status.APPROVED
    assert [event.what for event in await events_of(code)].count("plan_changed") == 1
    async with transaction() as session:
        assert len((await session.exec(select(Decision))).all()) == 1


async def test_an_approval_of_what_was_shown_before_does_not_count() -> None:
    """Four eyes: after the extension both officers look at the renewal again."""
    code = await at_gate()
    async with transaction() as session:
        await session.exec(update(Request).values(approvals_needed=2))
    first = await decide(code, APPROVE, now=NOW)
    await extended(by=20)

    with pytest.raises(ChangedSinceReview):
        await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
    second = await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
    third = await decide(code, APPROVE, now=NOW)

    assert (first, second, third) == (Status.UNDER_REVIEW, Status.UNDER_REVIEW, Status.APPROVED)


async def test_an_extension_and_an_activation_at_once_are_both_kept() -> None:
    """Whichever comes first, the periods follow each other."""
    _, token = await approved()

    await asyncio.gather(extended(by=40), use(token, LinkPurpose.ACTIVATE, now=NOW))

    made_by = [one.made_by for one in await periods(NUMBER)]
    assert made_by in (["loaded", "extended", "renewed"], ["loaded", "renewed"])
    assert (await card_of(NUMBER)).expires_on >= date(2028, 12, 23)


async def test_a_card_suspended_at_the_gate_cannot_be_approved() -> None:
    """The officer is told why; the request can be rejected."""
    code = await at_gate()
    await suspend()

    with pytest.raises(NotApprovable, match="suspended") as refused:
        await decide(code, APPROVE, now=NOW)
    assert refused.value.tracking_code == code
    assert "card_suspended" in {found.code for found in refused.value.problems}
    assert code in str(refused.value)
    no = Ruling(verdict=Verdict.REJECT, officer="amal", reason_code="not_eligible")

    assert await decide(code, no, now=NOW) is Status.REJECTED


async def submitted() -> str:
    """Noura's renewal before its run has looked at it."""
    return (await accept(Kind.CARD_RENEWAL, renewal(TODAY), now=NOW)).tracking_code


async def returned() -> str:
    """Noura's renewal, returned for another letter."""
    code = await at_gate()
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="unclear",
        fields=[Correctable("documents")],
    )
    await decide(code, ruling, now=NOW)
    return code


@pytest.mark.parametrize("stage", [submitted, at_gate, returned])
async def test_a_renewal_goes_on_when_its_card_is_extended_beyond_its_window(
    stage: Callable[[], Awaitable[str]],
) -> None:
    """It came in time; the authority's gift takes it from nobody, wherever it waits."""
    code = await stage()
    await extended(by=300)

    if stage is returned:
        await resubmit(code, renewal(TODAY, preferred_language="ar"), now=NOW)
    if stage is not at_gate:
        await validate.task.fn(code)
    else:
        with pytest.raises(ChangedSinceReview):
            await decide(code, APPROVE, now=NOW)
    assert await decide(code, APPROVE, now=NOW) is Status.APPROVED
    await awaiting_activation(code)
    await use(await token_of(await load_request(code)), LinkPurpose.ACTIVATE, now=NOW)

    assert (await card_of(NUMBER)).valid_from == EXPIRY + timedelta(days=301)


async def test_a_new_renewal_of_an_extended_card_is_too_early() -> None:
    """Only who had applied before goes on."""
    await extended(by=300)

    with pytest.raises(SubmissionRefused) as refused:
        await submitted()

    assert [found.code for found in refused.value.problems] == ["renewal_too_early"]


@pytest.mark.parametrize("days", [0, 1, 40])
async def test_a_renewal_submitted_in_time_leaves_no_day_without_a_card(days: int) -> None:
    """However long after the expiry it is activated."""
    _, token = await approved()
    later = NOW + timedelta(days=30 + days)
    async with transaction() as session:
        await session.exec(update(ActivationLink).values(expires_at=later + timedelta(days=1)))

    await use(token, LinkPurpose.ACTIVATE, now=later)

    card = await card_of(NUMBER)
    assert (card.valid_from, card.expires_on) == (EXPIRY + timedelta(days=1), date(2028, 12, 23))


async def test_a_card_extended_after_the_approval_is_renewed_from_its_new_expiry() -> None:
    """No day that the authority gave is lost."""
    _, token = await approved()
    await extended(by=40)

    await use(token, LinkPurpose.ACTIVATE, now=NOW)

    card = await card_of(NUMBER)
    assert card.valid_from == EXPIRY + timedelta(days=41)
    assert [one.made_by for one in await periods(NUMBER)] == ["loaded", "extended", "renewed"]


async def test_hours_that_came_in_before_the_activation_count() -> None:
    """Approved for one year because of short hours; by the activation they are complete."""
    async with transaction() as session:
        await session.exec(update(CpdEntry).values(hours=Decimal(12)))
    _, token = await approved()
    async with transaction() as session:
        await session.exec(update(CpdEntry).values(hours=Decimal(30)))

    await use(token, LinkPurpose.ACTIVATE, now=NOW)

    assert (await card_of(NUMBER)).expires_on == date(2028, 12, 23)


async def test_a_card_suspended_after_the_approval_is_not_renewed() -> None:
    """The link is closed, the request withdrawn on behalf of operations, with the reason."""
    code, token = await approved()
    await suspend()

    view = await use(token, LinkPurpose.ACTIVATE, now=NOW)

    last = (await events_of(code))[-1]
    assert view.state is LinkState.CLOSED
    assert (last.what, last.actor_kind, last.reason_code) == (
        Status.WITHDRAWN,
        "operations",
        "card_suspended",
    )
    assert len(await periods(NUMBER)) == 1


async def test_all_problems_are_told_at_the_door() -> None:
    """Nothing is kept."""
    await suspend()
    wrong = renewal(TODAY, documents=[], confirmed_by_applicant=False)

    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.CARD_RENEWAL, wrong, now=NOW)

    assert {found.code for found in refused.value.problems} == {
        "card_suspended",
        "employer_letter_missing",
        "not_confirmed",
    }


async def test_somebody_without_a_card_is_told_so() -> None:
    """Rahul is on the register, and no card of his is on file."""
    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.CARD_RENEWAL, renewal(TODAY, registration_number="30207788"), now=NOW)

    assert [found.code for found in refused.value.problems] == ["card_unknown"]


async def test_a_renewal_is_not_returned_for_what_it_cannot_correct() -> None:
    """A mobile number is no part of it."""
    code = await at_gate()
    ruling = Ruling(
        verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=[Field.MOBILE]
    )

    with pytest.raises(ReasonMissing, match="documents"):
        await decide(code, ruling, now=NOW)


async def test_the_letter_of_an_activated_renewal_tells_the_validity() -> None:
    """Stored as days; said in both calendars by its template."""
    code, token = await approved()

    await use(token, LinkPurpose.ACTIVATE, now=NOW)

    async with transaction() as session:
        query = select(Letter.facts).where(
            col(Letter.letter) == "activated",
            col(Letter.request_id) == (await load_request(code)).id,
        )
        facts = (await session.exec(query)).one()
    assert facts["card_validity"] == {"valid_from": "2026-12-24", "valid_until": "2028-12-23"}
