"""An update with a new e-mail address is sent when its code was typed, and not before."""

import pytest

from desk.drafts.addresses import CodeState
from desk.drafts.correcting import begin_correction
from desk.drafts.reviewing import review
from desk.drafts.sending import DraftRefused, send
from desk.drafts.update import look
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from desk.requests.withdrawal import withdraw
from models.requests import Request
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.codes import asked, codes_of, found, put, typed
from support.people import Applicant, contact_change, specialty_change
from support.requests import NOW, request_at_gate, returned_request


async def sent(person: Applicant) -> Request:
    page = await look(person.registration_number, now=NOW)
    assert page.draft is not None
    return await send(
        person.registration_number,
        draft_id=page.draft.id,
        version=page.draft.version,
        confirmed=True,
        now=NOW,
    )


async def refusals(person: Applicant) -> list[str]:
    with pytest.raises(DraftRefused) as refused:
        await sent(person)
    return [each.problem.code for each in refused.value.problems]


async def test_an_update_with_a_new_address_waits_for_its_code(person: Applicant, new: str) -> None:
    """Before it nothing is sent, whatever a page says; after it the request is as ever."""
    code = await asked(person, new)

    before = await review(await look(person.registration_number, now=NOW), now=NOW)
    refused = await refusals(person)
    assert await typed(person, code) == ""
    after = await review(await look(person.registration_number, now=NOW), now=NOW)
    request = await sent(person)

    assert [(one.part, one.box) for one in before.problems] == [("contact", "email")]
    assert (before.address_is_confirmed, after.address_is_confirmed) == (False, True)
    assert refused == ["email_not_confirmed"]
    assert request.submission["changes"]["email"] == new
    assert await codes_of(person.registration_number) == []


async def test_another_address_is_not_confirmed(person: Applicant, new: str) -> None:
    """Changed and changed back, it waits for a new code; the same address written anew does not."""
    code = await asked(person, new)
    assert await typed(person, code) == ""

    await put(person, email=f" {new.replace('example', 'EXAMPLE')} ", mobile="0551112233")
    same = (await found(person)).state
    await put(person, email=f"x.{new}")
    other = (await found(person)).state
    await put(person, email=new)
    back = (await found(person)).state

    assert (same, other, back) == (CodeState.CONFIRMED, CodeState.NONE, CodeState.NONE)
    assert await refusals(person) == ["email_not_confirmed"]


async def test_what_is_handed_in_without_a_draft_needs_no_code(person: Applicant, new: str) -> None:
    """A command, a file and a program have nobody to ask; also where somebody writes beside it."""
    await put(person, email=new)
    wish = contact_change(
        registration_number=person.registration_number,
        idempotency_key=person.registration_number,
        changes={"email": new},
    )

    assert (await accept(Kind.PROFILE_UPDATE, wish, now=NOW)).status == Status.SUBMITTED


async def test_a_correction_waits_for_the_code_of_an_address_that_it_brings(
    person: Applicant, new: str
) -> None:
    """Not for the one that the request had: it was confirmed then, or came by a command."""
    code = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=person.registration_number,
            idempotency_key=person.registration_number,
            changes={"specialty": "critical care nursing", "email": new},
        )
    )
    fields = ["specialty", "email"]
    ruling = Ruling(verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=fields)
    await decide(code, ruling, now=NOW)
    await begin_correction(person.registration_number, code, now=NOW)
    as_it_was = await review(await look(person.registration_number, now=NOW), now=NOW)
    confirmation = await asked(person, f"x.{new}")
    refused = await refusals(person)
    assert await typed(person, confirmation) == ""
    request = await sent(person)

    assert as_it_was.address_is_confirmed is None
    assert "email_not_confirmed" not in [one.problem.code for one in as_it_was.problems]
    assert refused == ["email_not_confirmed"]
    assert request.tracking_code == code


async def test_what_is_begun_anew_in_the_same_row_is_confirmed_anew(
    person: Applicant, new: str
) -> None:
    """A correction whose request was withdrawn is no draft any more; its code confirms nothing."""
    code = await request_at_gate(
        specialty_change(
            NOW.date(),
            registration_number=person.registration_number,
            idempotency_key=person.registration_number,
        )
    )
    ruling = Ruling(
        verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=["specialty"]
    )
    await decide(code, ruling, now=NOW)
    await begin_correction(person.registration_number, code, now=NOW)
    assert await typed(person, await asked(person, new)) == ""
    await withdraw(code, now=NOW)

    await put(person, email=new)

    assert (await found(person)).state is CodeState.NONE


async def test_a_correction_in_the_same_row_is_confirmed_anew(person: Applicant, new: str) -> None:
    """What was being written, and confirmed, when a command's request was returned, is gone."""
    assert await typed(person, await asked(person, new)) == ""
    code = await returned_request(person.registration_number)
    await begin_correction(person.registration_number, code, now=NOW)

    await put(person, email=new)

    assert (await found(person)).state is CodeState.NONE
