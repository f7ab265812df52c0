"""Signing in with a passkey over HTTP: beside a password, and alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from desk.policy import current_policy
from models.accounts.factors import Passkey
from models.database import transaction
from portal.web.cookies import Cookie, cookie_name
from rules.accounts.kinds import Proof
from support.accounts import OURS, Member, hidden_fields, press, sign_in_as, with_password
from support.passkeys import PRESENT, Device, added, options_from
from support.policies import policy_with
from support.portal import Clock
from support.requests import NOW

SESSION = cookie_name(Cookie.SESSION)
HALF_WAY = cookie_name(Cookie.HALF_WAY)
ALONE = "/sign-in/passkey"
SECOND = "/sign-in/second"
#: What whoever shows a passkey that is none of ours is told.
NOT_OURS = "It was not added to this account, or it was removed"


@pytest.fixture
async def device(browser: httpx.AsyncClient, member: Member) -> Device:
    """A passkey of the member, who has left the browser."""
    found = await added(browser)
    browser.cookies.clear()
    return found


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[int]:
    """How many questions a network may ask that no sign-in follows."""
    with policy_with(tmp_path, ("passkeys_of_a_network = 300", "passkeys_of_a_network = 3")):
        yield 3


async def alone(browser: httpx.AsyncClient, device: Device) -> httpx.Response:
    """Press the button of the sign-in page."""
    answer = device.shown(await options_from(browser, "/sign-in", ALONE))
    return await press(browser, "/sign-in", {"credential": answer}, action=ALONE)


async def beside_password(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> httpx.Response:
    """Name, password, and the button of the page after it."""
    await sign_in_as(browser, member)
    answer = device.shown(await options_from(browser, SECOND, f"{SECOND}/passkey"))
    return await press(browser, SECOND, {"credential": answer}, action=f"{SECOND}/passkey")


async def row() -> Passkey:
    """The one passkey."""
    async with transaction() as session:
        return (await session.exec(select(Passkey))).one()


async def test_a_passkey_signs_in_alone(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """No name, no password: it verifies its person, and says whose it is."""
    answer = await alone(browser, device.but(count=3))

    assert answer.headers["location"] == "/home"
    assert (await browser.get("/home")).status_code == 200
    assert (await member.sessions())[-1].proof is Proof.PASSKEY
    assert ((await row()).sign_count, (await row()).used_at) == (3, NOW)


async def test_a_passkey_signs_in_beside_a_password(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """A password alone opens nothing any more."""
    half = await sign_in_as(browser, member)
    home = await browser.get("/home")

    answer = await beside_password(browser, member, device)

    assert half.headers["location"].startswith(SECOND)
    assert home.status_code == 303
    assert answer.headers["location"] == "/home"
    assert (await browser.get("/home")).status_code == 200
    assert (await member.sessions())[-1].proof is Proof.PASSKEY


async def test_the_way_back_is_kept(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """Whoever came by a link in an e-mail gets there."""
    page = "/sign-in?to=%2Fcard"
    answer = device.shown(await options_from(browser, page, ALONE))

    done = await press(browser, page, {"credential": answer}, action=ALONE)

    assert done.headers["location"] == "/card"


async def test_an_answer_signs_in_once(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """Whoever has overheard it gets nothing, also in the same browser."""
    answer = device.shown(await options_from(browser, ALONE, ALONE))
    await press(browser, ALONE, {"credential": answer})
    del browser.cookies[SESSION]

    again = await press(browser, ALONE, {"credential": answer})
    await options_from(browser, ALONE, ALONE)
    to_a_new_question = await press(browser, ALONE, {"credential": answer})

    assert (again.status_code, to_a_new_question.status_code) == (409, 422)
    assert SESSION not in browser.cookies


async def test_an_answer_comes_in_time(
    browser: httpx.AsyncClient, member: Member, device: Device, clock: Clock
) -> None:
    """Alone and beside a password."""
    minutes = timedelta(minutes=current_policy().accounts.passkey_minutes)
    answer = device.shown(await options_from(browser, ALONE, ALONE))
    clock.forward(minutes)
    late = await press(browser, ALONE, {"credential": answer})
    await sign_in_as(browser, member)
    answer = device.shown(await options_from(browser, SECOND, f"{SECOND}/passkey"))
    clock.forward(minutes)
    later = await press(browser, SECOND, {"credential": answer}, action=f"{SECOND}/passkey")

    assert (late.status_code, later.status_code) == (409, 409)
    assert SESSION not in browser.cookies


async def test_an_answer_of_one_form_is_of_no_use_in_the_other(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """What was asked beside a password is not what was asked alone."""
    await sign_in_as(browser, member)
    answer = device.shown(await options_from(browser, SECOND, f"{SECOND}/passkey"))

    other = await press(browser, ALONE, {"credential": answer})

    assert other.status_code == 409
    assert SESSION not in browser.cookies


async def test_another_one_s_passkey_finishes_no_sign_in(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """Beside a password only the account's own; alone, the device says whose it is."""
    stranger = await with_password(preferred_language="en")
    await sign_in_as(browser, stranger)
    theirs = await added(browser)
    browser.cookies.clear()

    beside = await beside_password(browser, member, theirs)
    forged = await alone(browser, theirs.but(handle=device.handle))

    assert (beside.status_code, forged.status_code) == (422, 422)
    assert NOT_OURS in beside.text
    assert NOT_OURS in forged.text
    assert SESSION not in browser.cookies


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://evil.example"},
        {"host": "evil.example"},
        {"flags": PRESENT},
        {"handle": None},
        {"credential_id": b"nobody knows this one"},
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_passkey_reads_the_same(
    browser: httpx.AsyncClient, member: Member, device: Device, wrong: dict[str, object]
) -> None:
    """One that nobody has, and one from another site."""
    answer = await alone(browser, device.but(**wrong))

    assert answer.status_code == 422
    assert NOT_OURS in answer.text
    assert SESSION not in browser.cookies


async def test_a_passkey_that_was_taken_off_signs_in_nobody(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """As one that nobody knows; the password is enough again."""
    await alone(browser, device)
    own = f"/account/passkeys/{(await row()).id}"
    await press(browser, own, {}, action=f"{own}/remove")
    browser.cookies.clear()

    answer = await alone(browser, device)
    password = await sign_in_as(browser, member)

    assert answer.status_code == 422
    assert NOT_OURS in answer.text
    assert password.headers["location"] == "/home"


async def test_a_copy_is_refused_and_its_owner_told(
    browser: httpx.AsyncClient,
    member: Member,
    device: Device,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The count goes back: on the page, and in the log without a name."""
    await alone(browser, device.but(count=9))
    browser.cookies.clear()

    copy = await alone(browser, device.but(count=9))
    beside = await beside_password(browser, member, device.but(count=8))
    genuine = await alone(browser, device.but(count=10))

    assert (copy.status_code, beside.status_code) == (422, 422)
    assert "may have copied it" in copy.text
    assert "may have copied it" in beside.text
    assert f"passkey {(await row()).id} counts less" in caplog.text
    assert genuine.headers["location"] == "/home"


async def test_questions_are_counted_for_a_network_and_sign_ins_are_not(
    browser: httpx.AsyncClient, member: Member, device: Device, narrow: int
) -> None:
    """A stranger fills no table; a hospital whose people sign in is not held up."""
    for number in range(narrow + 2):
        signed_in = await alone(browser, device.but(count=number + 1))
        assert signed_in.status_code == 303
        browser.cookies.clear()
    fields = hidden_fields((await browser.get(ALONE)).text, ALONE)
    asked = [
        await browser.post(f"{ALONE}/options", data=fields, headers=OURS) for _ in range(narrow + 1)
    ]
    said = await press(browser, ALONE, {"fault": asked[-1].json()["fault"]})

    assert [one.status_code for one in asked] == [200] * narrow + [429]
    assert "Too many tries" in said.text


async def test_refusals_beside_a_password_count_as_wrong_codes(
    browser: httpx.AsyncClient, member: Member, device: Device
) -> None:
    """They are tries of whoever knows the password."""
    stranger = Device(credential_id=device.credential_id)
    free = current_policy().accounts.free_misses
    found = [
        (await beside_password(browser, member, stranger)).status_code for _ in range(free + 1)
    ]

    assert found == [422] * free + [429]


async def test_whoever_is_not_half_way_is_asked_for_nothing(browser: httpx.AsyncClient) -> None:
    """And a half that is over begins anew."""
    answer = await press(browser, "/sign-in", {}, action=ALONE)
    page = await browser.post(f"{SECOND}/passkey", data={}, headers=OURS)

    assert answer.status_code == 422
    assert "JavaScript" in answer.text
    assert page.headers["location"] == "/sign-in"
