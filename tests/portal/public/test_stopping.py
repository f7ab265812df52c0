"""The pages of the stop link, in the letter to the address that is to be replaced."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from desk.requests.withdrawal import withdraw
from models.door import OPERATIONS
from models.links import LinkPurpose
from rules.requests.statuses import Status
from support.portal import SURE, Clock, Mailed, mailed_link
from support.requests import NOW


@pytest.fixture
async def link(database: str) -> Mailed:
    """A request that replaces the e-mail address."""
    return await mailed_link(email="noura.elsewhere@example.com")


@pytest.fixture
async def stop(link: Mailed) -> str:
    """The address of the page that stops it."""
    return f"/stop/{await link.newest_token(LinkPurpose.STOP)}?lang=en"


async def test_opening_the_stop_link_asks_and_changes_nothing(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """Neither address is shown."""
    page = await browser.get(stop)

    assert page.status_code == 200
    assert "Stop this request?" in page.text
    assert "example.com" not in page.text
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_pressing_stop_withdraws_the_request(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """Pressed twice it is the same; the activation link is closed."""
    pressed = [
        await browser.post(stop, data=link.ending),
        await browser.post(stop, data=link.ending),
    ]
    page = await browser.get(pressed[0].headers["location"])
    activation = await browser.post(f"/activate/{link.token}", data=SURE)

    assert [answer.status_code for answer in pressed] == [303, 303]
    assert "The request has been stopped" in page.text
    assert activation.status_code == 410
    assert await link.status() == Status.WITHDRAWN


async def test_what_is_in_force_can_be_taken_back(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """The page asks first; pressed twice it is the same."""
    await browser.post(f"/activate/{link.token}", data=SURE)

    asked = await browser.get(stop)
    pressed = [await browser.post(stop, data=link.ending) for _ in range(2)]
    page = await browser.get(pressed[0].headers["location"])

    assert "Undo this change?" in asked.text
    assert [answer.status_code for answer in pressed] == [303, 303]
    assert "The change has been undone" in page.text
    assert await link.status() == Status.ACTIVATED


async def test_after_some_days_it_is_too_late(
    browser: httpx.AsyncClient, link: Mailed, stop: str, clock: Clock
) -> None:
    """The page says what to do instead."""
    await browser.post(f"/activate/{link.token}", data=SURE)
    clock.forward(timedelta(days=7))

    pressed = await browser.post(stop, data=link.ending)

    assert pressed.status_code == 410
    assert "It is too late to stop the request" in pressed.text
    assert "<button" not in pressed.text


async def test_stopping_what_somebody_else_withdrew_says_that_nothing_changes(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """There is nothing left to stop."""
    await withdraw(link.code, by=OPERATIONS, now=NOW)

    page = await browser.get(stop)

    assert page.status_code == 410
    assert "This request was withdrawn" in page.text


async def test_stopping_and_activating_at_once_is_one_of_them(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """Whoever comes second is told how it ended."""
    answers = await asyncio.gather(
        browser.post(stop, data=link.ending), browser.post(f"/activate/{link.token}", data=SURE)
    )

    stopped, activated = (answer.status_code for answer in answers)
    assert (stopped, activated) in {(303, 410), (303, 303)}
    expected = Status.WITHDRAWN if activated == 410 else Status.ACTIVATED
    assert await link.status() == expected
    page = await browser.get(stop)
    assert ("The request has been stopped" in page.text) == (activated == 410)
    assert ("The change has been undone" in page.text) == (activated == 303)


async def test_an_expired_stop_link_offers_no_new_one(
    browser: httpx.AsyncClient, stop: str, clock: Clock
) -> None:
    """A new link would go to the new address, to somebody else."""
    clock.forward(timedelta(days=31))

    page = await browser.get(stop)

    assert page.status_code == 410
    assert "can no longer be stopped here" in page.text
    assert "<button" not in page.text


async def test_each_link_opens_its_own_page_only(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """The old mailbox cannot activate, the new one cannot stop."""
    crossed = [
        await browser.get(stop.replace("/stop/", "/activate/")),
        await browser.post(stop.replace("/stop/", "/activate/")),
        await browser.get(f"/stop/{link.token}"),
        await browser.post(f"/stop/{link.token}"),
    ]

    assert [answer.status_code for answer in crossed] == [404] * 4
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_the_stop_link_s_holder_cannot_have_a_new_activation_link(
    browser: httpx.AsyncClient, link: Mailed, stop: str
) -> None:
    """The request's newest activation link stays the newest."""
    asked = await browser.post(stop.replace("/stop/", "/activate/").replace("?", "/new-link?"))

    page = await browser.get(asked.headers["location"])
    activation = await browser.get(f"/activate/{link.token}")

    assert page.status_code == 404
    assert activation.status_code == 200
