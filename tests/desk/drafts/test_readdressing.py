"""A request whose address was mistyped is withdrawn and written anew: the wrong mailbox is left."""

import asyncio

import pytest

from desk.cases.own import own_request
from desk.drafts.addresses import CodeState
from desk.drafts.correcting import begin_correction
from desk.drafts.keeping import PartUnknown
from desk.drafts.readdressing import address_of_link, may_readdress, write_anew
from desk.drafts.sending import DraftRefused, send
from desk.drafts.update import look, save
from desk.requests.activation import NothingToResend, resend, use
from desk.requests.link_views import LinkState
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from desk.requests.withdrawal import WithdrawalTooLate, withdraw
from models.links import LinkPurpose
from rules.requests.events import EventName
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.codes import asked, found, put, typed
from support.people import Applicant, contact_change, register_applicant, specialty_change
from support.requests import NOW, request_at_gate, request_awaiting_activation, token_of


def wish(person: Applicant, **changes: str) -> dict[str, object]:
    """A submission of theirs with these changes, as a command hands it in."""
    return contact_change(
        registration_number=person.registration_number,
        idempotency_key=person.registration_number,
        changes={"mobile": "0551112233", **changes},
    )


async def approved(person: Applicant, new: str) -> tuple[str, str]:
    """A request by command whose activation link is in the wrong mailbox, and the link's token."""
    return await request_awaiting_activation(wish(person, email=new))


async def content(person: Applicant) -> dict[str, dict[str, str]]:
    """What the draft holds."""
    written = await look(person.registration_number, now=NOW)
    return {part: dict(boxes) for part, boxes in written.content.items() if boxes}


async def test_the_wrong_mailbox_gains_nothing(person: Applicant, new: str) -> None:
    """Neither the link nor another one opens anything; nothing of the request is in force."""
    code, token = await approved(person, new)
    before = await person.on_file()
    address = await address_of_link(code)

    await write_anew(person.registration_number, code, now=NOW)
    view = await use(token, LinkPurpose.ACTIVATE, now=NOW)

    assert address == new
    assert (view.state, view.can_resend) == (LinkState.CLOSED, False)
    with pytest.raises(NothingToResend):
        await resend(code, now=NOW)
    after = await person.on_file()
    assert (after.email, after.mobile, after.version) == (
        before.email,
        before.mobile,
        before.version,
    )


async def test_what_was_submitted_is_a_draft_of_a_new_request(person: Applicant, new: str) -> None:
    """With the right address and its code it is sent; officers see it as any other."""
    code, _ = await approved(person, f"wrong.{new}")
    await write_anew(person.registration_number, code, now=NOW)
    draft = await content(person)
    assert await typed(person, await asked(person, new)) == ""
    written = await look(person.registration_number, now=NOW)
    assert written.draft is not None
    request = await send(
        person.registration_number,
        draft_id=written.draft.id,
        version=written.draft.version,
        confirmed=True,
        now=NOW,
    )

    assert draft == {"contact": {"mobile": "0551112233", "email": f"wrong.{new}"}}
    assert request.tracking_code != code
    assert (request.status, request.reference_number) == (Status.SUBMITTED, None)
    assert request.submission["changes"]["email"] == new
    assert request.submission["changes"]["mobile"] == "0551112233"


async def test_sent_as_it_is_it_waits_for_a_code(person: Applicant, new: str) -> None:
    """A command's request was held to none; its draft is."""
    code, _ = await approved(person, new)
    await write_anew(person.registration_number, code, now=NOW)
    written = await look(person.registration_number, now=NOW)
    assert written.draft is not None

    with pytest.raises(DraftRefused) as refused:
        await send(
            person.registration_number,
            draft_id=written.draft.id,
            version=written.draft.version,
            confirmed=True,
            now=NOW,
        )

    assert [each.problem.code for each in refused.value.problems] == ["email_not_confirmed"]


async def test_pressed_again_it_is_the_same(person: Applicant, new: str) -> None:
    """At once and later: the draft stays as it was saved since."""
    code, _ = await approved(person, new)
    await asyncio.gather(*(write_anew(person.registration_number, code, now=NOW) for _ in range(3)))
    await put(person, mobile="0559998877")

    await write_anew(person.registration_number, code, now=NOW)

    assert (await content(person))["contact"]["mobile"] == "0559998877"
    assert (await load_request(code)).status == Status.WITHDRAWN


async def test_of_the_link_and_the_owner_one_comes_first(person: Applicant, new: str) -> None:
    """Pressed in the same moment, the request is in force or withdrawn, never both."""
    code, token = await approved(person, new)

    ended = await asyncio.gather(
        use(token, LinkPurpose.ACTIVATE, now=NOW),
        write_anew(person.registration_number, code, now=NOW),
        return_exceptions=True,
    )

    request = await load_request(code)
    in_force = (await person.on_file()).email == new
    assert in_force == (request.status == Status.ACTIVATED)
    assert isinstance(ended[1], WithdrawalTooLate) == in_force
    assert bool(await content(person)) != in_force


async def test_what_is_in_force_is_not_written_anew(person: Applicant, new: str) -> None:
    """For that the address before has a link of its own."""
    code, token = await approved(person, new)
    await use(token, LinkPurpose.ACTIVATE, now=NOW)

    with pytest.raises(WithdrawalTooLate):
        await write_anew(person.registration_number, code, now=NOW)

    assert await content(person) == {}
    assert not may_readdress(await load_request(code))


async def test_a_request_of_somebody_else_is_not_there(person: Applicant, new: str) -> None:
    """It stays as it is."""
    other = await register_applicant()
    code, _ = await approved(other, new)

    with pytest.raises(PartUnknown):
        await write_anew(person.registration_number, code, now=NOW)

    assert (await load_request(code)).status == Status.AWAITING_ACTIVATION


async def test_before_the_approval_too_where_it_brings_an_address(
    person: Applicant, new: str
) -> None:
    """One without is withdrawn or waited for; nothing of it goes to a wrong mailbox."""
    request = await accept(Kind.PROFILE_UPDATE, wish(person, email=new), now=NOW)
    other = await register_applicant()
    without = await accept(Kind.PROFILE_UPDATE, wish(other), now=NOW)

    assert may_readdress(request)
    assert not may_readdress(without)
    with pytest.raises(WithdrawalTooLate):
        await write_anew(other.registration_number, without.tracking_code, now=NOW)
    await write_anew(person.registration_number, request.tracking_code, now=NOW)
    assert (await content(person))["contact"]["email"] == new


async def test_where_the_address_stays_the_link_may_be_in_a_dead_mailbox(person: Applicant) -> None:
    """So one that changes the mobile number alone can be written anew with an address."""
    code, _ = await request_awaiting_activation(wish(person))

    assert await address_of_link(code) == person.email
    await write_anew(person.registration_number, code, now=NOW)
    assert await content(person) == {"contact": {"mobile": "0551112233"}}


async def test_what_was_typed_to_correct_it_is_kept(person: Applicant, new: str) -> None:
    """A returned request with a correction begun: the draft goes on as one of a new request."""
    code = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=person.registration_number,
            idempotency_key=person.registration_number,
            changes={"specialty": "critical care", "email": new},
        )
    )
    marked = ["specialty"]
    ruling = Ruling(verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=marked)
    await decide(code, ruling, now=NOW)
    await begin_correction(person.registration_number, code, now=NOW)
    page = await look(person.registration_number, now=NOW)
    await save(
        person.registration_number,
        "professional",
        page.boxes_of("professional") | {"specialty": "intensive care"},
        seen=page.seen,
        now=NOW,
    )

    await write_anew(person.registration_number, code, now=NOW)

    written = await look(person.registration_number, now=NOW)
    assert written.corrects is None
    assert written.content["professional"]["specialty"] == "intensive care"
    assert written.content["contact"]["email"] == new


async def test_an_applicant_withdraws_nothing_else_after_the_approval(
    person: Applicant, new: str
) -> None:
    """The table lets them for this alone: what was paid for is not given up by a button."""
    code, _ = await approved(person, new)

    with pytest.raises(WithdrawalTooLate):
        await withdraw(code, now=NOW)


async def test_the_history_says_why(person: Applicant, new: str) -> None:
    """By its code; the notice's link at the address on file opens nothing any more either."""
    code, _ = await approved(person, new)
    request = await load_request(code)
    stop = await token_of(request, LinkPurpose.STOP)

    await write_anew(person.registration_number, code, now=NOW)

    assert (await use(stop, LinkPurpose.STOP, now=NOW)).state is LinkState.CLOSED
    last = (await own_request(request.practitioner_id, code)).happened[-1]
    assert (last.event, last.reason_code) == (EventName.WITHDRAWN, "address_corrected")


async def test_what_was_confirmed_in_another_draft_is_confirmed_anew(
    person: Applicant, new: str
) -> None:
    """The draft was being written when a command's request came; the row is the same."""
    assert await typed(person, await asked(person, new)) == ""
    code, _ = await approved(person, f"wrong.{new}")
    await write_anew(person.registration_number, code, now=NOW)

    await put(person, email=new)

    assert (await found(person)).state is CodeState.NONE
