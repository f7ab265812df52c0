"""Passkeys over HTTP: added, named, taken off, and what is refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from desk.policy import current_policy
from models.accounts.challenges import PasskeyChallenge
from models.accounts.factors import Passkey, RecoveryCode
from models.database import transaction
from rules.accounts.kinds import SessionEnd
from support.accounts import OURS, Member, hidden_fields, press, sign_in_as, with_password
from support.passkeys import Device, added, options_from
from support.portal import Clock
from support.requests import NOW

PAGE = "/account/passkeys"


@pytest.fixture
async def other(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(portal), base_url="http://portal.test"
    ) as client:
        yield client


async def passkeys() -> list[Passkey]:
    """All rows."""
    async with transaction() as session:
        return list((await session.exec(select(Passkey))).all())


async def send(browser: httpx.AsyncClient, answer: str, name: str = "my phone") -> httpx.Response:
    """The form as the script sends it."""
    return await press(browser, PAGE, {"credential": answer, "name": name})


async def test_a_passkey_is_added_and_listed(browser: httpx.AsyncClient, member: Member) -> None:
    """The first one brings recovery codes, once; further ones bring none."""
    _, first = Device().made(await options_from(browser, PAGE, PAGE))
    codes = await send(browser, first)
    _, second = Device().made(await options_from(browser, PAGE, PAGE))
    more = await send(browser, second, "a key & a lock")

    listed = await browser.get(PAGE)

    assert codes.status_code == 200
    assert codes.text.count("<li>") == current_policy().accounts.recovery_codes
    assert codes.headers["Cache-Control"] == "no-store"
    assert (more.status_code, more.headers["location"]) == (303, PAGE)
    assert "my phone" in listed.text
    assert "a key &amp; a lock" in listed.text
    assert len(await passkeys()) == 2


async def test_what_was_typed_stays_beside_what_is_wrong(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The name is judged before the browser's answer is used up."""
    _, answer = Device().made(await options_from(browser, PAGE, PAGE))

    refused = await send(browser, answer, "<b>")
    taken = await send(browser, answer, "my phone")

    assert refused.status_code == 422
    assert 'value="&lt;b&gt;"' in refused.text
    assert "Error:" in refused.text
    assert taken.status_code == 200


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("", "JavaScript, which is switched off"),
        ("NotAllowedError", "cancelled, took too long"),
        ("InvalidStateError", "already has a passkey"),
        ("unsupported", "cannot use passkeys"),
        ("full", "as many passkeys"),
        ("<script>", "could not do this"),
    ],
)
async def test_what_the_browser_says_went_wrong_is_said_in_words(
    browser: httpx.AsyncClient, member: Member, fault: str, said: str
) -> None:
    """By the page, in its language, with what was typed; never in the browser's words."""
    english = await press(browser, PAGE, {"fault": fault, "name": "my phone"})
    arabic = await press(browser, f"{PAGE}?lang=ar", {"fault": fault, "name": "my phone"})

    assert english.status_code == arabic.status_code == 422
    assert said in english.text
    assert 'value="my phone"' in english.text
    assert said not in arabic.text
    assert "<script>" not in english.text
    assert "مفاتيح المرور" in arabic.text


async def test_an_answer_is_taken_once(browser: httpx.AsyncClient, member: Member) -> None:
    """The Back button and a thief get nothing for it."""
    _, answer = Device().made(await options_from(browser, PAGE, PAGE))
    await send(browser, answer)

    again = await send(browser, answer)

    assert again.status_code == 409
    assert len(await passkeys()) == 1


async def test_an_answer_that_comes_too_late_is_refused(
    browser: httpx.AsyncClient, member: Member, clock: Clock
) -> None:
    """After as many minutes as policy says."""
    _, answer = Device().made(await options_from(browser, PAGE, PAGE))
    clock.forward(timedelta(minutes=current_policy().accounts.passkey_minutes))

    late = await send(browser, answer)

    assert late.status_code == 409
    assert "took too long" in late.text
    assert await passkeys() == []


async def test_an_answer_of_another_session_is_refused(
    browser: httpx.AsyncClient, member: Member, other: httpx.AsyncClient
) -> None:
    """A challenge belongs to the session that was asked."""
    await sign_in_as(other, await with_password())
    _, theirs = Device().made(await options_from(other, PAGE, PAGE))
    await options_from(browser, PAGE, PAGE)

    answer = await send(browser, theirs)

    assert answer.status_code == 422
    assert await passkeys() == []


async def test_a_passkey_that_somebody_has_is_not_kept_twice(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The same credential for a second account would say whose the first is."""
    device = await added(browser)
    browser.cookies.clear()
    await sign_in_as(browser, await with_password(preferred_language="en"))
    _, answer = device.made(await options_from(browser, PAGE, PAGE))

    refused = await send(browser, answer)

    assert refused.status_code == 422
    assert len(await passkeys()) == 1


async def test_another_site_cannot_add_one(browser: httpx.AsyncClient, member: Member) -> None:
    """Neither ask the question nor send the answer."""
    _, answer = Device().made(await options_from(browser, PAGE, PAGE))
    fields = hidden_fields((await browser.get(PAGE)).text, PAGE)
    foreign = {"Sec-Fetch-Site": "cross-site"}

    asked = await browser.post(f"{PAGE}/options", data=fields, headers=foreign)
    sent = await browser.post(
        PAGE, data={**fields, "credential": answer, "name": "mine"}, headers=foreign
    )

    assert (asked.status_code, sent.status_code) == (403, 403)
    assert await passkeys() == []


async def test_an_account_has_as_many_as_policy_allows(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """Then the form is gone, and the question is not answered."""
    fields = hidden_fields((await browser.get(PAGE)).text, PAGE)
    account = await member.account()
    assert account is not None
    async with transaction() as session:
        for number in range(current_policy().accounts.passkeys):
            session.add(
                Passkey(
                    account_id=account.id,
                    credential_id=bytes([number]),
                    public_key=b"",
                    sign_count=0,
                    name="one of many",
                    made_at=NOW,
                )
            )

    asked = await browser.post(f"{PAGE}/options", data=fields, headers=OURS)
    page = await browser.get(PAGE)

    assert (asked.status_code, asked.json()) == (409, {"fault": "full"})
    assert "data-passkey" not in page.text
    assert "as many passkeys" in page.text


async def test_a_passkey_gets_another_name(browser: httpx.AsyncClient, member: Member) -> None:
    """On its own page."""
    await added(browser)
    (passkey,) = await passkeys()
    own = f"{PAGE}/{passkey.id}"

    wrong = await press(browser, own, {"name": ""})
    done = await press(browser, own, {"name": "the old phone"})

    assert wrong.status_code == 422
    assert done.headers["location"] == PAGE
    assert [each.name for each in await passkeys()] == ["the old phone"]


async def test_a_passkey_is_taken_off(browser: httpx.AsyncClient, member: Member) -> None:
    """And with the last one the recovery codes; a second press finds nothing to do."""
    await added(browser)
    (passkey,) = await passkeys()
    own = f"{PAGE}/{passkey.id}"
    fields = hidden_fields((await browser.get(own)).text, f"{own}/remove")

    first = await browser.post(f"{own}/remove", data=fields, headers=OURS)
    second = await browser.post(f"{own}/remove", data=fields, headers=OURS)

    assert first.headers["location"] == second.headers["location"] == PAGE
    assert await passkeys() == []
    async with transaction() as session:
        assert (await session.exec(select(RecoveryCode))).all() == []


async def test_the_other_sessions_end_when_a_passkey_comes_or_goes(
    browser: httpx.AsyncClient, member: Member, other: httpx.AsyncClient
) -> None:
    """Whoever sat in one of them has not shown what is asked for now; this one goes on."""
    await sign_in_as(other, member)
    await added(browser)
    after_adding = await other.get("/home")
    (passkey,) = await passkeys()

    await press(browser, f"{PAGE}/{passkey.id}", {}, action=f"{PAGE}/{passkey.id}/remove")

    assert after_adding.status_code == 303
    assert (await browser.get("/home")).status_code == 200
    assert SessionEnd.FACTOR_CHANGED in {one.ended_because for one in await member.sessions()}


async def test_nobody_sees_or_touches_another_s_passkey(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """For them it does not exist."""
    await added(browser)
    (passkey,) = await passkeys()
    own = f"{PAGE}/{passkey.id}"
    browser.cookies.clear()
    await sign_in_as(browser, await with_password())
    fields = hidden_fields((await browser.get(PAGE)).text, PAGE)

    seen = await browser.get(own)
    renamed = await browser.post(own, data={**fields, "name": "mine now"}, headers=OURS)
    await browser.post(f"{own}/remove", data=fields, headers=OURS)

    assert (seen.status_code, renamed.status_code) == (404, 404)
    assert [each.name for each in await passkeys()] == [passkey.name]


async def test_where_the_portal_s_address_is_a_number_nobody_is_asked(
    browser: httpx.AsyncClient, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers make passkeys for the name of a host only; the pages say so."""
    fields = hidden_fields((await browser.get(PAGE)).text, PAGE)
    monkeypatch.setattr("portal.web.passkeys.portal_origin", lambda: "https://10.0.0.7")

    page = await browser.get(PAGE)
    asked = await browser.post(f"{PAGE}/options", data=fields, headers=OURS)

    assert "data-passkey" not in page.text
    assert "cannot use passkeys" in page.text
    assert asked.status_code == 403


async def test_a_challenge_says_nothing_of_whom_it_is_for(
    browser: httpx.AsyncClient, member: Member
) -> None:
    """The row holds a digest; a second question takes the first one's place."""
    await options_from(browser, PAGE, PAGE)
    await options_from(browser, PAGE, PAGE)

    async with transaction() as session:
        (row,) = (await session.exec(select(PasskeyChallenge))).all()
    sessions = {str(one.id) for one in await member.sessions()}

    assert len(row.challenge) == 32
    assert not any(one in row.asked_of for one in sessions)
    with pytest.raises(ValueError, match="badly formed"):
        UUID(row.asked_of)
