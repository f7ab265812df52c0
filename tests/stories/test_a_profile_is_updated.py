"""How a practitioner's profile is updated: the whole process, with nothing faked.

Read this first. Each story is one way through the pipeline, on a real PostgreSQL, a real Prefect
server with our worker, real SMTP, and a portal that answers real HTTP requests.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from flows import profile_update
from flows.profile_update import (
    Certificate,
    Document,
    ProfileChanges,
    ProfileUpdateSubmission,
)
from rules.requests.statuses import Status
from rules.values.document_kind import DocumentKind
from stack.running import RunningStack
from support.mailbox import Mailbox
from support.people import Applicant, register_applicant
from support.prefect_window import PrefectWindow

TODAY = datetime.now(UTC).date()


@pytest.fixture
async def applicant(running: RunningStack) -> Applicant:
    """Somebody who is on the register, and three officers."""
    return await register_applicant()


@pytest.fixture
def prefect(running: RunningStack) -> PrefectWindow:
    """What operations see in the Prefect UI."""
    return PrefectWindow(running.prefect_api_url)


async def press(link: str) -> httpx.Response:
    """Open the page of a link and press its button."""
    async with httpx.AsyncClient(follow_redirects=True, timeout=60) as browser:
        page = await browser.get(link)
        assert page.status_code == httpx.codes.OK
        return await browser.post(link, data={"sure": "yes"})


def new_mobile(applicant: Applicant) -> ProfileUpdateSubmission:
    """A wish that needs nobody but the applicant."""
    return ProfileUpdateSubmission(
        registration_number=applicant.registration_number,
        changes=ProfileChanges(mobile="055 111 2233"),
        preferred_language="en",
        confirmed_by_applicant=True,
        idempotency_key=f"mobile-{applicant.registration_number}",
    )


def new_specialty(applicant: Applicant, **more: Any) -> ProfileUpdateSubmission:
    """A wish that an officer decides on."""
    wish: dict[str, Any] = {
        "registration_number": applicant.registration_number,
        "changes": ProfileChanges(specialty="critical care nursing"),
        "certificates": (
            Certificate(
                title="Critical care course",
                issuer="Saudi Heart Association",
                issued_on=str(TODAY - timedelta(days=60)),
                cpd_hours=Decimal(11),
            ),
        ),
        "documents": (
            Document(
                kind=DocumentKind.EMPLOYER_LETTER,
                issuer="King Salman Hospital",
                issued_on=str(TODAY - timedelta(days=20)),
                sha256="ab" * 32,
            ),
        ),
        "preferred_language": "en",
        "confirmed_by_applicant": True,
        "idempotency_key": f"specialty-{applicant.registration_number}",
    }
    return ProfileUpdateSubmission(**(wish | more))


async def test_a_new_mobile_number_needs_only_the_applicant(
    applicant: Applicant, mailbox: Mailbox, prefect: PrefectWindow
) -> None:
    """Submit; the gate opens by policy; a letter; press its link; the number is in force."""
    request = await profile_update.submit(new_mobile(applicant))
    await request.wait_for(Status.AWAITING_ACTIVATION)

    letter = await mailbox.letter("activate", to=applicant.email, about=request.tracking_code)
    await press(letter.link("activate"))

    assert await request.wait_until_done() is Status.ACTIVATED
    assert (await applicant.on_file()).mobile == "+966551112233"
    assert await prefect.outcome_of(request.tracking_code) == "Activated"
    assert await prefect.events(request.tracking_code, last="mumaris.request.activated") == [
        "mumaris.request.submitted",
        "mumaris.request.approved",
        "mumaris.request.reference_issued",
        "mumaris.request.awaiting_activation",
        "mumaris.request.activated",
    ]


async def test_a_new_specialty_is_decided_by_an_officer(
    applicant: Applicant, mailbox: Mailbox, prefect: PrefectWindow
) -> None:
    """The run waits, suspended, until an officer approves; the hours are added on activation."""
    request = await profile_update.submit(new_specialty(applicant))
    assert await request.wait_until_gate() is Status.UNDER_REVIEW
    assert await prefect.waits_at("Suspended", request.tracking_code)

    await request.decide("approve", officer="amal")
    await request.wait_for(Status.AWAITING_ACTIVATION)
    letter = await mailbox.letter("activate", to=applicant.email, about=request.tracking_code)
    await press(letter.link("activate"))

    assert await request.wait_until_done() is Status.ACTIVATED
    assert (await applicant.on_file()).specialty == "critical care nursing"
    assert await applicant.cpd_hours() == 11
    assert (await request.look()).reference_number in letter.text
    assert await prefect.outcome_of(request.tracking_code) == "Activated"


async def test_an_officer_can_decide_in_the_prefect_ui(
    applicant: Applicant, prefect: PrefectWindow
) -> None:
    """The Resume form goes through the same door; what the door refuses is asked again."""
    request = await profile_update.submit(new_specialty(applicant))
    await request.wait_until_gate()

    asked = await prefect.resume(
        request.tracking_code, {"decision": "approve", "officer": "nobody-we-know"}
    )
    again = await prefect.resume(
        request.tracking_code, {"decision": "approve", "officer": "basim"}, after=asked
    )

    assert await request.wait_for(Status.AWAITING_ACTIVATION) is Status.AWAITING_ACTIVATION
    assert "no active officer has this user name" in again.description


async def test_a_returned_request_is_corrected_and_reviewed_again(
    applicant: Applicant, mailbox: Mailbox
) -> None:
    """The letter says what to correct; the same request goes on, with its history."""
    request = await profile_update.submit(new_specialty(applicant))
    await request.wait_until_gate()
    await request.decide("return", officer="amal", reason_code="unclear", fields=["specialty"])
    letters = await mailbox.count(2, to=applicant.email, about=request.tracking_code)
    assert "pecialty" in letters[-1].text

    corrected = new_specialty(applicant, changes=ProfileChanges(specialty="intensive care"))
    await request.resubmit(corrected)
    await request.wait_for(Status.UNDER_REVIEW)
    await request.decide("approve", officer="basim")

    await request.wait_for(Status.AWAITING_ACTIVATION)
    assert (await request.look()).round == 2


async def test_a_rejected_request_says_why(
    applicant: Applicant, mailbox: Mailbox, prefect: PrefectWindow
) -> None:
    """A person's no is an outcome, not a failure: the run is not red, nothing comes into force."""
    request = await profile_update.submit(new_specialty(applicant))
    await request.wait_until_gate()

    await request.decide("reject", officer="amal", reason_code="not_eligible", note="See rule 7.")

    assert await request.wait_until_done() is Status.REJECTED
    letters = await mailbox.count(2, to=applicant.email, about=request.tracking_code)
    assert "conditions for this request are not met" in letters[-1].text
    assert await prefect.outcome_of(request.tracking_code) == "Rejected"
    assert (await request.look()).reference_number is None
    assert (await applicant.on_file()).version == 1


async def test_the_applicant_can_withdraw(applicant: Applicant, prefect: PrefectWindow) -> None:
    """At any time before the approval; the run wakes and ends."""
    request = await profile_update.submit(new_specialty(applicant))
    await request.wait_until_gate()

    await request.withdraw()

    assert await request.wait_until_done() is Status.WITHDRAWN
    assert await prefect.outcome_of(request.tracking_code) == "Withdrawn"


async def test_cancelling_the_run_withdraws_the_request_for_good(
    applicant: Applicant, prefect: PrefectWindow
) -> None:
    """Operations cancel in the UI; the request is withdrawn on their behalf and stays so."""
    request = await profile_update.submit(new_specialty(applicant))
    await request.wait_until_gate()
    await prefect.waits_at("Suspended", request.tracking_code)

    await prefect.cancel(request.tracking_code)

    assert await request.wait_until_done() is Status.WITHDRAWN
    assert await prefect.outcome_of(request.tracking_code) == "Cancelled"
    await prefect.timeline(request.tracking_code, saying="| withdrawn | operations |")
