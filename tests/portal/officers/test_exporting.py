"""A queue taken along as a file, as a browser meets it."""

import csv
import io

import httpx
import pytest

from desk.requests.claims import claim
from models.access_log import Looked
from rules.accounts.kinds import Role
from support.accounts import OURS, hidden_fields
from support.at_the_desk import looks
from support.people import NOURA, register_applicant, specialty_change
from support.requests import NOW, request_at_gate

from .conftest import SignIn

EXPORT = "/desk/export?queue=to_take&lang=en"


async def case(**facts: str) -> str:
    """Another person's case; its code."""
    number = (await register_applicant(**facts)).registration_number
    return await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )


async def exported(browser: httpx.AsyncClient, page: str = EXPORT, **fields: str) -> httpx.Response:
    """Say why, and press the button."""
    # The first form to this address is the one that filters; all of a page have one token.
    hidden = hidden_fields((await browser.get(page)).text, "/sign-out")
    data = {**hidden, "reason": "weekly report", **fields}
    return await browser.post(page, data=data, headers=OURS)


def rows_of(answer: httpx.Response) -> list[list[str]]:
    """The rows behind the headings."""
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))[1:]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
async def test_who_oversees_takes_a_queue_along(
    browser: httpx.AsyncClient, sign_in: SignIn, role: Role
) -> None:
    """A file that Excel reads as Arabic, whose name is nobody's; each row is a look."""
    staff = await sign_in(role)
    code = await request_at_gate()

    answer = await exported(browser)

    (row,) = rows_of(answer)
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert (row[0], NOURA["family_name_ar"] in row[11]) == (code, True)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="mumaris-to_take-2026-11-23.csv"'
    )
    assert answer.headers["cache-control"] == "no-store"
    assert NOURA["identity_number"] not in answer.text
    (line,) = await looks(Looked.EXPORT)
    assert (line.viewer, line.why) == (staff.user_name, "weekly report")


async def test_identity_numbers_are_in_it_once_asked_for(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """By a tick that is not there before."""
    await sign_in(Role.AUDITOR)
    await request_at_gate()

    shown = (await browser.get(EXPORT)).text
    answer = await exported(browser, identity="yes")

    assert " checked" not in shown
    assert rows_of(answer)[0][-1] == NOURA["identity_number"]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OPERATOR])
async def test_nobody_else_does(browser: httpx.AsyncClient, sign_in: SignIn, role: Role) -> None:
    """Neither asked nor sent, nor led there."""
    await sign_in(role)
    await case()
    desk = (await browser.get("/desk")).text
    hidden = hidden_fields(desk, "/sign-out")

    asked = await browser.get(EXPORT)
    sent = await browser.post(EXPORT, data={**hidden, "reason": "curious"}, headers=OURS)

    assert (asked.status_code, sent.status_code) == (403, 403)
    assert "/desk/export" not in desk
    assert await looks(Looked.EXPORT) == []


async def test_a_press_that_is_not_ours_exports_nothing(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """What was typed stays."""
    await sign_in(Role.SUPERVISOR)
    await case()

    answer = await exported(browser, csrf="guessed")

    assert answer.status_code == 403
    assert 'value="weekly report"' in answer.text
    assert await looks(Looked.EXPORT) == []


@pytest.mark.parametrize("why", ["", " \u200b", "x" * 501])
async def test_it_needs_a_reason(browser: httpx.AsyncClient, sign_in: SignIn, why: str) -> None:
    """In words that somebody can read."""
    await sign_in(Role.SUPERVISOR)
    await case()

    answer = await exported(browser, reason=why)

    assert answer.status_code == 422
    assert await looks(Looked.EXPORT) == []


async def test_the_file_is_of_the_list_that_is_shown(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """From the queue with its filters to the file."""
    await sign_in(Role.SUPERVISOR)
    held, _ = await case(), await case()
    await claim(held, "basim", now=NOW)
    said = "queue=all&officer=basim"

    queue = (await browser.get(f"/desk/queue?lang=en&{said}")).text
    page = f"/desk/export?lang=en&{said}"
    shown = (await browser.get(page)).text
    answer = await exported(browser, page)

    assert f"/desk/export?lang=en&amp;{said.replace('&', '&amp;')}" in queue
    assert "With" in shown
    assert "Showing only:" in shown
    assert [row[0] for row in rows_of(answer)] == [held]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r="])
async def test_a_name_computes_nothing_in_a_spreadsheet(
    browser: httpx.AsyncClient, sign_in: SignIn, begin: str
) -> None:
    """It is a text, in a cell of its own."""
    await sign_in(Role.SUPERVISOR)
    await case(first_name_en=f'{begin}cmd|"/c calc"!A1', first_name_ar=f"{begin}1,\n2")

    (row,) = rows_of(await exported(browser))

    assert len(row) == 13
    assert row[-1].startswith(f"'{begin}cmd")
    assert row[-2].startswith(f"'{begin}1,")


async def test_nobody_s_details_are_on_the_page_before(
    browser: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """It counts."""
    await sign_in(Role.AUDITOR)
    code = await request_at_gate()

    shown = (await browser.get(EXPORT)).text

    assert [each for each in (code, NOURA["family_name_en"]) if each in shown] == []
    assert '<span class="tag" dir="ltr">1</span>' in shown
