"""A document before an officer's eyes: its pages, and what they note of it."""

import httpx
import pytest
from sqlmodel import select

from desk.policy import as_on_card
from models.access_log import AccessLine, Looked
from models.database import transaction
from models.documents.documents import Upload
from models.documents.readings import DocumentReading
from support.accounts import press
from support.desk_cases import case_with_letter, letter_of, picture
from support.people import NOURA, RAHUL
from support.staff import Staff


def day(day: str, month: str, year: str) -> dict[str, str]:
    """The day of issue, as it is typed."""
    return {"issued_on-day": day, "issued_on-month": month, "issued_on-year": year}


async def with_letter(officer: Staff) -> tuple[str, Upload]:
    """A case with an employer's letter, claimed by this officer; its address, and the letter."""
    code, letter = await case_with_letter(officer.user_name)
    return f"/desk/cases/{code}", letter


async def readings() -> list[DocumentReading]:
    """All that officers have noted."""
    async with transaction() as session:
        return list((await session.exec(select(DocumentReading))).all())


async def test_each_page_is_a_logged_look(browser: httpx.AsyncClient, officer: Staff) -> None:
    """The picture stands on the case's page, beside what is asked for."""
    case, letter = await with_letter(officer)
    address = f"{case}/documents/{letter.id}/pages/1"

    shown = (await browser.get(case)).text
    answer = await browser.get(address)

    assert f'src="{address}"' in shown
    assert answer.content == picture()
    async with transaction() as session:
        query = select(AccessLine).where(AccessLine.what == Looked.DOCUMENT_PAGE)
        (line,) = (await session.exec(query)).all()
    assert (line.viewer, line.upload_id, line.page) == (officer.user_name, letter.id, 1)


async def test_a_document_of_another_case_is_not_found(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """An officer sees what a case names, by that case."""
    case, _ = await with_letter(officer)
    other = await letter_of(RAHUL["registration_number"])

    answers = [
        await browser.get(f"{case}/documents/{other.id}"),
        await browser.get(f"{case}/documents/{other.id}/pages/1"),
        await browser.get(f"{case}/documents/x"),
        await browser.get(f"{case}/documents/{other.id}/pages/0"),
    ]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    ("fields", "issuer", "differs"),
    [
        ({"how": "as_stated"}, "King Salman Hospital", False),
        (
            {
                "how": "typed",
                "issuer": "Another Hospital",
                **day("14", "5", "1448"),
                "issued_on-calendar": "hijri",
            },
            "Another Hospital",
            True,
        ),
    ],
    ids=["as stated", "typed"],
)
async def test_what_was_read_stands_beside_what_is_stated(
    browser: httpx.AsyncClient,
    officer: Staff,
    fields: dict[str, str],
    issuer: str,
    *,
    differs: bool,
) -> None:
    """And where it differs, the case says in what."""
    case, letter = await with_letter(officer)

    answer = await press(browser, f"{case}/documents/{letter.id}", fields)
    shown = (await browser.get(case)).text

    assert answer.headers["location"] == case
    (read,) = await readings()
    assert (read.officer, read.issuer) == (officer.user_name, issuer)
    assert ("Differs from what is stated: Issuer" in shown) == differs


async def test_what_cannot_be_read_stops_an_approval(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """The page of the approval says why, and shows no button."""
    case, letter = await with_letter(officer)
    await press(browser, f"{case}/documents/{letter.id}", {"how": "unreadable"})

    asked = await browser.get(f"{case}/decide/approve")

    assert asked.status_code == 409
    assert "This case cannot be approved any more" in asked.text
    assert 'value="decide"' not in asked.text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"issuer": "A", **day("31", "2", "2026")},
        {"issuer": "A", **day("1", "1", "2030")},
        {"issuer": "ع" * 5000, **day("1", "1", "2026")},
    ],
    ids=["nothing", "no day", "a day to come", "too long"],
)
async def test_what_cannot_be_so_is_said_beside_its_box(
    browser: httpx.AsyncClient, officer: Staff, fields: dict[str, str]
) -> None:
    """With what was typed, and nothing is kept."""
    case, letter = await with_letter(officer)

    answer = await press(browser, f"{case}/documents/{letter.id}", fields)

    assert answer.status_code == 422
    assert 'class="mistake"' in answer.text
    assert fields.get("issuer", "") in answer.text
    assert await readings() == []


async def test_a_reading_of_a_round_that_was_not_shown_is_not_kept(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Its page leads to the case as it is now."""
    case, letter = await with_letter(officer)

    answer = await press(
        browser, f"{case}/documents/{letter.id}", {"how": "as_stated", "round": "9"}
    )

    assert answer.headers["location"] == case
    assert await readings() == []


async def test_who_sent_the_same_file_is_said(browser: httpx.AsyncClient, officer: Staff) -> None:
    """By the registration number, as officers know people."""
    await letter_of(RAHUL["registration_number"])
    case, _ = await with_letter(officer)

    shown = (await browser.get(case)).text

    assert as_on_card(RAHUL["registration_number"]) in shown
    assert NOURA["first_name_en"] in shown
