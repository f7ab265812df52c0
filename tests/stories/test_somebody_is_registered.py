"""How somebody comes onto the register: the whole process, with nothing faked.

The spine is that of `test_a_profile_is_updated`; read that first. Here stands what differs.
"""

from datetime import UTC, datetime
from decimal import Decimal

import httpx

from flows import registration
from flows.registration import (
    Certificate,
    Document,
    NewProfile,
    Qualification,
    RegistrationSubmission,
)
from models.database import transaction
from models.likenesses import practitioner_with_identity
from rules.policy.registration import registration_number
from rules.requests.statuses import Status
from rules.values.dates import hijri, riyadh_day
from rules.values.document_kind import DocumentKind
from rules.values.registration_number import shown_registration_number
from stack.running import RunningStack
from support.cards import card_of
from support.mailbox import Mailbox
from support.newcomers import LAYLA, known_officially
from support.people import register_applicant
from support.prefect_window import PrefectWindow

TODAY = riyadh_day(datetime.now(UTC))
PATTERN = "([A-Z]{0,3}[0-9]{2})([0-9]{4,10})"


def document(kind: DocumentKind, issuer: str) -> Document:
    """A document's particulars, issued today."""
    return Document(kind=kind, issuer=issuer, issued_on=str(TODAY), sha256="ab" * 32)


WISH = RegistrationSubmission(
    profile=NewProfile(**LAYLA),
    category="nursing",
    qualification=Qualification(
        title="Bachelor of Nursing", issuer="Imam Abdulrahman University", issued_on="١٤٤٠/١٠/١٧"
    ),
    certificates=(
        Certificate(
            title="Life support",
            issuer="Heart Association",
            issued_on=str(TODAY),
            cpd_hours=Decimal(8),
        ),
    ),
    documents=(
        document(DocumentKind.EMPLOYER_LETTER, LAYLA["employer"]),
        document(DocumentKind.QUALIFICATION, "Imam Abdulrahman University"),
    ),
    preferred_language="en",
    confirmed_by_applicant=True,
    idempotency_key="layla-registers",
)


async def test_somebody_is_registered(running: RunningStack, mailbox: Mailbox) -> None:
    """Gate, reference, letter, link: on the register with a number and a card, told by e-mail."""
    await register_applicant()  # and the officers
    await known_officially()

    request = await registration.submit(WISH)
    assert await request.wait_until_gate() is Status.UNDER_REVIEW
    await request.decide("approve", officer="amal")
    await request.wait_for(Status.AWAITING_ACTIVATION)
    letter = await mailbox.letter("activate", to=LAYLA["email"], about=request.tracking_code)
    async with httpx.AsyncClient(follow_redirects=True, timeout=60) as browser:
        (await browser.get(letter.link("activate"))).raise_for_status()
        (await browser.post(letter.link("activate"), data={"sure": "yes"})).raise_for_status()
    assert await request.wait_until_done() is Status.ACTIVATED

    number = registration_number("N", hijri(TODAY).year, 1)
    async with transaction() as session:
        person = await practitioner_with_identity(session, LAYLA["identity_number"])
    card = await card_of(number)
    letters = await mailbox.count(3, to=LAYLA["email"], about=request.tracking_code)
    window = PrefectWindow(running.prefect_api_url)
    run = await window.waits_at("Activated", request.tracking_code)
    assert person is not None
    assert (person.registration_number, card.valid_from) == (number, TODAY)
    shown = shown_registration_number(number, pattern=PATTERN)
    assert [shown in letter.text for letter in letters].count(True) == 1
    assert LAYLA["identity_number"] not in str(run)
