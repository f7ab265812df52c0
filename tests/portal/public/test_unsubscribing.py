"""The page behind "no more reminders", with a real reminder that carried its link."""

from datetime import timedelta

import httpx
import pytest

from models.database import transaction
from models.reminders.suppressions import suppression_of
from support.portal import Clock
from support.reminding import SUNDAY, OnFile, Runs, reminded_card


@pytest.fixture
async def card(runs: Runs) -> OnFile:
    """A card whose holder has just been reminded."""
    return await reminded_card(runs)


@pytest.fixture
def page(runs: Runs, card: OnFile) -> str:
    """Where the link in the letter leads."""
    (letter,) = runs.letters()
    return "/unsubscribe/" + str(letter["List-Unsubscribe"]).strip("<>").rpartition("/")[2]


async def is_suppressed(card: OnFile) -> bool:
    async with transaction() as session:
        return await suppression_of(session, card.email) is not None


async def test_opening_the_link_asks_and_changes_nothing(
    browser: httpx.AsyncClient, card: OnFile, page: str
) -> None:
    """Mail scanners open every link; no address is shown."""
    opened = await browser.get(page)

    assert opened.status_code == 200
    assert "Stop these reminders?" in opened.text
    assert "or ask you to confirm your details" in opened.text
    assert card.email not in opened.text
    assert not await is_suppressed(card)


async def test_one_click_of_a_mail_program_ends_the_reminders(
    browser: httpx.AsyncClient, card: OnFile, page: str
) -> None:
    """RFC 8058: a POST with its own body, without a page before it; twice is the same."""
    clicks = [
        await browser.post(page, data={"List-Unsubscribe": "One-Click"}),
        await browser.post(page, data={"List-Unsubscribe": "One-Click"}),
    ]

    assert [answer.status_code for answer in clicks] == [200, 200]
    assert await is_suppressed(card)


async def test_the_next_threshold_is_not_sent(
    browser: httpx.AsyncClient, runs: Runs, card: OnFile, page: str
) -> None:
    """It is on file with its reason."""
    await browser.post(page)

    letters = await runs.run(SUNDAY + timedelta(days=7))

    assert letters == []
    assert [row.reason for row in await card.reminders()] == [None, "suppressed"]


async def test_an_expired_link_ends_nothing(
    browser: httpx.AsyncClient, clock: Clock, card: OnFile, page: str
) -> None:
    """The page says where a newer one is."""
    clock.forward(timedelta(days=500))

    pressed = await browser.post(page)

    assert pressed.status_code == 410
    assert "newest reminder" in pressed.text
    assert not await is_suppressed(card)


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00" * 43, "../activate"])
@pytest.mark.usefixtures("card")
async def test_an_unknown_link_is_told_so(browser: httpx.AsyncClient, token: str) -> None:
    """Whatever was made up."""
    opened, pressed = (
        await browser.get(f"/unsubscribe/{token}"),
        await browser.post(f"/unsubscribe/{token}"),
    )

    assert opened.status_code == pressed.status_code == 404
