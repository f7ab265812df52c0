"""The first sign-in, a forgotten password, and the links behind both."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from desk.accounts.asking import ask_for_first_sign_in
from desk.accounts.passwords import LinkNotUsable, set_by_link
from desk.accounts.signing_in import Browser, NotSignedIn, Tokens, sign_in
from models.database import transaction
from models.practitioners import find_practitioner
from rules.accounts.kinds import LinkUse
from support.accounts import (
    OTHER,
    OURS,
    PASSWORD,
    hidden_fields,
    network,
    on_register,
    press,
    reset_link,
    with_password,
)
from support.portal import Clock
from support.requests import NOW

SET = {"password": PASSWORD, "repeated": PASSWORD}


async def ask(browser: httpx.AsyncClient, number: str, identity: str) -> httpx.Response:
    return await press(
        browser, "/first-sign-in", {"registration_number": number, "identity_number": identity}
    )


async def test_somebody_on_the_register_signs_in_for_the_first_time(
    browser: httpx.AsyncClient,
) -> None:
    """Two numbers, an e-mail to the address on file, a password, and the home page."""
    member = await on_register()

    asked = await ask(browser, member.registration_number, member.identity_number)
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)
    done = await press(browser, f"/first-sign-in/{token}", SET)
    home = await browser.get("/home?lang=en")

    assert "Check your e-mail" in asked.text
    assert await member.letters() == [f"first_sign_in {member.email}"]
    assert (done.status_code, done.headers["location"]) == (303, "/home")
    assert "Welcome" in home.text


async def test_whoever_asks_is_told_the_same(browser: httpx.AsyncClient) -> None:
    """Right numbers, wrong ones, nonsense, and somebody who has a password already."""
    member, other, old = await on_register(), await on_register(), await with_password()
    before = len(await old.letters())

    answers = [
        await ask(browser, number, identity)
        for number, identity in [
            (member.registration_number, member.identity_number),
            (other.registration_number, member.identity_number),
            ("99999999", "1234567897"),
            ("nonsense", "nonsense"),
            (old.registration_number, old.identity_number),
        ]
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert len(await member.letters()) == 1
    assert await other.letters() == []
    assert (await old.letters())[before:] == [f"password_reset {old.email}"]


async def test_a_forgotten_password_is_replaced_and_signs_nobody_in(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Every session ends, the address on file is told, and the old password opens nothing."""
    member = await with_password()
    asked = await press(browser, "/forgotten-password", {"name": member.email})
    token = await member.open_link(LinkUse.RESET)

    done = await press(
        browser, f"/new-password/{token}?lang=en", {"password": OTHER, "repeated": OTHER}
    )

    assert "Check your e-mail" in asked.text
    assert "Your password is set" in done.text
    assert "session" not in {cookie.name for cookie in browser.cookies.jar}
    assert all(one.ended_at for one in await member.sessions())
    assert (await member.letters())[-1] == f"password_changed {member.email}"
    with pytest.raises(NotSignedIn):
        await sign_in(member.email, PASSWORD, Browser(network=network()), now=NOW)
    assert await sign_in(member.email, OTHER, Browser(network=network()), now=NOW)


async def test_asking_for_an_unknown_name_says_the_same(browser: httpx.AsyncClient) -> None:
    """And mails nothing; so does somebody's name who has no password yet."""
    member, stranger = await with_password(), await on_register()

    answers = [
        await press(browser, "/forgotten-password", {"name": name})
        for name in (member.email, "nobody@example.com", stranger.identity_number, "?")
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    assert await stranger.letters() == []


async def test_a_link_lives_thirty_minutes(browser: httpx.AsyncClient, clock: Clock) -> None:
    """To the second; then its page offers another."""
    member = await on_register()
    await ask(browser, member.registration_number, member.identity_number)
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)

    clock.forward(timedelta(minutes=30) - timedelta(seconds=1))
    before = await browser.get(f"/first-sign-in/{token}")
    clock.forward(timedelta(seconds=1))
    after = await browser.get(f"/first-sign-in/{token}?lang=en")
    pressed = await browser.post(f"/first-sign-in/{token}", data=SET, headers=OURS)

    assert (before.status_code, after.status_code, pressed.status_code) == (200, 410, 410)
    assert "Ask for a new link" in after.text


async def test_one_link_that_is_used_ends_the_others(browser: httpx.AsyncClient) -> None:
    """Asking again ends none: a stranger who asks could keep its owner out."""
    member = await on_register()
    tokens = []
    for _ in range(2):
        await ask(browser, member.registration_number, member.identity_number)
        tokens.append(await member.open_link(LinkUse.FIRST_SIGN_IN))
    before = [await browser.get(f"/first-sign-in/{token}") for token in tokens]

    await press(browser, f"/first-sign-in/{tokens[0]}", SET)
    after = await browser.get(f"/first-sign-in/{tokens[1]}")

    assert [page.status_code for page in before] == [200, 200]
    assert after.status_code == 410


async def test_opening_a_link_changes_nothing(browser: httpx.AsyncClient) -> None:
    """Scanners of mail open every link, and some press its button without a password."""
    member = await on_register()
    await ask(browser, member.registration_number, member.identity_number)
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)

    for _ in range(3):
        await browser.get(f"/first-sign-in/{token}")
    await browser.post(f"/first-sign-in/{token}")
    done = await press(browser, f"/first-sign-in/{token}", SET)

    assert done.status_code == 303


async def test_of_two_who_press_at_once_one_sets_the_password(browser: httpx.AsyncClient) -> None:
    """The other is told that the link has been used."""
    member = await with_password()
    token = await reset_link(member)

    ended = await asyncio.gather(
        *(
            set_by_link(token, LinkUse.RESET, password, "", Browser(network=network()), now=NOW)
            for password in (OTHER, OTHER + " two")
        ),
        return_exceptions=True,
    )
    again = await browser.get(f"/new-password/{token}?lang=en")

    assert sorted(type(one).__name__ for one in ended) == ["LinkNotUsable", "str"]
    assert again.status_code == 410
    assert "This link has been used" in again.text


async def test_a_link_of_one_use_is_not_one_of_the_other(browser: httpx.AsyncClient) -> None:
    """A new password signs nobody in, so its token must not open the first sign-in."""
    member = await with_password()
    token = await reset_link(member)

    assert (await browser.get(f"/first-sign-in/{token}")).status_code == 404
    with pytest.raises(LinkNotUsable):
        await set_by_link(
            token, LinkUse.FIRST_SIGN_IN, OTHER, "", Browser(network=network()), now=NOW
        )


async def test_no_more_links_leave_than_are_of_use(
    browser: httpx.AsyncClient, clock: Clock
) -> None:
    """Nobody's inbox is flooded, whoever asks is told nothing of it, and nobody is kept out."""
    member = await on_register()

    answers = [
        await ask(browser, member.registration_number, member.identity_number) for _ in range(7)
    ]
    at_once = len(await member.letters())
    clock.forward(timedelta(minutes=30))
    await ask(browser, member.registration_number, member.identity_number)

    assert {answer.text for answer in answers} == {answers[0].text}
    assert at_once == 3
    assert len(await member.letters()) == 4


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("brief one", "Use at least 15 characters"),
        ("x" * 129, "at most 128 characters"),
        ("password12345678", "easy to guess"),
        ("abcabcabcabcabcabc", "easy to guess"),
        ("123456789012345678", "easy to guess"),
        ("Noura Alqahtani 88", "your name or your numbers"),
    ],
)
async def test_a_weak_password_is_refused_beside_its_field(
    browser: httpx.AsyncClient, password: str, said: str
) -> None:
    """With its reason, in the summary too; the link stays usable and no password is echoed."""
    member = await with_password()
    token = await reset_link(member)

    page = await press(
        browser, f"/new-password/{token}?lang=en", {"password": password, "repeated": password}
    )

    assert page.status_code == 422
    assert page.text.count(said) == 2
    assert '<a href="#password">' in page.text
    assert password not in page.text
    assert (await browser.get(f"/new-password/{token}")).status_code == 200


async def test_a_shared_mailbox_asks_for_the_identity_number(browser: httpx.AsyncClient) -> None:
    """Whoever reads a colleague's e-mail cannot take the account; five wrong answers end it."""
    shared = "ward.seven@example.com"
    member, colleague = await on_register(email=shared), await on_register(email=shared)
    await ask(browser, member.registration_number, member.identity_number)
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)
    page = f"/first-sign-in/{token}?lang=en"

    wrong = await press(browser, page, {**SET, "identity_number": colleague.identity_number})
    right = await press(browser, page, {**SET, "identity_number": member.identity_number})

    assert wrong.status_code == 422
    assert "not the ID or Iqama number" in wrong.text
    assert right.status_code == 303
    with pytest.raises(NotSignedIn):  # the address is nobody's own
        await sign_in(shared, PASSWORD, Browser(network=network()), now=NOW)


async def test_wrong_answers_make_a_link_void(browser: httpx.AsyncClient) -> None:
    """It was somebody else's e-mail."""
    shared = "ward.eight@example.com"
    member = await on_register(email=shared)
    await on_register(email=shared)
    await ask(browser, member.registration_number, member.identity_number)
    token = await member.open_link(LinkUse.FIRST_SIGN_IN)

    shown = await browser.get(f"/first-sign-in/{token}")
    fields = {**hidden_fields(shown.text, f"/first-sign-in/{token}"), **SET}
    for _ in range(5):
        await browser.post(
            f"/first-sign-in/{token}", data={**fields, "identity_number": "1"}, headers=OURS
        )
    page = await browser.post(
        f"/first-sign-in/{token}",
        data={**fields, "identity_number": member.identity_number},
        headers=OURS,
    )

    assert page.status_code == 410


async def test_a_page_with_a_secret_in_its_address_sends_no_referrer(
    browser: httpx.AsyncClient,
) -> None:
    """Forms elsewhere send one to ourselves, or old browsers could not name their origin."""
    member = await with_password()
    token = await reset_link(member)

    pages = [await browser.get(path) for path in (f"/new-password/{token}", "/sign-in")]

    assert [page.headers["Referrer-Policy"] for page in pages] == ["no-referrer", "same-origin"]


async def test_a_password_that_was_set_is_kept_as_argon2id(database: str) -> None:
    """With its own salt; nothing of the password is in the row."""
    one, two = await with_password(), await with_password()

    hashes = [(await member.account()).password_hash for member in (one, two)]  # type: ignore[union-attr]

    assert all(kept is not None and kept.startswith("$argon2id$") for kept in hashes)
    assert len(set(hashes)) == 2
    assert isinstance(
        await sign_in(one.email, PASSWORD, Browser(network=network()), now=NOW), Tokens
    )


async def test_a_changed_address_signs_in_once_a_link_went_there(
    browser: httpx.AsyncClient,
) -> None:
    """The one before is told of the new password, and signs in no more."""
    member = await with_password()
    new = f"new.{member.email}"
    async with transaction() as session:
        (await find_practitioner(session, member.registration_number, lock=True)).email = new

    token = await reset_link(member)
    await set_by_link(token, LinkUse.RESET, OTHER, "", Browser(network=network()), now=NOW)

    told = [letter for letter in await member.letters() if letter.startswith("password_changed")]
    assert told == [f"password_changed {email}" for email in sorted([member.email, new])]
    assert await sign_in(new, OTHER, Browser(network=network()), now=NOW)
    with pytest.raises(NotSignedIn):
        await sign_in(member.email, OTHER, Browser(network=network()), now=NOW)


async def test_an_address_stays_with_the_account_that_claimed_it(
    browser: httpx.AsyncClient,
) -> None:
    """A mailbox that changed hands on file does not move somebody's sign-in."""
    first, second = await with_password(), await with_password()
    async with transaction() as session:
        row = await find_practitioner(session, first.registration_number, lock=True)
        row.email = f"moved.{first.email}"
        other = await find_practitioner(session, second.registration_number, lock=True)
        other.email = first.email

    token = await reset_link(second)
    await set_by_link(token, LinkUse.RESET, OTHER, "", Browser(network=network()), now=NOW)

    assert await sign_in(first.email, PASSWORD, Browser(network=network()), now=NOW)
    assert await sign_in(second.email, OTHER, Browser(network=network()), now=NOW)


async def test_two_who_ask_at_once_make_one_account(browser: httpx.AsyncClient) -> None:
    """Two windows, or a double click."""
    member = await on_register()

    await asyncio.gather(
        *(
            ask_for_first_sign_in(
                member.registration_number, member.identity_number, network(), now=NOW
            )
            for _ in range(4)
        )
    )

    assert await member.account() is not None
    assert len(await member.letters()) == 3
