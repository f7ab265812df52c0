"""E-mails about accounts leave by the way of all others."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import cast

import pytest

from desk.accounts.asking import ask_for_first_sign_in
from desk.accounts.passwords import AccountLinkState, look_at_link
from desk.clock import utc_now
from desk.mail.listing import list_letters
from desk.mail.state import mail_state
from rules.accounts.kinds import LinkUse
from rules.requests.letter_status import LetterStatus
from support.accounts import Member, network, on_register
from support.smtp import SmtpRecorder
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
