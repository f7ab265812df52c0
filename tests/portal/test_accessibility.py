"""Every page of the portal, as everybody has it: axe finds nothing wrong.

In Arabic, as most people read it; `make prove` walks through the English ones.

The walk opens whatever the application serves, so that a new page is looked at without a word here;
one whose path has a parameter that nobody's names have fails. `docs/screenshots.py` keeps pictures.
"""

from pathlib import Path

import pytest
from fastapi import FastAPI
from jinja2 import Environment, Template
from pyotp import TOTP

from desk.accounts.authenticator import app_to_confirm, begin_app
from models.links import LinkPurpose
from portal.web.pages import TEMPLATES
from rules.accounts.kinds import LinkUse, Role
from rules.requests.verdicts import Verdict
from support.accounts import Member, on_register, reset_link, with_password
from support.browsing import served
from support.card_codes import holder_with_code
from support.coming_in import mailed_to
from support.desk_cases import case_with_letter
from support.oidc import standing_in
from support.page_looks import Looks
from support.passkeys import passkey_of
from support.people import register_people, specialty_change
from support.portal import Clock, mailed_link
from support.registering import REGISTRATIONS
from support.reminding import Runs, asked_to_confirm
from support.requests import NOW, rejected, request_at_gate
from support.screens import screen, sign_in
from support.staff import ready, with_password_alone
from support.uploads import name_a_shelf
from support.walkers import WALKERS, with_app
from support.walking import Names, Walk

_FRAME = '{% extends "base.html" %}'
BAD_PAGE = """<!doctype html><html lang="en"><title>Bad</title><main><h1>Bad</h1>
<p style="color: #aaa; background: #fff">pale</p><div style="width: 700px">wide</div>
<input name="unnamed"><button style="border: 0">no edge</button></main></html>"""


async def test_a_look_finds_what_is_wrong() -> None:
    """Pale words, a box without a name, a page that is too wide, a button that is not seen."""
    async with screen() as page:
        looks = Looks(page, "en")
        await page.set_content(BAD_PAGE)
        await looks.look("bad")

    told = " ".join(looks.faults)
    for fault in ("color-contrast", "label", "wider than 320 px", "wider than 640 px", "no edge"):
        assert fault in told


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the templates that were made into pages."""
    found: set[str] = set()
    get_template = Environment.get_template

    def noting(self: Environment, name: str, *more: object) -> Template:
        found.add(name)
        return get_template(self, name, *more)

    monkeypatch.setattr(Environment, "get_template", noting)
    return found


@pytest.mark.timeout(1800)  # some hundred pages in a browser: minutes, and more on a busy machine
@pytest.mark.parametrize("language", ["ar", pytest.param("en", marks=pytest.mark.prove)])
async def test_every_page_can_be_used_by_everybody(
    portal: FastAPI,
    clock: Clock,
    runs: Runs,
    rendered: set[str],
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Axe, 320 px to 1280 px, light, dark, forced colours; with mistakes and when all is done."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    async with served(portal) as site:
        async with screen(locale=language) as page:
            walk = Walk(portal, site, Looks(page, language))
            await from_e_mails(walk, runs)
            await registering(walk)
            await half_way(walk)
            await by_providers(walk, clock, monkeypatch)
            await at_the_desk(walk)
        for walker in WALKERS:
            async with screen(locale=language) as page:
                walk.looks.page = page
                member, names = await walker(language)
                await sign_in(page, site, member, language)
                passkey = await passkey_of(member)  # sooner it would be asked for
                await walk.through({**names, "passkey_id": [str(passkey.id)]})
                await last_pages(walk, walker.__name__, names)

    assert walk.looks.faults == []
    assert walk.pages - walk.shown == set()
    assert walk.pressed - walk.mistaken == set()
    assert templates_of_pages() - rendered == set()


async def from_e_mails(walk: Walk, runs: Runs) -> None:
    """As nobody: what is open to all, and where links in e-mails lead, until all is done."""
    language, page = walk.looks.language, walk.looks.page
    link = await mailed_link(email="noura.elsewhere@example.com")
    stopped = await mailed_link(email="noura.new@example.com")
    asked = await asked_to_confirm(runs, preferred_language=language)
    newcomer = await on_register(preferred_language=language)
    member = await with_password(preferred_language=language)
    await ask_for_link(walk, newcomer)
    paths = {
        "activate": link.token,
        "stop": await stopped.newest_token(LinkPurpose.STOP),
        "unsubscribe": asked.stop_token,
        "confirm": asked.token,
        "first-sign-in": await newcomer.open_link(LinkUse.FIRST_SIGN_IN),
        "new-password": await reset_link(member),
    }
    _, card_code = await holder_with_code()
    tokens = {f"{first} token": [token] for first, token in paths.items()}
    await walk.through({**tokens, "card_code": [card_code]})
    await walk.look_at(f"/c/{'x' * 22}", "card-code-unknown")
    await walk.look_at("/nowhere", "nowhere")
    await walk.look_at(f"/activate/{'x' * 43}", "activate-unknown")
    await walk.look_at(f"/first-sign-in/{'x' * 43}", "first-sign-in-unknown")
    for first, typed in (
        ("activate", {}),
        ("stop", {"#code": stopped.code[-4:]}),
        ("confirm", {}),
        ("unsubscribe", {}),
        ("new-password", {"#password": member.password, "#repeated": member.password}),
        ("first-sign-in", {"#password": member.password, "#repeated": member.password}),
    ):
        await walk.open(f"/{first}/{paths[first]}")
        for box, text in typed.items():
            await page.locator(box).fill(text)
        for tick in await page.get_by_role("checkbox").all():
            await tick.check()
        await walk.press("main form button:not(.secondary)", f"{first}-done")


async def registering(walk: Walk) -> None:
    """Without an account: the code, half written, to be reviewed, sent, and to be corrected."""
    await let_in(walk, "asks@example.org", is_asking=True)
    await walk.through({})
    for written in REGISTRATIONS:
        address, names = await written()
        await let_in(walk, address)
        await walk.through(names)
        await walk.open("/register/steps")
        await walk.looks.look("register-steps-again")


async def let_in(walk: Walk, address: str, *, is_asking: bool = False) -> None:
    """By a code that was e-mailed; or as far as the page that asks for it."""
    page = walk.looks.page
    await page.context.clear_cookies()
    await walk.open("/register")
    await page.locator("#email").fill(address)
    await walk.press("#ask button.wide", "register-code")
    if not is_asking:
        await page.locator("#code").fill(await mailed_to(address))
        await walk.press("#page button.wide", "register-steps")


async def half_way(walk: Walk) -> None:
    """Before the second step of signing in; and an officer, who sets one up and has it then."""
    member = await with_app(walk.looks.language)
    await give_password(walk, member.identity_number, member.password)
    await walk.through({})
    officer = await with_password_alone(*Role)
    account = await officer.account()
    await begin_app(account.id, now=NOW)
    await give_password(walk, officer.email, officer.password)
    await walk.through({})
    shown = await app_to_confirm(account.id, officer.user_name, issuer="Mumaris", now=NOW)
    assert shown is not None
    await walk.open("/sign-in/set-up/app")
    await walk.looks.page.locator("[name=code]").fill(TOTP(shown.secret).at(NOW))
    await walk.press("form[action*=confirm] button", "recovery-codes")
    await begin_app(account.id, now=NOW)
    await walk.through({})


async def give_password(walk: Walk, name: str, password: str) -> None:
    """The first step, as nobody."""
    page = walk.looks.page
    await page.context.clear_cookies()
    await walk.open("/sign-in")
    await page.locator("[name=name]").fill(name)
    await page.locator("[name=password]").fill(password)
    await walk.press("main form button:not(.secondary)", "sign-in-second")


async def by_providers(walk: Walk, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where officers and practitioners may sign in elsewhere, and what is said on the way."""
    page = walk.looks.page
    await page.context.clear_cookies()
    async with standing_in(clock) as provider:
        with monkeypatch.context() as patch:
            provider.name_in(patch)
            patch.setenv("MUMARIS_NATIONAL_PROVIDER", "support.national:NationalStandIn")
            # A browser stays on the page where nothing comes.
            await page.route(f"{provider.issuer}/**", lambda route: route.fulfill(status=204))
            await walk.look_at("/sign-in", "sign-in-providers")
            await walk.press("form[action*='with/officer'] button", "to-provider")
            await walk.look_at("/sign-in/with/officer/back", "back-from-provider")
    # Whoever comes there is led on, or told why not.
    walk.shown.add("/sign-in/with/{whose}/back")


async def at_the_desk(walk: Walk) -> None:
    """As an officer: one case in hand, one that a colleague has, one for two, and one decided."""
    page = walk.looks.page
    await page.context.clear_cookies()
    officer, app = await ready(*Role)
    own, letter = await case_with_letter(officer.user_name)
    people = [(await on_register()).registration_number for _ in range(2)]
    colleagues, _ = await case_with_letter("basim", owner=people[0])
    decided, _ = await case_with_letter(owner=people[1])
    await rejected(decided, NOW)
    clean = (await on_register()).registration_number
    await request_at_gate(
        specialty_change(NOW.date(), registration_number=clean, idempotency_key=clean)
    )
    await give_password(walk, officer.email, officer.password)
    await page.locator("[name=code]").fill(app.at(NOW))
    await walk.press("main form button:not(.secondary)", "desk")
    await walk.through(
        {"code": [own, colleagues, decided], "upload_id": [letter.id], "verdict": [*Verdict]}
    )
    await walk.open("/desk/bulk")
    await page.locator("[name=case]").first.check()
    await walk.press("#page button.wide", "desk-several-approved")
    # What was typed on the way has passed it on.
    await walk.open("/desk/queue")
    await page.locator(f"[name=code][value='{own}']").check()
    await walk.press("#give button", "desk-hand-over")
    await walk.press("#page button.wide", "desk-hand-over-mistaken")
    await page.locator("#officer").select_option(officer.user_name)
    await page.locator("#why").fill("1 < 2 <b>لا</b>")
    await walk.press("#page button.wide", "desk-handed-over")
    await walk.open(f"/desk/cases/{own}")
    await walk.press("button[value=approve]", "desk-not-ticked")
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await walk.press("button[value=approve]", "desk-approve-ticked")
    await walk.open(f"/desk/cases/{own}/decide/reject")
    await page.locator("#reason").select_option("other_see_note")
    await page.locator("#note").fill("1 < 2 <b>لا</b>")
    await walk.press("#page button[value=show]", "desk-reject-shown")
    await walk.press("#page button[value=decide]", "desk-rejected")
    await walk.press("form[action*=next] button", "desk-nothing-waits")


async def ask_for_link(walk: Walk, newcomer: Member) -> None:
    """What is said to whoever asks for the first sign-in."""
    page = walk.looks.page
    await walk.open("/first-sign-in")
    await page.locator("#registration_number").fill(newcomer.registration_number)
    await page.locator("#identity_number").fill(newcomer.identity_number)
    await walk.press("main form button", "first-sign-in-asked")


async def last_pages(walk: Walk, who: str, names: Names) -> None:
    """What is pressed when all is right, and what a form says that no page of ours has sent."""
    page = walk.looks.page
    for code in names.get("code", ()):
        await walk.open("/track")
        await page.locator("#code").fill(code)
        await walk.press("main form button", f"{who}-status")
    await walk.open("/home")
    await page.locator("form[action*=sign-out] [name=csrf]").evaluate("box => box.value = 'x'")
    await walk.press("form[action*=sign-out] button", "refused")


def templates_of_pages() -> set[str]:
    """Those that stand in the frame of a page."""
    found = {path.relative_to(TEMPLATES).as_posix(): path for path in TEMPLATES.rglob("*.html")}
    return {name for name, path in found.items() if _FRAME in path.read_text(encoding="utf-8")}
