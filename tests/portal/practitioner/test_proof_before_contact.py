"""Before an e-mail address or a mobile number changes, an open browser alone is not enough."""

from datetime import timedelta

import httpx
import pytest

from desk.cases.own import own_requests
from models.database import transaction
from models.practitioners import find_practitioner
from portal.web.proving import CONFIRM
from support.accounts import Member, press
from support.pages import fill, sent_code
from support.portal import Clock

REVIEW = "/update/review"


async def sent(member: Member) -> int:
    """How many requests this person has."""
    async with transaction() as session:
        person = await find_practitioner(session, member.registration_number)
    return len(await own_requests(person.id))


async def test_a_new_mobile_number_asks_who_it_is_once_more(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """A quarter of an hour after the sign-in; what was typed stays, and Next goes on."""
    await fill(browser, "/update/edit/contact", mobile="0551112233")
    clock.forward(timedelta(minutes=15))

    asked = await press(browser, REVIEW, {"sure": "yes"})
    before = await sent(member)
    confirm = asked.headers["location"]
    back = await press(browser, confirm, {"password": member.password}, action=CONFIRM)
    await sent_code(browser, back.headers["location"])

    assert (asked.status_code, confirm) == (303, f"{CONFIRM}?to=%2Fupdate%2Freview")
    assert before == 0
    assert back.headers["location"] == REVIEW
    assert await sent(member) == 1


@pytest.mark.parametrize("minutes", [14, 20])
async def test_other_details_ask_for_nothing(
    browser: httpx.AsyncClient, member: Member, clock: Clock, minutes: int
) -> None:
    """Nor does a new mobile number soon after the sign-in."""
    if minutes < 15:
        await fill(browser, "/update/edit/contact", mobile="0551112233")
    else:
        await fill(browser, "/update/edit/contact", address="14 Olaya Street")
    clock.forward(timedelta(minutes=minutes))

    await sent_code(browser, REVIEW)

    assert await sent(member) == 1
