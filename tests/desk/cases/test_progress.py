"""How a request has fared: codes, counts and instants."""

from dataclasses import asdict

import pytest

from desk.cases.progress import read_progress
from desk.cases.standing import list_standings, read_standing
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept
from models.cases import letters_of
from models.database import transaction
from models.letters import Letter
from models.requests import find_request
from rules.register.fields import Field
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import ActorKind, Kind, Status
from rules.requests.verdicts import Verdict
from support.people import NOURA, contact_change, register_people
from support.requests import NOW, request_at_gate

RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code="unclear",
    note="Ask Salma Alharbi on the third floor.",
    fields=[Field.SPECIALTY],
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def the_letter(code: str, **state: object) -> Letter:
    """The request's first letter, brought to this state."""
    async with transaction() as session:
        request = await find_request(session, code)
        letter = (await letters_of(session, request.id))[0]
        for name, value in state.items():
            setattr(letter, name, value)
        return letter


async def test_the_timeline_has_codes_and_words() -> None:
    """From the first event on; an officer's deed bears the user name."""
    code = await request_at_gate()
    await decide(code, RETURN, now=NOW)

    submitted, *_, returned = (await read_progress(code)).timeline

    assert (submitted.event, submitted.from_status, submitted.to_status) == (
        EventName.SUBMITTED,
        None,
        Status.SUBMITTED,
    )
    assert (returned.event, returned.what) == (EventName.RETURNED, "returned for correction")
    assert (returned.from_status, returned.round) == (Status.UNDER_REVIEW, 1)
    assert (returned.actor_kind, returned.by, returned.officer) == (
        ActorKind.OFFICER,
        "officer",
        "amal",
    )
    assert (returned.at, returned.reason_code, returned.reason) == (NOW, "unclear", "unclear")
    assert (submitted.reason_code, submitted.reason) == (None, "")


async def test_what_is_to_be_corrected_is_said_in_our_own_sentences() -> None:
    """In both languages, with its field."""
    code = await request_at_gate()
    await decide(code, RETURN, now=NOW)

    [found] = (await read_progress(code)).corrections

    assert (found.code, found.field) == ("unclear", Field.SPECIALTY)
    assert found.sentence.en == "This is unclear or incomplete."
    assert found.sentence.ar


async def test_a_letter_that_came_back_says_so_without_the_address() -> None:
    """Its state, its tries, and the codes of what the mail server said."""
    code = await request_at_gate()
    row = await the_letter(
        code,
        status=LetterStatus.SENT,
        attempts=2,
        came_back_at=NOW,
        settled_at=NOW,
        server_reply=f"550 5.1.1 <{NOURA['email']}> unknown",
    )

    letter = (await read_progress(code)).letters[0]

    assert (letter.letter, letter.status, letter.came_back) == ("received", "sent", True)
    assert (letter.attempts, letter.queued_at, letter.settled_at) == (2, row.created_at, NOW)
    assert (letter.reply_codes, letter.next_attempt_at) == ("550 5.1.1", None)
    assert letter.reply is not None
    assert NOURA["email"] not in letter.reply


async def test_a_letter_that_waits_says_until_when() -> None:
    """And whether it waits for us."""
    code = await request_at_gate()
    row = await the_letter(code, waits_for_us=True, not_sent_reason=None)

    letter = (await read_progress(code)).letters[0]

    assert (letter.status, letter.next_attempt_at) == (LetterStatus.QUEUED, row.next_attempt_at)
    assert (letter.waits_for_us, letter.came_back, letter.settled_at) == (True, False, None)
    assert (letter.reply, letter.reply_codes, letter.not_sent_reason) == (None, None, None)


async def test_how_a_request_fared_holds_nobody_s_data() -> None:
    """No address, no value, and no note, which may name somebody."""
    code = await request_at_gate()
    await decide(code, RETURN, now=NOW)

    told = str(asdict(await read_progress(code)))

    names = [str(value) for name, value in NOURA.items() if name not in {"rank", "nationality"}]
    typed = ["critical care nursing", "Critical care course", "Salma", "third floor"]
    assert [each for each in (*names, *typed) if each in told] == []


async def test_requests_are_listed_by_status_and_kind_newest_first() -> None:
    """No more than were asked for."""
    first = await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW)
    rahul = {"registration_number": "30207788", "idempotency_key": "rahul-mobile"}
    second = await accept(Kind.PROFILE_UPDATE, contact_change(**rahul), now=NOW.replace(hour=10))

    both = await list_standings(status=Status.SUBMITTED, kind=None, limit=5)
    one = await list_standings(status=None, kind=Kind.PROFILE_UPDATE, limit=1)
    none = await list_standings(status=None, kind=Kind.CARD_RENEWAL, limit=5)

    assert [found.tracking_code for found in both] == [second.tracking_code, first.tracking_code]
    assert one == (await read_standing(second.tracking_code),)
    assert none == ()
