"""The page that asks for the code of a new e-mail address, without scripts."""

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from desk.drafts.addresses import CodeState, new_address_of
from models.database import transaction
from models.letters import Letter
from rules.requests.letter_status import LetterStatus
from support.accounts import OURS, Member, hidden_fields, press, sign_in_as
from support.codes import another_code, code_in_use, codes_of, mailed_code
from support.pages import fill, sent_code
from support.policies import frozen_policy
from support.requests import NOW

EDIT, EMAIL, SEND = "/update/edit/contact", "/update/email", "/update/email/send"
DETAILS, REVIEW = "/update/details", "/update/review"
POLICY = frozen_policy().accounts


@pytest.fixture
def new(member: Member) -> str:
    """An address that nobody has on file."""
    return f"new.{member.email}"


async def asked(browser: httpx.AsyncClient, member: Member, email: str) -> str:
    """Type this address and press Continue; the code that was e-mailed to it."""
    answer = await fill(browser, EDIT, email=email)
    assert (answer.status_code, answer.headers["location"]) == (303, EMAIL)
    return await mailed_code(member.registration_number)


async def state(member: Member) -> CodeState | None:
    found = await new_address_of(member.registration_number, now=NOW)
    return found.state if found else None


async def test_the_whole_way_with_a_new_address(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """Continue mails the code; the review says how it stands; Next waits for it."""
    code = await asked(browser, member, new)
    before = await browser.get(REVIEW)
    page = await browser.get(EMAIL)
    typed = await press(browser, EMAIL, {"code": f" {code[:3]} {code[3:]} "})
    details = await browser.get(DETAILS)
    review = await browser.get(REVIEW)

    assert "This address is not confirmed yet" in before.text
    assert f'href="{EMAIL}?lang=' in before.text
    assert 'name="sure"' not in before.text
    assert new in unescape(re.sub(r"<wbr>", "", page.text))
    assert 'autocomplete="one-time-code"' in page.text
    assert (typed.status_code, typed.headers["location"]) == (303, f"{DETAILS}#contact")
    assert "Confirmed" in details.text
    assert "Confirmed" in review.text
    await sent_code(browser, REVIEW)


async def test_next_is_refused_in_words_before_that(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """From a page that a browser kept, or that was made up."""
    await fill(browser, EDIT, mobile="0551112233")
    review = await browser.get(REVIEW)
    body = hidden_fields(review.text, REVIEW) | {"sure": "yes"}
    await asked(browser, member, new)
    version = re.sub(r"\d+$", "2", body["seen"])

    answer = await browser.post(REVIEW, data=body | {"seen": version}, headers=OURS)

    assert answer.status_code == 422
    assert "This address is not confirmed yet" in answer.text
    assert await state(member) is CodeState.SENT


async def test_a_wrong_code_is_kept_beside_its_box(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """And the fifth ends it: the page offers another one."""
    code = await asked(browser, member, new)
    wrong = another_code(code)

    answers = [await press(browser, EMAIL, {"code": wrong}) for _ in range(POLICY.code_tries)]
    after = await browser.get(EMAIL)

    assert [answer.status_code for answer in answers] == [422] * POLICY.code_tries
    assert f'value="{wrong}"' in answers[0].text
    assert "aria-invalid=true" in answers[0].text
    assert "<title>Error: " in answers[0].text
    assert "tried too often" in answers[-1].text
    assert 'name="code"' not in answers[-1].text
    assert "Send another code" in after.text
    assert code not in "".join(answer.text for answer in answers)


@pytest.mark.parametrize(
    "typed", ["", "12", '"><b>1', "x" * 9_000, "\x00" * 6, "\u202e123456\ufffe"]
)
async def test_what_is_no_code_is_said_to_be_none(
    browser: httpx.AsyncClient, member: Member, new: str, typed: str
) -> None:
    """It costs no try, and stands in its box as it was typed."""
    await asked(browser, member, new)

    answer = await press(browser, EMAIL, {"code": typed})

    assert answer.status_code == 422
    assert "The code has 6 digits" in answer.text
    assert "<b>1" not in answer.text
    assert (await code_in_use(member.registration_number)).tries == 0


async def test_another_code_is_sent_as_often_as_policy_allows(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """Then the page says until when to wait; what was typed stays, and the last code works."""
    await asked(browser, member, new)

    answers = [
        await press(browser, EMAIL, {}, action=SEND) for _ in range(POLICY.codes_of_an_account)
    ]
    code = await mailed_code(member.registration_number)

    assert [answer.status_code for answer in answers] == [303] * (len(answers) - 1) + [429]
    assert "You can ask for another one after" in answers[-1].text
    assert 0 < int(answers[-1].headers["Retry-After"]) <= POLICY.code_budget_minutes * 60
    assert (await press(browser, EMAIL, {"code": code})).status_code == 303


async def test_continue_again_sends_no_other_code(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """A double click, or Back: the one that was sent is waited for."""
    code = await asked(browser, member, new)
    again = await fill(browser, EDIT, email=new)

    assert again.headers["location"] == EMAIL
    assert len(await codes_of(member.registration_number)) == 1
    assert (await press(browser, EMAIL, {"code": code})).status_code == 303


async def test_beyond_the_limit_continue_keeps_what_was_typed(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """The address is in the draft; its code comes later."""
    for number in range(POLICY.codes_of_an_account):
        await fill(browser, EDIT, email=f"{number}.{new}")

    answer = await fill(browser, EDIT, email=new)

    assert answer.status_code == 429
    assert "What you typed is saved" in answer.text
    assert "Send the code" in answer.text
    assert await state(member) is CodeState.NONE


async def test_mistakes_of_the_page_come_first(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """No code leaves for a page that is wrong; that it is missing is no mistake of the page."""
    answer = await fill(browser, EDIT, email=new, mobile="12")

    assert answer.status_code == 422
    assert "not confirmed" not in answer.text
    assert await codes_of(member.registration_number) == []


async def test_two_tabs(browser: httpx.AsyncClient, member: Member, new: str) -> None:
    """The address changed in another one: the page says so, and shows the one that counts."""
    code = await asked(browser, member, new)
    old = hidden_fields((await browser.get(EMAIL)).text, EMAIL)
    await asked(browser, member, f"x.{new}")

    answer = await browser.post(EMAIL, data=old | {"code": code}, headers=OURS)

    assert answer.status_code == 409
    assert "in another tab or window" in answer.text
    assert f"x.{new}" in unescape(answer.text.replace("<wbr>", ""))
    assert f'value="{code}"' not in answer.text
    assert (await code_in_use(member.registration_number)).tries == 0


async def test_a_late_e_mail_is_said_to_be_late(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """And one that came back, with the way to another address; the draft keeps everything."""
    await asked(browser, member, new)
    row = await code_in_use(member.registration_number)
    async with transaction() as session:
        letter = await session.get_one(Letter, row.letter_id)
        letter.created_at = letter.created_at - timedelta(minutes=5)
    late = await browser.get(EMAIL)
    async with transaction() as session:
        letter = await session.get_one(Letter, row.letter_id)
        letter.status = LetterStatus.FAILED
    failed = await browser.get(EMAIL)

    assert "has not left yet" in late.text
    assert "could not be delivered" in failed.text
    assert f'href="{EDIT}?lang=' in failed.text


async def test_the_other_language_keeps_what_was_typed(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """And counts nothing."""
    await asked(browser, member, new)

    answer = await press(browser, f"{EMAIL}?lang=ar", {"code": "12", "switch": "yes"}, action=EMAIL)

    assert answer.status_code == 200
    assert 'value="12"' in answer.text
    assert (await code_in_use(member.registration_number)).tries == 0


@pytest.mark.parametrize("path", [EMAIL, SEND])
async def test_a_form_from_elsewhere_does_nothing(
    browser: httpx.AsyncClient, member: Member, new: str, path: str
) -> None:
    """Neither confirms nor sends."""
    code = await asked(browser, member, new)
    hidden = hidden_fields((await browser.get(EMAIL)).text, path)
    foreign = {"Sec-Fetch-Site": "cross-site"}

    answers = [
        await browser.post(path, data=hidden | {"code": code}, headers=foreign),
        await browser.post(path, data={**hidden, "csrf": "x", "code": code}, headers=OURS),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert await state(member) is CodeState.SENT
    assert len(await codes_of(member.registration_number)) == 1


async def test_a_confirmed_address_asks_for_nothing(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """Back, reload and the same press again lead to the details; so does a draft without one."""
    code = await asked(browser, member, new)
    hidden = hidden_fields((await browser.get(EMAIL)).text, EMAIL)
    presses = [
        await browser.post(EMAIL, data=hidden | {"code": code}, headers=OURS) for _ in range(2)
    ]
    reload = await browser.get(EMAIL)
    await press(browser, "/update/discard", {})

    answers = [*presses, reload, await browser.get(EMAIL)]
    assert {(one.status_code, one.headers["location"]) for one in answers} == {
        (303, f"{DETAILS}#contact")
    }


async def test_a_session_that_ended_is_led_back_to_the_code(
    browser: httpx.AsyncClient, member: Member, new: str
) -> None:
    """The draft and its code are where they were."""
    code = await asked(browser, member, new)
    hidden = hidden_fields((await browser.get(EMAIL)).text, EMAIL)
    browser.cookies.clear()
    led = [
        await browser.get(EMAIL),
        await browser.post(EMAIL, data=hidden | {"code": code}, headers=OURS),
        await browser.post(SEND, data=hidden, headers=OURS),
    ]
    await sign_in_as(browser, member)

    for answer in led:
        assert answer.headers["location"].endswith("to=%2Fupdate%2Femail")
    assert await state(member) is CodeState.SENT
    assert (await press(browser, EMAIL, {"code": code})).status_code == 303
