"""Scanners of mail that press buttons: what ends or changes something waits for a person."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from models.database import transaction
from models.links import LinkPurpose
from models.reminders.suppressions import suppression_of
from portal.web.persons import ends_like
from rules.requests.statuses import Status
from support.portal import SURE, Clock, Mailed, mailed_link
from support.reminding import OnFile, Runs, reminded_card


class Form(HTMLParser):
    """What a scanner sees of a page's last form, and sends: every field as the page has it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the form and its fields."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.fields = found["action"], {}
        elif tag == "input" and found.get("type") != "checkbox":
            self.fields[found["name"]] = found.get("value", "")


async def scan(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """Open the page and press its button."""
    form = Form((await browser.get(address)).text)
    return await browser.post(form.action, data=form.fields)


@pytest.fixture
async def link(database: str) -> Mailed:
    """A request that replaces the e-mail address."""
    return await mailed_link(email="noura.elsewhere@example.com")


async def test_a_scanner_stops_no_request(browser: httpx.AsyncClient, link: Mailed) -> None:
    """It does not know the code, and the page does not show it."""
    stop = f"/stop/{await link.newest_token(LinkPurpose.STOP)}?lang=en"
    page = await browser.get(stop)

    pressed = await scan(browser, stop)

    assert link.code not in page.text
    assert link.code[-4:] not in page.text
    assert pressed.status_code == 422
    assert "These are not the last 4 characters" in pressed.text
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_a_scanner_takes_nothing_back(browser: httpx.AsyncClient, link: Mailed) -> None:
    """Nor does it know it afterwards."""
    await browser.post(f"/activate/{link.token}", data=SURE)
    stop = f"/stop/{await link.newest_token(LinkPurpose.STOP)}?lang=en"

    pressed = await scan(browser, stop)

    assert pressed.status_code == 422
    assert link.code[-4:] not in pressed.text
    assert "Undo this change?" in (await browser.get(stop)).text


async def test_a_scanner_activates_nothing(browser: httpx.AsyncClient, link: Mailed) -> None:
    """It ticks no box; the page says what is missing."""
    pressed = await scan(browser, f"/activate/{link.token}?lang=en")

    assert pressed.status_code == 422
    assert "Tick the box first" in pressed.text
    assert await link.status() == Status.AWAITING_ACTIVATION


async def test_a_scanner_ends_no_reminders(browser: httpx.AsyncClient, runs: Runs) -> None:
    """The page's form is told from a mail program's own press, which still works."""
    card = await reminded_card(runs)
    (letter,) = runs.letters()
    page = (
        "/unsubscribe/"
        + str(letter["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
        + "?lang=en"
    )

    pressed = await scan(browser, page)
    after_scan = await is_suppressed(card)
    ticked = await browser.post(page, data={"page": "1", **SURE})

    assert (pressed.status_code, after_scan) == (422, False)
    assert "Tick the box first" in pressed.text
    assert (ticked.status_code, await is_suppressed(card)) == (200, True)


async def is_suppressed(card: OnFile) -> bool:
    async with transaction() as session:
        return await suppression_of(session, card.email) is not None


async def test_what_is_asked_for_has_a_label_and_needs_no_script(
    browser: httpx.AsyncClient, link: Mailed, clock: Clock
) -> None:
    """A screen reader says it, and the browser itself asks for it."""
    stop = f"/stop/{await link.newest_token(LinkPurpose.STOP)}?lang=en"
    for address, name in ((stop, "code"), (f"/activate/{link.token}", "sure")):
        page = (await browser.get(address)).text

        field = re.search(f'<input id="{name}"[^>]*>', page)
        assert field is not None
        assert " required" in field[0]
        assert f'<label for="{name}">' in page
        assert "<script" not in page


@pytest.mark.parametrize(
    "typed", ["M9XD", "m9xd", " M9 XD ", "-M9XD", "M9XD ", "k7q2m9xd", "K7Q2-M9XD", "٠9XD"]
)
def test_the_end_of_the_code_is_read_however_it_is_written(typed: str) -> None:
    """Or all of it, as people paste it."""
    code = "K7Q2-09XD" if typed.startswith("٠") else "K7Q2-M9XD"

    assert ends_like(typed, code)


@pytest.mark.parametrize("typed", ["", " ", "9XD", "M9XE", "K7Q2", "K7Q2-M9XE", "x" * 100])
def test_anything_else_is_not_the_end_of_the_code(typed: str) -> None:
    """Not its beginning either."""
    assert not ends_like(typed, "K7Q2-M9XD")
