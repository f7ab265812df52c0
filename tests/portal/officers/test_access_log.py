"""The access log, as auditors and supervisors read it."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, select

from desk.cases.searching import search
from desk.looks import Looker, note_look
from desk.policy import as_on_card
from models.access_log import AccessLine, Looked
from models.database import transaction
from models.practitioners import find_practitioner
from portal.officers.access_log import ACCESS_LOG
from rules.accounts.kinds import Role
from support.accounts import OURS, press
from support.looking import look_at_card
from support.people import NOURA, RAHUL
from support.requests import NOW
from support.staff import Staff

from .conftest import SignIn

NUMBER = as_on_card(NOURA["registration_number"])
EARLIER = NOW - timedelta(minutes=5)


async def looked(by: str = "amal", number: str = NOURA["registration_number"]) -> None:
    """Somebody looks at a card."""
    await look_at_card(number, by, at=EARLIER)


async def looks_of(staff: Staff) -> list[AccessLine]:
    """The lines about what this officer looked at."""
    async with transaction() as session:
        query = select(AccessLine).where(col(AccessLine.viewer) == staff.user_name)
        return list((await session.exec(query)).all())


async def look_up(browser: httpx.AsyncClient, **typed: str) -> httpx.Response:
    """Fill in the boxes and press."""
    return await press(browser, f"{ACCESS_LOG}?lang=en", typed)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR])
async def test_an_auditor_reads_who_looked_at_whom(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """By number and user name; nobody's details stand in it."""
    staff = await sign_in(role)
    await looked()

    assert f'href="{ACCESS_LOG}?lang=en"' in (await browser.get("/desk?lang=en")).text
    shown = (await browser.get(f"{ACCESS_LOG}?lang=en")).text
    arabic = (await browser.get(f"{ACCESS_LOG}?lang=ar")).text

    assert "A card was viewed" in shown
    assert "amal" in shown
    assert NUMBER in shown
    assert "الاطلاع على البطاقة" in arabic
    assert not any(NOURA[name] in shown for name in ("family_name_en", "email", "identity_number"))
    assert [line.what for line in await looks_of(staff)] == [Looked.ACCESS_LOG] * 2


async def test_it_is_narrowed_by_what_is_sent(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    """In no address; Hijri days are understood, and Arabic digits."""
    staff = await sign_in(Role.AUDITOR)
    await looked()
    await looked("basim", RAHUL["registration_number"])

    by_number = await look_up(browser, number="٢٠١٠٤٥٦٧")
    by_officer = await look_up(browser, officer="basim")
    by_day = await look_up(browser, day=(NOW - timedelta(days=9)).date().isoformat())

    assert NUMBER in by_number.text
    assert "basim" not in by_number.text
    assert NUMBER not in by_officer.text
    assert "There are no records" in by_day.text
    whose = {line.practitioner_id is None for line in await looks_of(staff)}
    assert whose == {True, False}


async def test_a_search_says_by_what_and_not_for_what(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Also one that found nobody."""
    await sign_in(Role.AUDITOR)
    await search("2000000014", "amal", now=EARLIER)

    shown = (await browser.get(f"{ACCESS_LOG}?lang=en")).text

    assert "About nobody in particular" in shown
    assert "identity number" in shown
    assert "2000000014" not in shown


async def test_older_lines_are_a_press_further(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    """With the same boxes; what is no number of a line is the first page."""
    await sign_in(Role.AUDITOR)
    for _ in range(70):
        await looked()

    first = await look_up(browser, number=NUMBER)
    before = first.text.partition('name="before" value="')[2].partition('"')[0]
    second = await look_up(browser, number=NUMBER, before=before)
    odd = [await look_up(browser, number=NUMBER, before=text) for text in ("x", "0", "9" * 30, "١")]

    assert first.text.count("A card was viewed") == 50
    assert f'name="number" value="{NUMBER}"' in first.text
    assert second.text.count("A card was viewed") == 20
    assert "Show older" not in second.text
    assert all("A card was viewed" in answer.text for answer in odd)


@pytest.mark.parametrize(
    ("box", "typed", "status"),
    [
        ("number", "no number", 422),
        ("number", "99999999", 404),
        ("number", "\0", 422),
        ("officer", "a\0b", 422),
        ("day", "yesterday", 422),
        ("day", "2026-02-31", 422),
    ],
)
async def test_what_cannot_be_read_is_said_beside_its_box(
    browser: httpx.AsyncClient, sign_in: SignIn, box: str, typed: str, status: int
) -> None:
    """And nothing is shown, nor written."""
    staff = await sign_in(Role.AUDITOR)
    await looked()

    shown = await press(browser, ACCESS_LOG, {box: typed})

    assert shown.status_code == status
    assert f'href="#{box}"' in shown.text
    assert "A card was viewed" not in shown.text
    assert len(await looks_of(staff)) == 1  # that the page was opened


@pytest.mark.parametrize("typed", ["<script>", "'; DROP TABLE access_log", "\u202eamal", "é" * 254])
async def test_a_user_name_that_nobody_has_shows_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn, typed: str
) -> None:
    """Whatever is typed."""
    await sign_in(Role.AUDITOR)

    shown = await look_up(browser, officer=typed)

    assert shown.status_code in {200, 422}
    assert "<script>" not in shown.text


async def test_a_form_of_somebody_else_shows_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Nor does one without a token."""
    staff = await sign_in(Role.AUDITOR)
    await looked()

    shown = await browser.post(ACCESS_LOG, data={"number": NUMBER}, headers=OURS)

    assert shown.status_code == 403
    assert "A card was viewed" not in shown.text
    assert await looks_of(staff) == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OPERATOR])
async def test_other_roles_do_not_read_the_log(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """Nor are they shown the way."""
    await sign_in(role)

    assert (await browser.get(ACCESS_LOG)).status_code == 403
    assert ACCESS_LOG not in (await browser.get("/desk")).text


async def test_every_kind_of_look_has_its_sentence(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """In both languages: a kind that is added needs one."""
    await sign_in(Role.AUDITOR)
    async with transaction() as session:
        person = await find_practitioner(session, NOURA["registration_number"])
        for what in Looked:
            by = Looker.operations("ops")
            await note_look(session, what, by=by, now=EARLIER, practitioner_id=person.id)

    answers = [await browser.get(f"{ACCESS_LOG}?lang={language}") for language in ("ar", "en")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text.count("<h3>") == len(Looked)
