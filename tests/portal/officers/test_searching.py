"""The page on which officers search."""

import httpx
import pytest
from sqlmodel import select, update

from models.access_log import AccessLine
from models.database import transaction
from models.officers import Officer
from models.practitioners import Practitioner, find_practitioner
from portal.officers.searching import SEARCH
from rules.accounts.kinds import Role
from rules.requests.searched import LONGEST
from support.accounts import OURS, press
from support.people import NOURA, register_applicant
from support.requests import request_at_gate

from .conftest import SignIn

PERSONAL = (NOURA["identity_number"], NOURA["email"], NOURA["mobile"], NOURA["address"])


async def lines() -> list[AccessLine]:
    """The whole log."""
    async with transaction() as session:
        return list((await session.exec(select(AccessLine))).all())


async def search(browser: httpx.AsyncClient, typed: str, language: str = "en") -> httpx.Response:
    """Open the page and press the button."""
    return await press(browser, f"{SEARCH}?lang={language}", {"text": typed})


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR])
async def test_an_officer_finds_a_person_and_goes_on_to_a_case(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """From the page on which officers land."""
    staff = await sign_in(role)
    code = await request_at_gate()

    assert f'href="{SEARCH}?lang=en"' in (await browser.get("/desk?lang=en")).text
    shown = await search(browser, "نوره القحطانى")

    assert shown.status_code == 200
    assert "People found: 1" in shown.text
    assert "Noura Salem Hamad Alqahtani" in shown.text
    assert f'href="/desk/cases/{code}?lang=en"' in shown.text
    assert "under review" in shown.text
    assert [line.viewer for line in await lines()] == [staff.user_name]


async def test_what_is_shown_tells_people_apart_and_no_more(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Whoever searches by a name reads no other number of theirs."""
    await sign_in(Role.OFFICER)

    shown = await search(browser, "noura", "ar")

    assert "نورة سالم حمد القحطاني" in shown.text
    assert not any(value in shown.text for value in PERSONAL)
    assert shown.headers["cache-control"] == "no-store"


async def test_what_is_searched_for_is_in_no_address(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """The page answers in place, and what an address holds is not looked for."""
    await sign_in(Role.OFFICER)

    shown = await search(browser, NOURA["identity_number"])
    asked = await browser.get(f"{SEARCH}?text=noura&lang=en")

    assert shown.status_code == 200
    assert NOURA["identity_number"] not in str(shown.url)
    assert "Alqahtani" not in asked.text
    assert len(await lines()) == 1


async def test_nobody_found_is_said(browser: httpx.AsyncClient, sign_in: SignIn) -> None:
    """With what was typed still in the box."""
    await sign_in(Role.OFFICER)

    shown = await search(browser, "2000000014")

    assert "Nobody was found" in shown.text
    assert 'value="2000000014"' in shown.text
    assert [line.practitioner_id for line in await lines()] == [None]


async def test_one_s_own_file_is_seen_and_not_opened(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """The requests are named, without a link."""
    staff = await sign_in(Role.OFFICER)
    code = await request_at_gate()
    async with transaction() as session:
        noura = await find_practitioner(session, NOURA["registration_number"])
        (await session.get_one(Officer, staff.user_name)).practitioner_id = noura.id

    shown = await search(browser, code)

    assert "This is you" in shown.text
    assert code in shown.text
    assert "/desk/cases/" not in shown.text


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "x", "';--", "\0", "\u202e", "n" * (LONGEST + 1), "<b>", "12"]
)
async def test_what_is_nothing_is_refused(
    browser: httpx.AsyncClient, sign_in: SignIn, typed: str
) -> None:
    """Beside the box; nothing is looked for."""
    await sign_in(Role.OFFICER)

    shown = await search(browser, typed)

    if typed == "<b>":
        assert "<b>" not in shown.text
        return
    assert shown.status_code == 422
    assert 'href="#text"' in shown.text
    assert "We cannot search for this" in shown.text
    assert await lines() == []


@pytest.mark.parametrize(
    "typed",
    [
        "نورة' OR 1=1 --",
        "noura:* | !rahul",
        "<script>alert(1)</script>",
        "noura\u202e\u2066",
        "\\noura%_",
        "نورة\nالقحطاني",
        "noura " * 9,
        "ﷺ" * 200,
        "a@b.c" * 20,
        "\U0001f600 نورة",
    ],
)
async def test_hostile_text_is_searched_for_as_text(
    browser: httpx.AsyncClient, sign_in: SignIn, typed: str
) -> None:
    """It finds whom its letters name, and shows up escaped."""
    await sign_in(Role.OFFICER)

    shown = await search(browser, typed)

    assert shown.status_code in {200, 422}
    assert "<script>" not in shown.text
    assert "Rahul" not in shown.text


async def test_a_name_with_direction_marks_stays_in_its_place(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """A row from long ago may hold them: the page isolates each name, and finds it."""
    await sign_in(Role.OFFICER)
    applicant = await register_applicant()
    async with transaction() as session:
        await session.exec(
            update(Practitioner)
            .where(Practitioner.registration_number == applicant.registration_number)
            .values(first_name_ar="\u202eليلى\u2067", first_name_en="Lay\u202ela<i>")
        )

    by_arabic = await search(browser, "ليلى")
    by_english = await search(browser, "layla")

    assert "People found: 1" in by_arabic.text
    assert "<i>" not in by_arabic.text
    assert "\u202e" not in by_arabic.text
    assert by_english.status_code == 200


async def test_a_form_of_somebody_else_searches_for_nobody(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Nor does one without a token."""
    await sign_in(Role.OFFICER)

    without = await browser.post(SEARCH, data={"text": "noura"}, headers=OURS)
    foreign = await press(
        browser, SEARCH, {"text": "noura"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert (without.status_code, foreign.status_code) == (403, 403)
    assert "Alqahtani" not in without.text + foreign.text
    assert await lines() == []


async def test_the_other_language_keeps_what_was_typed(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """And searches only when the button is pressed."""
    await sign_in(Role.OFFICER)

    fields = {"text": "noura", "switch": "yes"}
    shown = await press(browser, f"{SEARCH}?lang=ar", fields)

    assert 'value="noura"' in shown.text
    assert await lines() == []


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
async def test_other_roles_do_not_search(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """Nor are they shown the way."""
    await sign_in(role)

    assert (await browser.get(SEARCH)).status_code == 403
    assert SEARCH not in (await browser.get("/desk")).text
