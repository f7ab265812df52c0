"""The operator's page: what needs a hand, as of when, and the way to what is done by hand."""

import html
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import update

from desk.operations.needs import NeedCode
from desk.requests.claims import claim
from mail.composing.rendering import TEMPLATES
from models.database import transaction
from models.letters import Letter
from portal.web.sentences import sentences
from rules.accounts.kinds import Role
from rules.reminders.suppression import Why
from rules.requests.letter_status import LetterStatus
from rules.requests.operator_acts import OperatorAct
from rules.requests.statuses import Kind
from support.people import NOURA, register_people
from support.requests import NOW, request_at_gate
from support.staff import has_left, ready, sign_in_wholly

pytestmark = pytest.mark.usefixtures("master_keys", "people")

PAGE = "/desk/operations"
ACTS = {f"{PAGE}/{act}" for act in ("send-again", "release-claims", "restart-run")}
#: The portal asks no Prefect, and what it lacks of documents it says where they are sent.
OF_THE_COMMAND = {NeedCode.PREFECT_UNUSABLE, NeedCode.NO_WORKER, NeedCode.DOCUMENTS_UNUSABLE}

SignIn = Callable[[Role], Awaitable[None]]


@pytest.fixture
async def people(database: str) -> None:
    """Practitioners and officers."""
    await register_people()


@pytest.fixture
def signed_in(browser: httpx.AsyncClient) -> SignIn:
    """Signs an officer with this role in."""

    async def sign_in(role: Role) -> None:
        await sign_in_wholly(browser, *await ready(role))

    return sign_in


async def claimed_by_who_has_left() -> str:
    """The code of a request that Amal holds, who is gone."""
    code = await request_at_gate()
    await claim(code, "amal", now=NOW)
    await has_left("amal")
    return code


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_it_says_what_needs_a_hand_and_as_of_when(
    browser: httpx.AsyncClient, signed_in: SignIn, language: str
) -> None:
    """By number, of nobody."""
    code = await claimed_by_who_has_left()
    await signed_in(Role.OPERATOR)

    shown = await browser.get(PAGE, params={"lang": language})

    assert shown.status_code == 200
    assert re.search(r">\d\d:\d\d:\d\d<", shown.text)
    for need in (NeedCode.SWEEP_STOPPED, NeedCode.CLAIM_OF_INACTIVE_OFFICER):
        assert sentences()[f"need.{need}"][language].partition("{")[0] in shown.text
    assert [each for each in (code, "amal", NOURA["email"]) if each in shown.text] == []


@pytest.mark.parametrize(("role", "leads"), [(Role.SUPERVISOR, True), (Role.OPERATOR, False)])
async def test_numbers_lead_to_the_queues_of_whoever_may_open_them(
    browser: httpx.AsyncClient, signed_in: SignIn, role: Role, *, leads: bool
) -> None:
    """What is counted is what the queue lists."""
    code = await request_at_gate()
    await signed_in(role)

    shown = await browser.get(PAGE)

    links = {html.unescape(each) for each in re.findall(r'href="(/desk/queue[^"]*)"', shown.text)}
    assert bool(links) == leads
    for link in links:
        listed = code in (await browser.get(link)).text
        assert listed or "queue=late" in link or "due=today" in link


async def test_it_leads_to_what_can_be_done(browser: httpx.AsyncClient, signed_in: SignIn) -> None:
    """Where there is something to do: a run can always be restarted."""
    await signed_in(Role.OPERATOR)
    calm = (await browser.get(PAGE)).text
    await claimed_by_who_has_left()
    async with transaction() as session:
        await session.exec(update(Letter).values(status=LetterStatus.FAILED))

    needed = (await browser.get(PAGE)).text

    assert {act for act in ACTS if act in calm} == {f"{PAGE}/restart-run"}
    assert {act for act in ACTS if act in needed} == ACTS


@pytest.mark.parametrize("role", Role)
async def test_only_who_has_the_page_finds_its_link(
    browser: httpx.AsyncClient, signed_in: SignIn, role: Role
) -> None:
    """On the page where officers land."""
    await signed_in(role)

    shown = await browser.get("/desk")

    assert (PAGE in shown.text) == (role in {Role.OPERATOR, Role.SUPERVISOR})


def test_everything_that_can_be_named_has_its_words() -> None:
    """Needs, kinds, e-mails and reasons: one that is added needs its sentence."""
    letters = {path.name for path in TEMPLATES.iterdir() if path.is_dir() and path.name[0] != "_"}
    names = {
        *(f"need.{code}" for code in NeedCode if code not in OF_THE_COMMAND),
        *(f"operations.kind.{kind}" for kind in Kind),
        *(f"mail.letter.{name}" for name in letters),
        *(f"operations.why.{why}" for why in Why),
        *(f"operating.act.{act}" for act in OperatorAct),
    }

    assert names <= set(sentences())
