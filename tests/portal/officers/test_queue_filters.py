"""Filters of a queue: in the address, in words, and with the officer from case to case."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from desk.clock import end_of_day
from desk.requests.claims import claim
from models.database import transaction
from models.requests import find_request
from rules.requests.review import ReviewReason
from rules.values.dates import riyadh_day
from support.accounts import press
from support.at_the_desk import decided, row_of, ticked
from support.people import register_applicant, specialty_change
from support.portal import Clock
from support.requests import NOW, request_at_gate
from support.staff import Staff

TODAY = riyadh_day(NOW)
_LINKS = re.compile(r'(?:href|action)="(/desk[^"]*)"')


async def case(*, due: int = 0) -> str:
    """Another person's case, due so many days after today; its code."""
    number = (await register_applicant()).registration_number
    code = await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    )
    async with transaction() as session:
        row = await find_request(session, code, lock=True)
        row.review_due_at = end_of_day(TODAY + timedelta(days=due))
    return code


def links(shown: str, path: str) -> list[str]:
    """The addresses of this path that the page leads to."""
    found = map(html.unescape, _LINKS.findall(shown))
    return [each for each in found if each.partition("?")[0] == path]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("kind=profile_update", "Profile update"),
        ("why=specialty_or_rank_changed", ReviewReason.SPECIALTY_OR_RANK_CHANGED.sentence.en),
        ("due=today", "Due today"),
        (f"before={TODAY + timedelta(days=1)}", "Due before"),
    ],
)
async def test_what_is_shown_is_said_in_words(
    browser: httpx.AsyncClient, officer: Staff, said: str, words: str
) -> None:
    """And one press shows all."""
    mine, other = await case(), await case(due=3)
    async with transaction() as session:
        row = await find_request(session, other, lock=True)
        row.review_reasons = ["names_changed"]

    shown = (await browser.get(f"/desk/queue?queue=to_take&lang=en&{said}")).text
    everything = links(shown, "/desk/queue")[len("123456") :]

    narrowed = re.search(r"Showing only:(.*?)</p>", shown, re.DOTALL)
    assert narrowed
    assert words in html.unescape(narrowed[1])
    assert mine in shown
    assert (other in shown) == ("kind" in said)
    assert "/desk/queue?queue=to_take&lang=en" in everything


async def test_a_queue_is_narrowed_to_an_officer_s_work(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Who works on something stands in the list of names."""
    held, free = await case(), await case()
    await claim(held, "basim", now=NOW)

    shown = (await browser.get("/desk/queue?queue=all&officer=basim&lang=en")).text

    assert (held in shown, free in shown) == (True, False)
    assert '<option value="basim" selected>' in shown


@pytest.mark.parametrize(
    "said", ["kind=x", "why=x", "due=x", "before=x", "before=0001-01-01", "officer=%3Cb%3E"]
)
async def test_what_cannot_be_read_narrows_nothing(
    browser: httpx.AsyncClient, officer: Staff, said: str
) -> None:
    """And is not repeated."""
    code = await case()

    shown = await browser.get(f"/desk/queue?queue=to_take&lang=en&{said}")

    assert shown.status_code == 200
    assert code in shown.text
    assert "Showing only:" not in shown.text
    assert said not in html.unescape(shown.text)


async def test_filters_are_kept_by_tabs_pages_and_the_other_language(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Wherever the queue leads to, but for what shows all."""
    for _ in range(26):
        await case()

    shown = (await browser.get("/desk/queue?queue=to_take&due=today&lang=en")).text

    to_queues = links(shown, "/desk/queue")
    assert len([each for each in to_queues if "due=today" in each]) == 8
    (more,) = [each for each in to_queues if "after=" in each]
    assert (await browser.get(more)).text.count("/desk/cases/") == 1
    (other,) = [each for each in to_queues if "lang=ar" in each]
    assert "موعدها اليوم" in (await browser.get(other)).text


async def test_next_case_works_through_the_list(
    browser: httpx.AsyncClient, clock: Clock, officer: Staff
) -> None:
    """From the queue to the case, to its decision, to the desk, and to the next one."""
    first, out, second = await case(), await case(due=3), await case()
    said = "queue=to_take&due=today"
    shown = (await browser.get(f"/desk/queue?lang=en&{said}")).text
    given = []
    for _ in range(2):
        (next_case,) = links(shown, "/desk/next")
        answer = await press(browser, "/desk", {}, action=next_case)
        address = answer.headers["location"]
        given.append(address.partition("?")[0].removeprefix("/desk/cases/"))
        path = address.partition("?")[0]
        approve = (await ticked(browser, address, step="approve")).headers["location"]
        answer = await decided(browser, path, "approve", {}, said="?" + approve.partition("?")[2])
        assert said in answer.headers["location"]
        shown = (await browser.get(answer.headers["location"])).text

    assert set(given) == {first, second}
    (next_case,) = links(shown, "/desk/next")
    nothing = await press(browser, "/desk", {}, action=next_case)
    assert "Nothing in this list waits for you now." in nothing.text
    assert "Showing only:" in nothing.text
    assert (await row_of(out)).claimed_by is None


@pytest.mark.parametrize("act", ["skip", "hold", "release"])
async def test_whatever_is_done_with_a_case_leads_back_to_the_list(
    browser: httpx.AsyncClient, officer: Staff, act: str
) -> None:
    """Passed on, put aside, put back."""
    code = await case()
    await claim(code, officer.user_name, now=NOW)
    address = f"/desk/cases/{code}?lang=en&queue=to_take&due=today"
    shown = (await browser.get(address)).text
    (there,) = links(shown, f"/desk/cases/{code}/{act}")
    fields = {"why": "ask HR", "until": str(TODAY + timedelta(days=1))}

    page = address if act == "release" else there
    answer = await press(browser, page, {} if act == "release" else fields, action=there)

    assert answer.status_code == 303
    assert "queue=to_take&due=today" in answer.headers["location"]


async def test_a_form_in_the_other_language_keeps_the_list(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """Its switch is a press of the form."""
    code = await case()
    await claim(code, officer.user_name, now=NOW)

    shown = (await browser.get(f"/desk/cases/{code}/skip?lang=en&queue=to_take&due=today")).text

    assert (
        'formaction="/desk/cases/' + code + '/skip?lang=ar&amp;queue=to_take&amp;due=today"'
        in shown
    )


async def test_the_desk_says_what_is_worked_through(
    browser: httpx.AsyncClient, officer: Staff
) -> None:
    """And counts that; a press shows all."""
    await case()
    await case(due=3)

    shown = (await browser.get("/desk?lang=en&queue=to_take&due=today")).text
    whole = (await browser.get("/desk?lang=en")).text

    assert "Showing only:" in shown
    assert 'href="/desk?lang=en"' in shown
    assert "Showing only:" not in whole
    counts = r"To take</a> <span[^>]*>(\d+)"
    assert re.findall(counts, shown) + re.findall(counts, whole) == ["1", "2"]
