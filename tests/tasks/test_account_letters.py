"""E-mails about accounts leave by the way of all others."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import cast

import pytest

from desk.accounts.asking import ask_for_first_sign_in
from desk.accounts.passwords import AccountLinkState, look_at_link
from desk.clock import utc_now
from desk.drafts.addresses import CodeState, confirm_address, new_address_of, send_code
from desk.drafts.update import discard, look, save
from desk.mail.listing import list_letters
from desk.mail.state import mail_state
from rules.accounts.kinds import LinkUse
from rules.requests.letter_status import LetterStatus
from support.accounts import Member, network, on_register, with_password
from support.codes import code_in_use
from support.smtp import SmtpRecorder, Taken
from tasks.letter_delivery import deliver_letters


@pytest.fixture
async def smtp(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmtpRecorder]:
    """A mail server, and letters that go there."""
    async with SmtpRecorder() as server:
        server.name_in(monkeypatch)
        yield server


async def asked(member: Member, *, ago: timedelta = timedelta()) -> None:
    """The first sign-in was asked for."""
    await ask_for_first_sign_in(
        member.registration_number, member.identity_number, network(), now=utc_now() - ago
    )


async def test_the_link_in_the_e_mail_opens(smtp: SmtpRecorder) -> None:
    """It leads to the page of the first sign-in, for whoever reads the address on file."""
    member = await on_register()
    await asked(member)

    await deliver_letters(now=utc_now())
    (taken,) = smtp.accepted
    text = cast(EmailMessage, next(taken.message.iter_parts())).get_content()
    found = re.search(r"/first-sign-in/([\w-]{43})", text)

    assert taken.recipients == (member.email,)
    assert found is not None
    view = await look_at_link(found[1], LinkUse.FIRST_SIGN_IN, now=utc_now())
    assert view.state is AccountLinkState.USABLE


async def test_a_link_that_is_over_does_not_leave(smtp: SmtpRecorder) -> None:
    """Mail was away for an hour: nobody is sent what opens nothing."""
    member = await on_register()
    await asked(member, ago=timedelta(hours=1))

    await deliver_letters(now=utc_now())

    assert smtp.accepted == []
    (listed,) = await list_letters(status=None, limit=5)
    assert (listed.state.letter, listed.state.status) == ("first_sign_in", LetterStatus.FAILED)
    assert listed.tracking_code is None


async def test_one_that_is_refused_waits_for_nobody(smtp: SmtpRecorder) -> None:
    """Its person asks again: operations have nothing to send or to drop."""
    smtp.will("RCPT", "550 5.1.1 no such user")
    await asked(await on_register())

    await deliver_letters(now=utc_now())

    assert (await mail_state()).letters_failed == 0


async def asked_code(member: Member) -> str:
    """A new address was typed, and its code asked for; the address."""
    page = await look(member.registration_number, now=utc_now())
    new = f"new.{member.email}"
    boxes = page.boxes_of("contact") | {"email": new}
    await save(member.registration_number, "contact", boxes, seen=page.seen, now=utc_now())
    await send_code(member.registration_number, again=True, now=utc_now())
    return new


def text_of(taken: Taken) -> str:
    """The plain text of the e-mail that arrived."""
    return str(cast(EmailMessage, next(taken.message.iter_parts())).get_content())


async def test_the_code_in_the_e_mail_confirms_the_address(
    smtp: SmtpRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes to the new address, names nobody, and is in no subject and no log."""
    member = await with_password()
    new = await asked_code(member)
    caplog.set_level(logging.DEBUG)

    await deliver_letters(now=utc_now())
    taken = smtp.accepted[-1]
    (code,) = set(re.findall(r"\b[0-9]{6}\b", text_of(taken)))
    row = await code_in_use(member.registration_number)
    await confirm_address(member.registration_number, row.id, code, now=utc_now())

    found = await new_address_of(member.registration_number, now=utc_now())
    assert found is not None
    assert (taken.recipients, found.state) == ((new,), CodeState.CONFIRMED)
    on_file = (await look(member.registration_number, now=utc_now())).on_file
    assert str(taken.message["To"]) == new
    for known in (
        on_file.first_name_en,
        on_file.first_name_ar,
        member.registration_number,
        member.email,
    ):
        assert known not in text_of(taken).replace(new, "")
    assert code not in str(taken.message["Subject"])
    assert code not in caplog.text


async def test_a_code_that_is_not_wanted_any_more_does_not_leave(smtp: SmtpRecorder) -> None:
    """Another one was asked for, or the draft was discarded, while mail was away."""
    member, other = await with_password(), await with_password()
    await asked_code(member)
    await asked_code(member)
    await asked_code(other)
    await discard(other.registration_number)

    await deliver_letters(now=utc_now())

    codes = [taken for taken in smtp.accepted if "new." in taken.recipients[0]]
    assert [taken.recipients[0] for taken in codes] == [f"new.{member.email}"]


async def test_a_code_that_is_deferred_works_when_it_arrives(smtp: SmtpRecorder) -> None:
    """The server took it at the second try: the code is the last one's, and as old as that."""
    member = await with_password()
    await asked_code(member)
    smtp.will("RCPT", "451 4.3.0 try again later")
    await deliver_letters(now=utc_now())
    first = await code_in_use(member.registration_number)
    await deliver_letters(now=utc_now() + timedelta(hours=1))
    second = await code_in_use(member.registration_number)
    (code,) = set(re.findall(r"\b[0-9]{6}\b", text_of(smtp.accepted[-1])))

    await confirm_address(member.registration_number, second.id, code, now=utc_now())

    assert first.id == second.id
    assert first.minted_at is not None
    assert second.minted_at is not None
    assert second.minted_at > first.minted_at
