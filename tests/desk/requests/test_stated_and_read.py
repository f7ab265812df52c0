"""Every pair of what is stated and what was read, through the doors that everyone uses."""

from datetime import date, timedelta
from itertools import product

import pytest

from desk.requests.document_reading import read_document
from desk.requests.review import Ruling, decide
from desk.requests.second_look import NotApprovable
from desk.requests.waiting import load_request
from rules.requests.document_readings import UNREADABLE, DocumentRead
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import give_card
from support.naming import naming, ready, submission
from support.people import NOURA, register_people
from support.requests import NOW, request_at_gate

TODAY = NOW.date()
#: The first day that is not too old, three months before the submission.
OLDEST = date(2026, 8, 23)
STATED = (OLDEST, OLDEST + timedelta(days=1), TODAY)
#: What the letter shows, and whether the rules take it.
READ = {
    "a day too old": (OLDEST - timedelta(days=1), False),
    "years too old": (date(2019, 1, 1), False),
    "just not too old": (OLDEST, True),
    "of today": (TODAY, True),
    "unreadable": (None, False),
}


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=TODAY + timedelta(days=30))


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
@pytest.mark.parametrize(("stated", "shown"), list(product(STATED, READ)))
async def test_an_approval_passes_just_where_the_rules_take_what_was_read(
    kind: Kind, stated: date, shown: str
) -> None:
    """Whatever is stated, which the rules took at the door; refused, the request stays there."""
    upload = await ready()
    letter = naming(upload, issued_on=stated.isoformat())
    code = await request_at_gate(submission(kind, letter), kind=kind)
    day, is_taken = READ[shown]
    read = DocumentRead(issuer="Palm Hospital", issued_on=day) if day else UNREADABLE
    await read_document(code, upload.id, "amal", read, now=NOW)

    verdict = Ruling(verdict=Verdict.APPROVE, officer="basim")
    if is_taken:
        assert await decide(code, verdict, now=NOW) is Status.APPROVED
    else:
        with pytest.raises(NotApprovable):
            await decide(code, verdict, now=NOW)
        assert (await load_request(code)).status is Status.UNDER_REVIEW
