"""Officers sign in by a password and something beside it, which they set up first."""

import re
from dataclasses import replace

import httpx
import pytest
from pyotp import TOTP

from desk.accounts.managing import make_officer
from models.database import transaction
from models.officers import Officer
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import LinkUse, Proof, Role
from support.accounts import OURS, hidden_fields, press
from support.requests import NOW
from support.staff import (
    Staff,
    changes_told,
    invited,
    ready,
    sign_in_staff,
    sign_in_wholly,
    with_password_alone,
)

pytestmark = pytest.mark.usefixtures("master_keys")

SESSION = cookie_name(Cookie.SESSION)


def shown_secret(html: str) -> str:
    """The secret that the page shows to be typed."""
    inside = re.search(r'class="secret"[^>]*>(.*?)</p>', html, re.DOTALL)
    assert inside
    return "".join(re.findall(r"<span>(\w+)</span>", inside[1]))


async def leave(staff: Staff, *, active: bool = False) -> None:
    """The register of officers says that this one has left, or is back."""
    async with transaction() as session:
        row = await session.get_one(Officer, staff.user_name)
        row.active = active


async def test_an_officer_s_first_sign_in(browser: httpx.AsyncClient) -> None:
    """From the link: a password of eight characters, an app, codes to keep, and the own page."""
    staff = await invited(Role.SUPERVISOR)
    page = f"/first-sign-in/{await staff.open_link()}"

    assert "8 characters" in (await browser.get(page)).text
    chosen = {"password": staff.password, "repeated": staff.password}
    answer = await press(browser, page, chosen)
    assert answer.headers["location"].startswith("/sign-in/second")
    answer = await browser.get(answer.headers["location"])
    assert answer.headers["location"] == "/sign-in/set-up"
    answer = await press(browser, "/sign-in/set-up", {}, action="/sign-in/set-up/app")
    secret = shown_secret((await browser.get(answer.headers["location"])).text)
    done = await press(
        browser,
        "/sign-in/set-up/app",
        {"code": TOTP(secret).at(NOW)},
        action="/sign-in/set-up/app/confirm",
    )

    assert len(re.findall(r"<li>(?:\w{4}-){3}\w{4}</li>", done.text)) == 10
    home = await browser.get("/home")
    assert home.headers["location"] == "/desk"
    assert "Supervisor" in (await browser.get("/desk")).text
    assert (await staff.sessions())[-1].proof is Proof.TOTP
    assert await changes_told((await staff.account()).id) == ["app_added"]


@pytest.mark.parametrize("path", ["/desk", "/home", "/account/second-factor", "/account/password"])
async def test_a_password_alone_opens_nothing(browser: httpx.AsyncClient, path: str) -> None:
    """Not even the page on which an app is set up by whoever is signed in."""
    staff = await with_password_alone(Role.OPERATOR)
    await sign_in_staff(browser, staff)

    answer = await browser.get(path)

    assert answer.headers["location"].startswith("/sign-in?")
    assert SESSION not in browser.cookies


async def test_who_has_an_app_sets_up_no_other_half_way(browser: httpx.AsyncClient) -> None:
    """Else the password would be enough."""
    staff, app = await ready(Role.OFFICER)
    await sign_in_staff(browser, staff)

    pages = [await browser.get(path) for path in ("/sign-in/set-up", "/sign-in/set-up/app")]
    begun = await press(browser, "/sign-in/second", {}, action="/sign-in/second")

    assert [page.headers["location"] for page in pages] == ["/sign-in", "/sign-in"]
    assert begun.status_code == 422
    assert (await sign_in_wholly(browser, staff, app)).headers["location"].startswith("/home")


async def test_two_who_set_up_at_once_are_not_both_in(
    browser: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Somebody else knew the password: the second one finds the way closed."""
    staff = await with_password_alone(Role.OFFICER)
    secrets = []
    for each in (browser, other):
        await sign_in_staff(each, staff)
        await press(each, "/sign-in/set-up", {}, action="/sign-in/set-up/app")
        secrets.append(shown_secret((await each.get("/sign-in/set-up/app")).text))

    # Each was shown the secret that was begun last.
    code = {"code": TOTP(secrets[1]).at(NOW)}
    confirm = "/sign-in/set-up/app/confirm"
    hidden = hidden_fields((await other.get("/sign-in/set-up/app")).text, confirm)

    first = await press(browser, "/sign-in/set-up/app", code, action=confirm)
    second = await other.post(confirm, data={**hidden, **code}, headers=OURS)

    assert first.status_code == 200
    assert second.headers["location"] == "/sign-in"
    assert SESSION not in other.cookies
    assert len(await staff.sessions()) == 1


async def test_an_officer_who_has_left_is_out_within_the_session(
    browser: httpx.AsyncClient,
) -> None:
    """And does not sign in again."""
    staff, app = await ready(Role.OFFICER)
    await sign_in_wholly(browser, staff, app)

    await leave(staff)

    assert (await browser.get("/desk")).status_code == 303
    assert (await sign_in_staff(browser, staff)).status_code == 422


async def test_an_officer_who_leaves_half_way_does_not_finish(browser: httpx.AsyncClient) -> None:
    """The code is right, and nobody is let in."""
    staff, app = await ready(Role.OFFICER)
    await sign_in_staff(browser, staff)
    hidden = hidden_fields((await browser.get("/sign-in/second")).text, "/sign-in/second")
    await leave(staff)

    code = {"code": app.at(NOW)}
    answer = await browser.post("/sign-in/second", data={**hidden, **code}, headers=OURS)

    assert answer.headers["location"] == "/sign-in"
    assert await staff.sessions() == []


async def test_roles_count_as_they_are_now(browser: httpx.AsyncClient) -> None:
    """Not as they were when the session began."""
    staff, app = await ready(Role.AUDITOR)
    await sign_in_wholly(browser, staff, app)
    before = (await browser.get("/desk")).text

    await make_officer(staff.user_name, [Role.OPERATOR], now=NOW)

    after = (await browser.get("/desk")).text
    assert ("Auditor" in before, "Operator" in before) == (True, False)
    assert ("Auditor" in after, "Operator" in after) == (False, True)


async def test_a_forgotten_password_works_for_officers(browser: httpx.AsyncClient) -> None:
    """A new one by the link, and the app is still asked for."""
    staff, app = await ready(Role.OFFICER)
    await press(browser, "/forgotten-password", {"name": staff.email})

    (link,) = [row for row in await staff.letters() if row.letter == "password_reset"]
    assert link.to_address == staff.email
    page = f"/new-password/{await staff.open_link(LinkUse.RESET)}"
    chosen = {"password": "louder harbour", "repeated": "louder harbour"}
    assert (await press(browser, page, chosen)).status_code == 200
    renewed = replace(staff, password="louder harbour")
    assert (await sign_in_wholly(browser, renewed, app)).headers["location"].startswith("/home")
