"""How a practitioner's card is renewed: the whole process, with nothing faked.

The spine is that of `test_a_profile_is_updated`; read that first. Here stands what differs.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from desk.clock import utc_now
from desk.kinds.reading import SubmissionRefused
from desk.looks import Looker
from desk.register.cards import eligibility_of
from flows import card_renewal, profile_update
from flows.card_renewal import CardRenewalSubmission, Document
from flows.profile_update import ProfileChanges, ProfileUpdateSubmission
from mail.wording.dates import gregorian_day, hijri_day
from mail.wording.languages import Language
from rules.card_renewal.eligibility import may_renew
from rules.requests.statuses import Status
from rules.values.calendar_years import years_after
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind
from stack.running import RunningStack
from support.cards import card_of, periods, register_holder
from support.mailbox import Mailbox
from support.people import Applicant
from support.prefect_window import PrefectWindow

TODAY = riyadh_day(datetime.now(UTC))
LETTER = Document(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="King Salman Hospital",
    issued_on=str(TODAY - timedelta(days=20)),
    sha256="ab" * 32,
)


@pytest.fixture
def prefect(running: RunningStack) -> PrefectWindow:
    """What operations see in the Prefect UI."""
    return PrefectWindow(running.prefect_api_url)


def wish(holder: Applicant, **more: Any) -> CardRenewalSubmission:
    """A renewal with the letter that every renewal needs."""
    return CardRenewalSubmission(
        **{
            "registration_number": holder.registration_number,
            "documents": (LETTER,),
            "preferred_language": "en",
            "confirmed_by_applicant": True,
            "idempotency_key": f"renewal-{holder.registration_number}",
        }
        | more
    )


async def press_link(mailbox: Mailbox, holder: Applicant, tracking_code: str) -> None:
    """Read the activation letter and press its link's button."""
    letter = await mailbox.letter("activate", to=holder.email, about=tracking_code)
    async with httpx.AsyncClient(follow_redirects=True, timeout=60) as browser:
        (await browser.get(letter.link("activate"))).raise_for_status()
        (await browser.post(letter.link("activate"), data={"sure": "yes"})).raise_for_status()


async def carried_into_force(
    request: card_renewal.RequestHandle, holder: Applicant, mailbox: Mailbox
) -> None:
    """An officer approves, the holder presses the link."""
    assert await request.wait_until_gate() is Status.UNDER_REVIEW
    await request.decide("approve", officer="amal")
    await request.wait_for(Status.AWAITING_ACTIVATION)
    await press_link(mailbox, holder, request.tracking_code)
    assert await request.wait_until_done() is Status.ACTIVATED


async def validity(holder: Applicant) -> tuple[date, date]:
    """The days from which and until which the card is valid."""
    card = await card_of(holder.registration_number)
    return card.valid_from, card.expires_on


async def test_a_clean_renewal_goes_on_from_the_day_after_the_old_expiry(
    running: RunningStack, mailbox: Mailbox, prefect: PrefectWindow
) -> None:
    """Gate, reference, letter, link: two more years, the old period kept, both calendars told."""
    expiry = TODAY + timedelta(days=30)
    holder = await register_holder(expires_on=expiry)

    request = await card_renewal.submit(wish(holder))
    await request.wait_until_gate()
    await prefect.waits_at("Suspended", request.tracking_code)
    await carried_into_force(request, holder, mailbox)

    begins, ends = await validity(holder)
    assert (begins, ends) == (expiry + timedelta(days=1), years_after(expiry, 2, "gregorian"))
    assert [period.made_by for period in await periods(holder.registration_number)] == [
        "loaded",
        "renewed",
    ]
    reference = (await request.look()).reference_number
    assert reference is not None
    assert reference.startswith("MCR-")
    assert await prefect.outcome_of(request.tracking_code) == "Activated"
    letters = await mailbox.count(3, to=holder.email, about=request.tracking_code)
    told = " ".join(letters[-1].text.split())
    assert gregorian_day(ends, Language.EN) in told
    assert hijri_day(ends, Language.EN) in told


async def test_a_late_renewal_begins_when_it_is_activated(
    running: RunningStack, mailbox: Mailbox
) -> None:
    """The officer sees that it is late; nobody invents the fine."""
    holder = await register_holder(expires_on=TODAY - timedelta(days=60))

    request = await card_renewal.submit(wish(holder))
    await carried_into_force(request, holder, mailbox)

    row = await request.look()
    assert "renewal_late" in row.review_reasons
    assert row.normalised["fine"] == {"kind": "unset", "money": None}
    assert (await validity(holder))[0] == riyadh_day(row.status_since)


async def test_what_is_missing_is_refused_at_the_door_and_then_brought(
    running: RunningStack, mailbox: Mailbox
) -> None:
    """All problems at once, nothing kept; the same wish with its letter goes through."""
    holder = await register_holder(
        expires_on=TODAY + timedelta(days=10), nationality="IN", birth_date=date(1950, 1, 1)
    )

    with pytest.raises(SubmissionRefused) as refused:
        await card_renewal.submit(wish(holder, documents=()))
    card = {"issuer": "Jawazat", "issued_on": "2025-01-01", "sha256": "cd" * 32}
    documents = (
        LETTER,
        Document(
            kind=DocumentKind.RESIDENCE_CARD, expires_on=str(TODAY + timedelta(days=9)), **card
        ),
        Document(kind=DocumentKind.MEDICAL_REPORT, **card | {"issuer": "Eastern Clinic"}),
    )
    request = await card_renewal.submit(wish(holder, documents=documents))
    await carried_into_force(request, holder, mailbox)

    assert {found.code for found in refused.value.problems} == {
        "employer_letter_missing",
        "residence_card_missing",
        "medical_report_missing",
    }


async def test_short_hours_renew_for_one_year(running: RunningStack, mailbox: Mailbox) -> None:
    """By policy; the officer is told that the hours are short."""
    expiry = TODAY + timedelta(days=20)
    holder = await register_holder(expires_on=expiry, hours=12)

    request = await card_renewal.submit(wish(holder))
    await carried_into_force(request, holder, mailbox)

    assert "hours_short" in (await request.look()).review_reasons
    assert (await validity(holder))[1] == years_after(expiry, 1, "gregorian")


async def test_an_officer_returns_a_renewal_for_its_documents(running: RunningStack) -> None:
    """What a renewal cannot correct is no reason to return it."""
    holder = await register_holder(expires_on=TODAY + timedelta(days=20))
    request = await card_renewal.submit(wish(holder))
    await request.wait_until_gate()

    await request.decide(
        "return", officer="amal", reason_code="document_not_accepted", fields=["documents"]
    )
    await request.wait_for(Status.RETURNED)
    other = Document(
        kind=DocumentKind.EMPLOYER_LETTER,
        issuer="King Salman Hospital",
        issued_on=str(TODAY - timedelta(days=2)),
        sha256="ef" * 32,
    )
    await request.resubmit(wish(holder, documents=(other,)))

    assert await request.wait_for(Status.UNDER_REVIEW) is Status.UNDER_REVIEW
    assert (await request.look()).round == 2


async def test_a_profile_update_and_a_renewal_of_one_person_do_not_hinder_each_other(
    running: RunningStack, mailbox: Mailbox
) -> None:
    """Both are open at once; the renewal writes to the address that is in force by then."""
    holder = await register_holder(expires_on=TODAY + timedelta(days=20))
    update = ProfileUpdateSubmission(
        registration_number=holder.registration_number,
        changes=ProfileChanges(email=f"new.{holder.email}"),
        confirmed_by_applicant=True,
        idempotency_key=f"email-{holder.registration_number}",
    )
    moved = Applicant(holder.registration_number, f"new.{holder.email}")

    request = await card_renewal.submit(wish(holder))
    changing = await profile_update.submit(update)
    await changing.wait_for(Status.AWAITING_ACTIVATION)
    await press_link(mailbox, moved, changing.tracking_code)
    await changing.wait_until_done()
    await carried_into_force(request, moved, mailbox)

    assert await mailbox.count(2, to=moved.email, about=request.tracking_code)
    assert (await validity(holder))[1] > TODAY + timedelta(days=700)


async def test_whether_a_card_may_be_renewed_can_be_asked_first(running: RunningStack) -> None:
    """A value with a line for each rule and its source; nothing changes by asking."""
    holder = await register_holder(expires_on=TODAY + timedelta(days=200))
    by, at = Looker.operations("ops"), utc_now()

    now = await eligibility_of(holder.registration_number, TODAY, by=by, now=at)
    later = await eligibility_of(
        holder.registration_number, TODAY + timedelta(days=150), by=by, now=at
    )

    assert (may_renew(now), may_renew(later)) == (False, True)
    assert all(line.source for line in now)
