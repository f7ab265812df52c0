"""Who looked at one's own details, as their person reads it."""

from datetime import timedelta

import httpx
import pytest

from desk.cases.case import read_case
from desk.cases.uploads import list_uploads
from desk.looks import Looker, note_look
from desk.policy import current_policy
from desk.register.cards import eligibility_of, read_card
from desk.reminders.explaining import explain_reminders
from models.access_log import Looked, Viewer, looks_at
from models.database import transaction
from models.officers import OfficerUnknown
from models.practitioners import find_practitioner
from models.requests import find_request
from rules.values.dates import riyadh_day
from support.accounts import Member, with_password
from support.cards import give_card
from support.looking import OPERATIONS
from support.people import specialty_change
from support.requests import NOW, request_at_gate

TODAY = riyadh_day(NOW)
AMAL = Looker.officer("amal")
PAGE = "/account/looks?lang=en"


async def at_gate(member: Member) -> str:
    """A request of this person that waits for an officer."""
    submission = specialty_change(
        TODAY,
        registration_number=member.registration_number,
        idempotency_key=f"looks-{member.registration_number}",
    )
    return await request_at_gate(submission)


async def lines(member: Member) -> list[tuple[Viewer, str | None, Looked, str | None]]:
    """The lines of the log about this person, newest first."""
    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
        found = await looks_at(session, person.id, limit=99)
    return [(line.viewer_kind, line.viewer, line.what, code) for line, code in found]


async def test_every_look_of_the_house_is_a_line(member: Member) -> None:
    """Whichever door it comes by."""
    number = member.registration_number
    await give_card(number, expires_on=TODAY + timedelta(days=30))
    code = await at_gate(member)

    await read_case(code, by=AMAL, now=NOW)
    await read_card(number, by=OPERATIONS, now=NOW)
    await eligibility_of(number, TODAY, by=OPERATIONS, now=NOW)
    await list_uploads(number, by=OPERATIONS, now=NOW, limit=9)
    await explain_reminders(number, TODAY, current_policy().reminders, by=OPERATIONS, now=NOW)

    assert await lines(member) == [
        (Viewer.OPERATIONS, "ops", Looked.REMINDERS, None),
        (Viewer.OPERATIONS, "ops", Looked.DOCUMENTS, None),
        (Viewer.OPERATIONS, "ops", Looked.CARD, None),
        (Viewer.OPERATIONS, "ops", Looked.CARD, None),
        (Viewer.OFFICER, "amal", Looked.CASE, code),
    ]


@pytest.mark.parametrize("name", ["nobody", "retired", "\0"])
async def test_who_is_no_officer_looks_at_nothing(member: Member, name: str) -> None:
    """And there is no line of somebody who does not exist."""
    code = await at_gate(member)

    with pytest.raises(OfficerUnknown):
        await read_case(code, by=Looker.officer(name), now=NOW)

    assert await lines(member) == []


async def test_the_page_says_who_when_and_for_which_request(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """By their role; neither an officer's name nor a login is told."""
    code = await at_gate(member)
    await read_case(code, by=AMAL, now=NOW)
    await list_uploads(member.registration_number, by=OPERATIONS, now=NOW, limit=9)

    shown = (await browser.get(PAGE)).text
    arabic = (await browser.get("/account/looks?lang=ar")).text

    assert shown.index("The list of your documents") < shown.index("in order to decide on it")
    assert "Support staff" in shown
    assert "An officer" in shown
    assert f'href="/requests/{code}?lang=en"' in shown
    assert "موظف مختص" in arabic
    assert not any(name in shown + arabic for name in ("amal", "ops<", "ops "))


async def test_nobody_reads_of_looks_at_somebody_else(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """A page shows the lines of who is signed in."""
    other = await with_password()
    await read_case(await at_gate(other), by=AMAL, now=NOW)

    shown = await browser.get(PAGE)

    assert "Nobody has looked at your details yet" in shown.text
    assert shown.headers["cache-control"] == "no-store"


async def test_another_system_is_told_by_what_it_is(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Not by its name; and it decides nothing on what it is shown."""
    code = await at_gate(member)
    async with transaction() as session:
        request = await find_request(session, code)
        for what in (Looked.CASE, Looked.CARD):
            await note_look(
                session,
                what,
                by=Looker.machine("hospital"),
                now=NOW,
                practitioner_id=request.practitioner_id,
                request_id=request.id,
            )

    shown = (await browser.get(PAGE)).text

    assert shown.count("A computer system of your employer or of ours") == 2
    assert "Your request was sent, or its status was viewed" in shown
    assert "hospital" not in shown


async def test_older_looks_are_a_page_further(browser: httpx.AsyncClient, member: Member) -> None:
    """Each line once; what is no number of a line is the first page."""
    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
        for second in range(120):
            await note_look(
                session,
                Looked.CARD,
                by=OPERATIONS,
                now=NOW + timedelta(seconds=second),
                practitioner_id=person.id,
            )

    counts, address = [], PAGE
    while address:
        shown = (await browser.get(address)).text
        counts.append(shown.count("Your card was viewed"))
        rest = shown.partition("before=")[2]
        address = f"{PAGE}&before={rest.partition(chr(34))[0]}" if rest else ""
    odd = [await browser.get(f"{PAGE}&before={text}") for text in ("x", "0", "9" * 40, "١", "%00")]

    assert counts == [50, 50, 20]
    assert {answer.text.count("Your card was viewed") for answer in odd} == {50}


async def test_every_kind_of_look_has_its_sentence(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """In both languages: a kind that is added needs one."""
    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
        for what in Looked:
            await note_look(session, what, by=OPERATIONS, now=NOW, practitioner_id=person.id)

    answers = [await browser.get(f"/account/looks?lang={language}") for language in ("ar", "en")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(answer.text.count("<h2>") == len(Looked) for answer in answers)
