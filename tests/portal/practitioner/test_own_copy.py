"""Everything that is held about somebody, for that person."""

from datetime import timedelta

import httpx
import pytest

from models.access_log import Looked, looks_at
from models.accounts.accounts import Account
from models.database import transaction
from models.earlier_rounds import keep_round
from models.own_rows import own_tables
from models.practitioners import find_practitioner
from models.requests import find_request
from portal.web.proving import CONFIRM
from portal.web.sentences import sentences
from rules.values.dates import riyadh_day
from support.accounts import OURS, Member, press, with_password
from support.cards import give_card
from support.people import specialty_change
from support.portal import Clock
from support.requests import NOW, request_at_gate

COPY = "/account/copy"
FILE, PAGE = f"{COPY}/file", f"{COPY}/page"
LATE = timedelta(minutes=15)


async def copies(member: Member) -> int:
    """How many lines of the log say that a copy was given out."""
    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
        lines = await looks_at(session, person.id, limit=99)
    return [line.what for line, _ in lines].count(Looked.OWN_COPY)


async def with_a_request(member: Member) -> str:
    """A request of this person, at the gate."""
    await give_card(member.registration_number, expires_on=riyadh_day(NOW))
    submission = specialty_change(
        riyadh_day(NOW),
        registration_number=member.registration_number,
        idempotency_key=f"copy-{member.registration_number}",
    )
    return await request_at_gate(submission)


async def test_the_file_holds_everything(browser: httpx.AsyncClient, member: Member) -> None:
    """Each table that may say something of a person; kept by nobody on the way."""
    code = await with_a_request(member)

    answer = await browser.get(FILE)
    held = answer.json()["held"]

    assert list(held) == [table.name for table in own_tables()]
    assert held["practitioners"][0]["email"] == member.email
    assert held["requests"][0]["tracking_code"] == code
    assert held["requests"][0]["submission"]["changes"]["specialty"] == "critical care nursing"
    assert held["accounts"][0]["kind"] == "practitioner"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="my-details.json"'
    assert await copies(member) == 1


async def test_nothing_in_it_opens_the_account(browser: httpx.AsyncClient, member: Member) -> None:
    """Neither a hash nor a token of the rows that there are."""
    file, page = await browser.get(FILE), await browser.get(PAGE)

    account = await member.account()
    assert isinstance(account, Account)
    sessions = await member.sessions()
    secrets = [account.password_hash, *(one.token_hash for one in sessions)]
    for text in (file.text, page.text):
        assert not [secret for secret in secrets if str(secret) in text]
        assert "argon2" not in text
        assert member.password not in text


async def test_nothing_of_anybody_else_is_in_it(browser: httpx.AsyncClient, member: Member) -> None:
    """Not even of whoever has the same employer."""
    other = await with_password()
    await with_a_request(other)

    text = (await browser.get(FILE)).text + (await browser.get(PAGE)).text

    assert not [
        fact
        for fact in (other.registration_number, other.identity_number, other.email)
        if fact in text
    ]


@pytest.mark.parametrize("path", [FILE, PAGE])
async def test_an_open_browser_is_not_enough(
    browser: httpx.AsyncClient, member: Member, clock: Clock, path: str
) -> None:
    """A quarter of an hour after the sign-in the password comes first; nothing is noted before."""
    clock.forward(LATE)

    late = await browser.get(path)
    asked = late.headers["location"]
    wrong = await press(browser, asked, {"password": "not the password"}, action=CONFIRM)
    still = await browser.get(path)
    before = await copies(member)
    right = await press(browser, asked, {"password": member.password}, action=CONFIRM)
    given = await browser.get(right.headers["location"])

    assert (late.status_code, asked.partition("?")[0]) == (303, CONFIRM)
    assert wrong.status_code == 422
    assert still.status_code == 303
    assert before == 0
    assert (right.status_code, right.headers["location"]) == (303, path)
    assert given.status_code == 200
    assert await copies(member) == 1


async def test_only_a_get_gives_it_out(browser: httpx.AsyncClient, member: Member) -> None:
    """A HEAD would be a line of the log at nothing."""
    found = [
        await browser.request(method, path, headers=OURS)
        for method in ("HEAD", "POST")
        for path in (FILE, PAGE)
    ]

    assert {answer.status_code for answer in found} == {405}
    assert await copies(member) == 0


async def test_the_page_can_be_read(browser: httpx.AsyncClient, member: Member) -> None:
    """In both languages: each sort under its heading, values under labels."""
    code = await with_a_request(member)

    english = (await browser.get(f"{PAGE}?lang=en")).text
    arabic = (await browser.get(f"{PAGE}?lang=ar")).text

    for text in (english, arabic):
        assert code in text
        assert member.email in text
        assert "critical care" not in text or "submission" not in text
    assert "Your requests" in english
    assert "طلباتك" in arabic


def test_every_table_has_a_heading() -> None:
    """One that is added needs one, in both languages."""
    missing = [table.name for table in own_tables() if f"kept.{table.name}" not in sentences()]

    assert missing == []


async def test_what_is_about_somebody_else_is_left_out(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Whom a doubt is about; and the official record of a number that another person has."""
    code = await with_a_request(member)
    theirs = {"identity_number": "1999999998", "family_name_en": "Somebody"}
    doubt = {"code": "identity_number_held", "field": "identity_number", "against": "30207788"}
    async with transaction() as session:
        request = await find_request(session, code)
        request.normalised = {**request.normalised, "warnings": [doubt, "of long ago"]}
        request.official_record = theirs
        # As a round that a correction has replaced.
        keep_round(session, request, now=NOW)

    text = (await browser.get(FILE)).text
    async with transaction() as session:
        request = await find_request(session, code)
        request.official_record = {**theirs, "identity_number": member.identity_number}
    held = (await browser.get(FILE)).json()["held"]
    own, earlier = held["requests"][0], held["earlier_rounds"][0]

    assert "identity_number_held" in text
    assert "30207788" not in text
    assert "Somebody" not in text
    assert own["official_record"]["family_name_en"] == "Somebody"
    for kept in (own, earlier):
        assert kept["normalised"]["changes"] == {"specialty": "critical care nursing"}
