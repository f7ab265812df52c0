"""Every e-mail leads to the very page where what it asks for is done; signing in comes first."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from desk.accounts.asking import ask_for_first_sign_in
from mail.composing.rendering import render
from mail.facts.letter import LetterFacts, letter_name
from mail.facts.pages import BEGINS_AT, DESK
from mail.facts.stored import LETTERS, secrets_of
from mail.preview.samples import Sample, samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from models.links import LinkPurpose
from rules.accounts.kinds import LinkUse, Role
from rules.requests.statuses import Kind, Status
from support.accounts import (
    OTHER,
    Member,
    hidden_fields,
    on_register,
    press,
    reset_link,
    with_password,
)
from support.people import register_people
from support.portal import mailed_link, put
from support.reminding import Runs, asked_to_confirm
from support.requests import NOW, request_at_gate, returned_request
from support.staff import ready
from support.uploads import name_a_shelf

PORTAL = "https://portal.example.org"
SETTINGS = MailSettings(portal_url=PORTAL + "/")
DECISION = Path(__file__).parents[2] / "docs" / "decisions" / "0046-where-e-mails-lead.md"
ALL = [sample for language in Language for sample in samples(language)]
_ROW = re.compile(r"^\| `(\w+)` \|(.*)\|(.*)\|$", re.MULTILINE)
_ADDRESS = re.compile(re.escape(PORTAL) + r"[^\s\"<>]*")


def _table() -> dict[str, tuple[set[str], set[str]]]:
    """What the decision says: each e-mail with its pages, open ones first."""
    found = {}
    for name, *cells in _ROW.findall(DECISION.read_text(encoding="utf-8")):
        found[name] = tuple(set(re.findall(r"`(/[^`]*)`", cell)) for cell in cells)
    return found


TABLE = _table()
OPEN = set().union(*(pages for pages, _ in TABLE.values()))
SIGNED_IN = sorted(set().union(*(pages for _, pages in TABLE.values())))


def _links(text: str) -> set[str]:
    return {unescape(found) for found in _ADDRESS.findall(text)}


def _page(link: str, facts: LetterFacts) -> str:
    """The link's page as the decision writes it."""
    path = urlsplit(link).path
    code = getattr(facts, "tracking_code", None)
    if code:
        path = path.replace(code, "{code}")
    for secret in secrets_of(letter_name(type(facts))):
        if getattr(facts, secret) == link:
            return path.rpartition("/")[0] + "/{token}"
    return path


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_an_e_mail_leads_where_the_decision_says(sample: Sample) -> None:
    """In HTML and in text, in both languages, and nowhere else but to the portal's first page."""
    words = render(sample.facts, SETTINGS)
    as_it_is, signed_in = TABLE[letter_name(type(sample.facts))]

    found = {_page(link, sample.facts) for link in _links(words.html)} - {"/"}

    assert found <= as_it_is | signed_in
    assert found >= {page for page in as_it_is if "/confirm/" not in page}
    assert bool(found & signed_in) == bool(signed_in) or sample.name.endswith("-profile")
    assert _links(words.text) == _links(words.html)
    for link in _links(words.text) - {PORTAL + "/"}:
        assert words.text.splitlines().count(link) >= len(Language)


def test_every_e_mail_and_every_page_of_the_decision_is_met() -> None:
    """No line of the table is out of date."""
    met = {name: set() for name in LETTERS}
    for sample in ALL:
        links = _links(render(sample.facts, SETTINGS).html)
        met[letter_name(type(sample.facts))] |= {_page(link, sample.facts) for link in links} - {
            "/"
        }

    assert met == {name: as_it_is | signed_in for name, (as_it_is, signed_in) in TABLE.items()}


def _personal(facts: LetterFacts) -> Iterator[str]:
    """What the e-mail says that is somebody's own, apart from the code and the links."""
    for each in fields(facts):
        value = getattr(facts, each.name)
        is_other = each.name in {"kind", "language", "tracking_code"} or each.name.endswith("_url")
        if isinstance(value, str) and value and not is_other:
            yield value


@pytest.mark.parametrize("sample", ALL, ids=lambda s: f"{s.name}.{s.facts.language}")
def test_no_address_names_a_person(sample: Sample) -> None:
    """No name, registration number, bill or reference number."""
    links = " ".join(_links(render(sample.facts, SETTINGS).html))

    assert not [value for value in _personal(sample.facts) if value in links]


def test_every_kind_of_request_has_the_page_where_it_begins() -> None:
    """Or the e-mail that says "make a new request" could not be written."""
    assert set(BEGINS_AT) == set(Kind)


async def _address(page: str, member: Member) -> str:
    """The page of this person's own request, which an officer returned."""
    return (
        page.format(code=await returned_request(member.registration_number))
        if "{" in page
        else page
    )


@pytest.mark.parametrize("page", [page for page in SIGNED_IN if not page.startswith(DESK)])
async def test_a_page_opens_after_signing_in(browser: httpx.AsyncClient, page: str) -> None:
    """And for whoever is signed in already, without another step."""
    member = await with_password()
    address = await _address(page, member)

    asked = await browser.get(address)
    form = await browser.get(asked.headers["location"])
    filled = {"name": member.identity_number, "password": member.password}
    answer = await browser.post(
        "/sign-in",
        data=hidden_fields(form.text, "/sign-in") | filled,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    opened = await browser.get(answer.headers["location"])

    assert asked.status_code == 303
    assert parse_qs(urlsplit(asked.headers["location"]).query)["to"] == [address]
    assert answer.headers["location"] == address
    assert opened.status_code == 200
    assert (await browser.get(address)).status_code == 200


@pytest.mark.parametrize("page", [page for page in SIGNED_IN if page.startswith(DESK)])
async def test_a_page_of_the_desk_opens_after_signing_in(
    browser: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """With both factors; it is an officer's."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    staff, app = await ready(Role.OFFICER)
    address = page.format(code=await request_at_gate())

    asked = await browser.get(address)
    form = await browser.get(asked.headers["location"])
    filled = hidden_fields(form.text, "/sign-in") | {
        "name": staff.email,
        "password": staff.password,
    }
    half = await browser.post("/sign-in", data=filled, headers={"Sec-Fetch-Site": "same-origin"})
    answer = await press(
        browser, half.headers["location"], {"code": app.at(NOW)}, action="/sign-in/second"
    )

    assert asked.status_code == 303
    assert answer.headers["location"] == address
    assert (await browser.get(address)).status_code == 200


async def _activate(_: Runs) -> str:
    return (await mailed_link()).token


async def _stop(_: Runs) -> str:
    mailed = await mailed_link(email="another@example.org")
    return await mailed.newest_token(LinkPurpose.STOP)


async def _first(_: Runs) -> str:
    member = await on_register()
    await ask_for_first_sign_in(member.registration_number, member.identity_number, "here", now=NOW)
    return await member.open_link(LinkUse.FIRST_SIGN_IN)


async def _reset(_: Runs) -> str:
    return await reset_link(await with_password())


async def _confirm(runs: Runs) -> str:
    return (await asked_to_confirm(runs)).token


async def _unsubscribe(runs: Runs) -> str:
    return (await asked_to_confirm(runs)).stop_token


TOKENS: dict[str, Callable[[Runs], Awaitable[Any]]] = {
    "/activate/{token}": _activate,
    "/stop/{token}": _stop,
    "/first-sign-in/{token}": _first,
    "/new-password/{token}": _reset,
    "/confirm/{token}": _confirm,
    "/unsubscribe/{token}": _unsubscribe,
}


def test_every_link_with_a_secret_is_opened_here() -> None:
    """A new one is added below."""
    assert set(TOKENS) == {page for page in OPEN if "{token}" in page}


@pytest.mark.parametrize("page", sorted(OPEN))
async def test_a_page_opens_as_it_is(browser: httpx.AsyncClient, runs: Runs, page: str) -> None:
    """For nobody in particular, and for whoever is signed in."""
    address = page.format(token=await TOKENS[page](runs)) if page in TOKENS else page

    for_nobody = await browser.get(address)
    member = await with_password()
    filled = {"name": member.identity_number, "password": member.password}
    await press(browser, "/sign-in", filled)
    signed_in = await browser.get(address)

    assert (for_nobody.status_code, signed_in.status_code) == (200, 200)


_ONWARD = re.compile(r'<p class="onward"><a(?: class="button")? href="([^"?]*)\?lang=en">([^<]*)<')


@pytest.mark.parametrize(
    ("status", "page", "called"),
    [
        (Status.RETURNED, "/requests/{code}/correct", "Correct the request"),
        (Status.AWAITING_PAYMENT, "/requests/{code}", "See the bill"),
        (Status.AWAITING_ACTIVATION, "/requests/{code}", "Open the request in your account"),
        (Status.UNDER_REVIEW, "/requests/{code}", "Open the request in your account"),
        (Status.REJECTED, "/update", "Make a new request"),
        (Status.WITHDRAWN, "/update", "Make a new request"),
        (Status.EXPIRED, "/update", "Make a new request"),
    ],
)
async def test_the_tracking_page_leads_to_where_it_is_done(
    browser: httpx.AsyncClient, status: Status, page: str, called: str
) -> None:
    """Whoever asks by the code alone signs in there."""
    code = (await mailed_link()).code
    await put(code, status=status)

    shown = await browser.post("/track?lang=en", data={"code": code})

    assert (page.format(code=code), called) in _ONWARD.findall(shown.text)


@pytest.mark.parametrize(
    ("status", "page"),
    [(Status.ACTIVATED, "/requests/{code}"), (Status.WITHDRAWN, "/update")],
)
async def test_the_page_of_an_activation_link_leads_on(
    browser: httpx.AsyncClient, status: Status, page: str
) -> None:
    """To the request, or to a new one where it has come to nothing."""
    mailed = await mailed_link()
    await put(mailed.code, status=status)

    shown = await browser.get(f"/activate/{mailed.token}?lang=en")

    assert page.format(code=mailed.code) in dict(_ONWARD.findall(shown.text))


@pytest.mark.parametrize("status", [Status.AWAITING_ACTIVATION, Status.WITHDRAWN])
async def test_the_page_of_a_stop_link_names_no_request(
    browser: httpx.AsyncClient, status: Status
) -> None:
    """The old mailbox may be a stranger's, and the code's end is what a press asks for."""
    mailed = await mailed_link(email="another@example.org")
    token = await mailed.newest_token(LinkPurpose.STOP)
    await put(mailed.code, status=status)

    shown = await browser.get(f"/stop/{token}?lang=en")

    assert f"/requests/{mailed.code}" not in shown.text
    assert "/update" not in shown.text


async def test_a_profile_that_is_wrong_is_updated_from_its_page(
    browser: httpx.AsyncClient, runs: Runs
) -> None:
    """The page that confirms says so, and leads there."""
    shown = await browser.get(f"/confirm/{await _confirm(runs)}?lang=en")

    assert 'href="/update?lang=en"' in shown.text


async def test_who_has_no_account_yet_comes_to_the_page_as_well(
    browser: httpx.AsyncClient,
) -> None:
    """From the e-mail to the sign-in, the first sign-in, the link, a password, and the page."""
    member = await on_register(preferred_language="en")
    page = f"/requests/{await returned_request(member.registration_number)}/correct"

    form = await browser.get((await browser.get(page)).headers["location"])
    (first,) = re.findall(r'href="(/first-sign-in[^"]*)"', form.text)
    await press(browser, unescape(first), numbers_of(member), action="/first-sign-in")
    answer = await choose_password(browser, "/first-sign-in", LinkUse.FIRST_SIGN_IN, member)

    assert answer.headers["location"] == page
    assert (await browser.get(page)).status_code == 200


async def test_who_forgot_the_password_comes_to_the_page_as_well(
    browser: httpx.AsyncClient,
) -> None:
    """The link does not sign in: the page after it leads to the sign-in, and that to the page."""
    member = await with_password(preferred_language="en")

    form = await browser.get("/sign-in?to=/card")
    (forgotten,) = re.findall(r'href="(/forgotten-password[^"]*)"', form.text)
    name = {"name": member.identity_number}
    await press(browser, unescape(forgotten), name, action="/forgotten-password")
    done = await choose_password(browser, "/new-password", LinkUse.RESET, member)
    (sign_in,) = re.findall(r'class="onward"><a href="(/sign-in[^"]*)"', done.text)
    filled = {"name": member.identity_number, "password": OTHER}
    answer = await press(browser, unescape(sign_in), filled, action="/sign-in")

    assert answer.headers["location"] == "/card"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/a?b=c", "/" + "x" * 300]
)
@pytest.mark.parametrize("asked", ["/first-sign-in", "/forgotten-password"])
async def test_nobody_is_led_elsewhere(browser: httpx.AsyncClient, asked: str, to: str) -> None:
    """What is no path of ours is the home page, in the page and in the link that is mailed."""
    member = await on_register()

    shown = await browser.get(asked, params={"to": to})
    await press(browser, "/first-sign-in", numbers_of(member) | {"to": to})
    answer = await choose_password(browser, "/first-sign-in", LinkUse.FIRST_SIGN_IN, member)

    assert hidden_fields(shown.text, asked)["to"] == "/home"
    assert answer.headers["location"] == "/home"


def numbers_of(member: Member) -> dict[str, str]:
    """What the first sign-in asks for."""
    return {
        "registration_number": member.registration_number,
        "identity_number": member.identity_number,
    }


async def choose_password(
    browser: httpx.AsyncClient, page: str, use: LinkUse, member: Member
) -> httpx.Response:
    """By the link that was mailed."""
    link = f"{page}/{await member.open_link(use)}"
    return await press(browser, link, {"password": OTHER, "repeated": OTHER})
