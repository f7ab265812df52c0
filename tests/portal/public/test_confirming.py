"""The page that confirms a profile, with a real letter that carried its link."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from models import database as models_database
from models.database import transaction
from models.reminders.suppressions import suppression_of
from portal.web.guarding import HEADERS
from rules.policy.thresholds import Topic
from support.people import contact_change
from support.portal import SURE, Clock
from support.reminding import SUNDAY, Asked, Runs, asked_to_confirm, card_on_file, noon
from support.requests import NOW, request_awaiting_activation

CONFIRMED_BEFORE = noon(SUNDAY - timedelta(days=365))
ANY_SEEN = "a" * 64


@pytest.fixture
async def asked(runs: Runs) -> Asked:
    """Somebody who has the letter, not yet opened."""
    return await asked_to_confirm(runs)


@pytest.fixture
def page(asked: Asked) -> str:
    """Where the link in the letter leads."""
    return f"/confirm/{asked.token}"


def seen_in(opened: httpx.Response) -> str:
    """What the page's form sends."""
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', opened.text)
    assert found is not None
    return found[1]


async def press(browser: httpx.AsyncClient, page: str) -> httpx.Response:
    """Open the page and press its button."""
    return await browser.post(page, data={"seen": seen_in(await browser.get(page)), **SURE})


async def is_unconfirmed(asked: Asked) -> bool:
    return (await asked.person.profile()).confirmed_at == CONFIRMED_BEFORE and (
        await asked.person.confirmations() == []
    )


async def test_the_link_shows_what_is_on_file(browser: httpx.AsyncClient, page: str) -> None:
    """The names in both languages, and of the mobile number its end."""
    opened = await browser.get(page)

    assert opened.status_code == 200
    assert "Are your details correct?" in opened.text
    assert '<bdi dir="auto">نورة سالم حمد القحطاني</bdi>' in opened.text
    assert '<bdi dir="auto">Noura Salem Hamad Alqahtani</bdi>' in opened.text
    assert 'ends in <bdi dir="ltr">567</bdi>' in opened.text
    for datum in ("King Salman Hospital", "nursing", "specialist"):
        assert f'<bdi dir="auto">{datum}</bdi>' in opened.text


async def test_the_page_keeps_to_itself_what_nobody_needs_to_see(
    browser: httpx.AsyncClient, asked: Asked, page: str
) -> None:
    """Whoever holds the link may be anybody: no identity number, birth date, street or mobile."""
    identity_number = (await asked.person.profile()).identity_number

    opened = await browser.get(page)

    assert asked.person.email in opened.text.replace("<wbr>", "")
    for datum in (identity_number, "1988", "Olaya", "50123", "1234567"):
        assert datum not in opened.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_the_link_changes_nothing(
    browser: httpx.AsyncClient, asked: Asked, page: str, method: str
) -> None:
    """Mail scanners open every link, and people open it twice."""
    opened = [await browser.request(method, page), await browser.request(method, page)]

    assert [answer.status_code for answer in opened] == [200, 200]
    assert await is_unconfirmed(asked)


async def test_pressing_the_button_confirms_and_leads_back_to_the_page(
    browser: httpx.AsyncClient, asked: Asked, page: str
) -> None:
    """The row says when; the confirmation says which version, by which letter."""
    pressed = await press(browser, page)
    opened = await browser.get(pressed.headers["location"])

    (confirmation,) = await asked.person.confirmations()
    (reminder,) = await asked.person.reminders(Topic.PROFILE)
    assert (pressed.status_code, opened.status_code) == (303, 200)
    assert "You confirmed your details on" in opened.text
    assert "23\u00a0November\u00a02026" in opened.text
    assert "<button" not in opened.text
    assert (await asked.person.profile()).confirmed_at == NOW
    assert (confirmation.version, confirmation.confirmed_at) == (1, NOW)
    assert confirmation.reminder_id == reminder.id


async def test_the_day_is_riyadh_s(browser: httpx.AsyncClient, clock: Clock, page: str) -> None:
    """Who presses after ten at night UTC, does so on the next day."""
    clock.now = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)

    pressed = await press(browser, page)

    assert "24\u00a0November\u00a02026" in (await browser.get(pressed.headers["location"])).text


async def test_a_letter_about_the_card_confirms_as_well(
    browser: httpx.AsyncClient, runs: Runs
) -> None:
    """It asks in the profile's stead."""
    card = await card_on_file(SUNDAY + timedelta(days=30), confirmed_at=CONFIRMED_BEFORE)
    (letter,) = await runs.run(SUNDAY)

    pressed = await press(browser, f"/confirm/{Asked(card, letter).token}")

    assert pressed.status_code == 303
    assert (await card.profile()).confirmed_at == NOW


async def test_pressing_twice_is_one_confirmation(
    browser: httpx.AsyncClient, asked: Asked, clock: Clock, page: str
) -> None:
    """Who presses again, on a page that the browser kept, sees the first day."""
    seen = seen_in(await browser.get(page))
    await browser.post(page, data={"seen": seen, **SURE})
    clock.forward(timedelta(days=3))

    again = await browser.post(page, data={"seen": seen, **SURE})

    assert again.status_code == 303
    assert [row.confirmed_at for row in await asked.person.confirmations()] == [NOW]


async def test_ten_presses_at_once_are_one_confirmation_and_ten_friendly_answers(
    browser: httpx.AsyncClient, asked: Asked, page: str
) -> None:
    """Impatient people press again, and so do their browsers."""
    seen = {"seen": seen_in(await browser.get(page)), **SURE}

    pressed = await asyncio.gather(*(browser.post(page, data=seen) for _ in range(10)))

    assert {answer.status_code for answer in pressed} == {303}
    assert len(await asked.person.confirmations()) == 1


@pytest.mark.parametrize("change", [{"employer": "King Fahad Hospital"}, {"version": 2}])
async def test_what_has_changed_since_it_was_shown_is_not_confirmed(
    browser: httpx.AsyncClient, asked: Asked, page: str, change: dict[str, object]
) -> None:
    """The page says so, shows the data as they are now, and its button confirms those."""
    seen = seen_in(await browser.get(page))
    await asked.person.change_profile(**change)

    pressed = await browser.post(page, data={"seen": seen, **SURE})

    assert pressed.status_code == 409
    assert "Your details have changed" in pressed.text
    assert str(change.get("employer", "King Salman Hospital")) in pressed.text
    assert await is_unconfirmed(asked)
    again = await browser.post(page, data={"seen": seen_in(pressed), **SURE})
    assert again.status_code == 303


async def test_an_expired_link_shows_nothing_and_confirms_nothing(
    browser: httpx.AsyncClient, asked: Asked, clock: Clock, page: str
) -> None:
    """It says where a newer one is."""
    seen = seen_in(await browser.get(page))
    clock.now = noon(SUNDAY) + timedelta(days=400)

    opened = await browser.get(page)
    pressed = await browser.post(page, data={"seen": seen, **SURE})

    assert (opened.status_code, pressed.status_code) == (410, 410)
    assert "our newest e-mail" in pressed.text
    assert "Noura" not in opened.text + pressed.text
    assert await is_unconfirmed(asked)


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 44, "%00" * 43, "%F0%9F%92%A9", "..%5c"])
async def test_an_unknown_link_is_not_found(browser: httpx.AsyncClient, token: str) -> None:
    """Whatever was made up."""
    opened = await browser.get(f"/confirm/{token}")
    pressed = await browser.post(f"/confirm/{token}", data={"seen": ANY_SEEN, **SURE})

    assert (opened.status_code, pressed.status_code) == (404, 404)
    assert "This link does not work" in opened.text


async def test_each_link_opens_its_own_page_only(
    browser: httpx.AsyncClient, asked: Asked, page: str
) -> None:
    """Mail programs press "unsubscribe" themselves, and nobody who confirms wants silence."""
    seen = seen_in(await browser.get(page))

    crossed = [
        await browser.get(f"/confirm/{asked.stop_token}"),
        await browser.post(f"/confirm/{asked.stop_token}", data={"seen": seen, **SURE}),
        await browser.get(f"/unsubscribe/{asked.token}"),
        await browser.post(f"/unsubscribe/{asked.token}"),
    ]

    assert [answer.status_code for answer in crossed] == [404] * 4
    assert await is_unconfirmed(asked)
    async with transaction() as session:
        assert await suppression_of(session, asked.person.email) is None


async def test_a_letter_to_an_address_that_is_not_theirs_any_more_opens_nothing(
    browser: httpx.AsyncClient, asked: Asked, page: str
) -> None:
    """The old mailbox may be somebody else's."""
    seen = seen_in(await browser.get(page))
    await asked.person.change_profile(email="noura.elsewhere@example.com")

    opened = await browser.get(page)
    pressed = await browser.post(page, data={"seen": seen, **SURE})

    assert (opened.status_code, pressed.status_code) == (404, 404)
    assert "elsewhere" not in opened.text + pressed.text
    assert await is_unconfirmed(asked)


async def test_who_has_sent_an_update_meanwhile_has_confirmed(
    browser: httpx.AsyncClient, asked: Asked, page: str
) -> None:
    """An update in force confirms everything that is on file."""
    seen = seen_in(await browser.get(page))
    update = contact_change(registration_number=asked.person.number)
    _, token = await request_awaiting_activation(update)
    await browser.post(f"/activate/{token}", data=SURE)

    opened = await browser.get(page)
    pressed = await browser.post(page, data={"seen": seen, **SURE})

    assert (opened.status_code, pressed.status_code) == (200, 303)
    assert "Your details are confirmed" in opened.text
    assert await asked.person.confirmations() == []


async def test_a_database_that_is_away_loses_no_link(
    browser: httpx.AsyncClient, page: str, away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened or pressed; a press is tried for half a minute first."""
    monkeypatch.setattr(models_database, "RETRY_DELAYS", ())

    opened = await browser.get(page)
    pressed = await browser.post(page, data={"seen": ANY_SEEN, **SURE})

    assert (opened.status_code, pressed.status_code) == (503, 503)
    assert "Your link is not affected" in pressed.text


async def test_every_answer_carries_the_strict_headers(
    browser: httpx.AsyncClient, page: str
) -> None:
    """Nothing may be kept of somebody's data, and the token must not travel on."""
    answers = [
        await browser.get(page),
        await browser.post(page, data={"seen": ANY_SEEN, **SURE}),
        await browser.post(page),
        await press(browser, page),
        await browser.get(page),
    ]

    assert [answer.status_code for answer in answers] == [200, 409, 422, 303, 200]
    expected = HEADERS | {"Cache-Control": "no-store"}
    for answer in answers:
        assert {name: answer.headers.get(name) for name in expected} == expected
