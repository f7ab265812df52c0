"""My card and hours."""

from datetime import date, timedelta

import httpx
import pytest

from desk.policy import current_policy
from desk.register.own_card import own_card
from models.cards import find_card
from models.database import transaction
from rules.values.dates import riyadh_day
from support.accounts import Member, sign_in_as, with_password
from support.cards import give_card
from support.requests import NOW

TODAY = riyadh_day(NOW)


async def holder(browser: httpx.AsyncClient, expires_on: date, **facts: object) -> Member:
    """Somebody who is signed in and has a nurse's card."""
    member = await with_password()
    await give_card(member.registration_number, expires_on=expires_on, **facts)  # type: ignore[arg-type] # as given
    await sign_in_as(browser, member)
    return member


async def test_without_a_card_the_page_says_so(browser: httpx.AsyncClient) -> None:
    """Nothing is made up."""
    await sign_in_as(browser, await with_password())

    shown = await browser.get("/card?lang=en")

    assert shown.status_code == 200
    assert "We have no card on file for you" in shown.text


async def test_nobody_sees_a_card_but_its_holder(browser: httpx.AsyncClient) -> None:
    """There is no address of another one's card: a page shows that of who is signed in."""
    await with_password()
    other = await with_password()
    await give_card(other.registration_number, expires_on=TODAY + timedelta(days=400))
    await holder(browser, TODAY + timedelta(days=200))

    shown = await browser.get("/card?lang=en")

    assert other.registration_number[2:] not in shown.text
    assert await own_card(None, on=TODAY) is None


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (91, "You can renew the card from"),
        (90, "You can renew the card now"),
        (0, "You can renew the card now"),
        (-1, "You can renew it without a fine until"),
        (-31, "renewal is late"),
        (-366, "You need a new registration"),
    ],
)
async def test_the_page_says_where_the_day_lies(
    browser: httpx.AsyncClient, days: int, said: str
) -> None:
    """On the last and the first day of each stretch."""
    assert current_policy().renewal.opens_before_expiry_days == 90
    await holder(browser, TODAY + timedelta(days=days))

    shown = await browser.get("/card?lang=en")

    assert said in shown.text


async def test_a_suspended_card_is_not_said_to_be_open(browser: httpx.AsyncClient) -> None:
    """What the authority took away comes before the days."""
    await holder(browser, TODAY + timedelta(days=30), status="suspended")

    shown = await browser.get("/card?lang=en")

    assert "Suspended" in shown.text
    assert "You can renew the card now" not in shown.text


async def test_hours_are_shown_by_year_with_what_is_needed_still(
    browser: httpx.AsyncClient,
) -> None:
    """A nurse's card of two years asks for 30."""
    member = await holder(browser, TODAY + timedelta(days=200), hours=18)

    shown = await browser.get("/card?lang=en")

    account = await member.account()
    assert account is not None
    async with transaction() as session:
        assert account.practitioner_id is not None
        card = await find_card(session, account.practitioner_id)
    year = (card.valid_from + timedelta(days=30)).year
    assert f'<tr><th scope="row">{year}</th><td>18 hours</td><td>18 hours</td></tr>' in shown.text
    assert "<dt>Still needed</dt><dd>12 hours</dd>" in shown.text


async def test_the_days_are_said_in_both_calendars(browser: httpx.AsyncClient) -> None:
    """In Arabic too."""
    await holder(browser, date(2027, 6, 1))

    arabic, english = [await browser.get(f"/card?lang={language}") for language in ("ar", "en")]

    assert "2027" in english.text
    assert "1448" in english.text
    assert "1448" in arabic.text
    assert "بطاقتي وساعاتي" in arabic.text
