"""One's own card, to show and to print."""

from datetime import timedelta

import httpx
import pytest

from desk.register.card_codes import withdraw_code
from models.access_log import Looked, Viewer
from support.accounts import Member, sign_in_as, with_password
from support.at_the_desk import looks
from support.card_codes import TODAY, YEAR, code_of
from support.cards import give_card
from support.people import register_people
from support.portal import Clock
from support.requests import NOW
from support.sheets import code_on, words_of

pytestmark = pytest.mark.usefixtures("master_keys")


@pytest.fixture
async def member(database: str, clock: Clock, browser: httpx.AsyncClient) -> Member:
    """Somebody who is signed in and has a card that is valid."""
    await register_people()
    clock.now = NOW
    member = await with_password()
    await give_card(member.registration_number, expires_on=TODAY + YEAR)
    await sign_in_as(browser, member)
    return member


async def test_the_page_for_a_phone_has_the_picture_in_it(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """No address of its own, which other people or caches could ask for."""
    shown = await browser.get("/card/wallet?lang=en")

    assert shown.status_code == 200
    assert "<svg" in shown.text
    assert member.registration_number[2:] in shown.text
    assert await code_of(member.registration_number) not in shown.text
    assert shown.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_the_sheet_is_given_as_a_file_in_either_language(
    browser: httpx.AsyncClient, member: Member, language: str
) -> None:
    """Its name says nothing of the person, and the line of the access log is the person's own."""
    given = await browser.get(f"/card/file?lang={language}")

    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["content-disposition"] == 'attachment; filename="card.pdf"'
    assert ("سارية حتى" if language == "ar" else "Valid until") in words_of(given.content)
    assert code_on(given.content).endswith(f"/c/{await code_of(member.registration_number)}")
    [line] = await looks(Looked.CARD_PRINT)
    assert (line.viewer_kind, line.viewer) == (Viewer.PRACTITIONER, None)


async def test_one_s_card_leads_to_both_while_it_is_valid(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """And afterwards neither is offered, nor given."""
    before = await browser.get("/card?lang=en")
    clock.now = NOW + YEAR + timedelta(days=1)
    await sign_in_as(browser, member)
    after = await browser.get("/card?lang=en")
    refused = await browser.get("/card/file?lang=en")

    assert "/card/wallet" in before.text
    assert "/card/file?lang=ar" in before.text
    assert "/card/wallet" not in after.text
    assert refused.status_code == 422
    assert "not valid today" in refused.text


async def test_a_code_that_was_taken_back_is_told(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """With what to do."""
    await code_of(member.registration_number)
    await withdraw_code(member.registration_number, officer="amal", now=NOW)

    refused = await browser.get("/card/wallet?lang=en")

    assert refused.status_code == 422
    assert "Contact us for a new one" in refused.text
