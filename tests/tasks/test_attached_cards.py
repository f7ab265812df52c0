"""The card that travels with its e-mail, where policy says so, as a server took it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import update
from sqlmodel import col, select

import tasks.attached_cards
from desk.mail.resending import Undelivered, resend_letters
from desk.register.card_codes import withdraw_code
from desk.register.cards import extend_cards
from desk.requests.activation import use
from documents.keys import new_master_key
from documents.typesetting import child
from mail.facts.stored import facts_from_json
from mail.wording.dates import gregorian_day
from mail.wording.languages import Language
from models.access_log import Looked
from models.cards import Card
from models.database import transaction
from models.door import OPERATIONS
from models.letters import Letter
from models.links import LinkPurpose
from models.practitioners import Practitioner, ProfileVersion
from models.requests import Request
from rules.requests.letter_status import LetterStatus
from support.at_the_desk import looks
from support.cards import periods
from support.newcomers import (
    known_officially,
    practitioner_of,
    registration,
    registration_to_activate,
)
from support.people import register_people
from support.policies import policy_with
from support.requests import NOW
from support.sending import WatchedSmtp, watched_smtp
from support.sheets import code_on, words_of
from tasks.attached_cards import PLACES, CardSheets
from tasks.letter_delivery import deliver_letters

ATTACHED = ('in_email = "linked"', 'in_email = "attached"')
SAID = {Language.AR: "بطاقتك مرفقة", Language.EN: "attached to this e-mail"}


@pytest.fixture(autouse=True)
async def people(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Officers, a newcomer whom the official register knows, and a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()
    await known_officially()


@pytest.fixture
def attached(tmp_path: Path) -> Iterator[None]:
    """Policy has the card travel."""
    with policy_with(tmp_path, ATTACHED):
        yield


@pytest.fixture
async def smtp() -> AsyncIterator[WatchedSmtp]:
    """A mail server on a socket."""
    async with watched_smtp() as server:
        yield server


async def in_force(**more: Any) -> Letter:
    """The e-mail that is owed to somebody whose registration came into force."""
    request, token = await registration_to_activate(registration(**more))
    await use(token, LinkPurpose.ACTIVATE, now=NOW)
    async with transaction() as session:
        query = select(Letter).where(
            col(Letter.request_id) == request.id, col(Letter.letter) == "activated"
        )
        return (await session.exec(query)).one()


async def person_of(letter: Letter) -> Practitioner:
    """Whom it is about."""
    async with transaction() as session:
        return await practitioner_of(await session.get_one(Request, letter.request_id))


async def sent(smtp: WatchedSmtp, letter: Letter, *, later: timedelta = timedelta(0)) -> bytes:
    """The e-mail as the server took it last, with the status that its row has then."""
    await deliver_letters(now=NOW + later, request_id=letter.request_id)
    async with transaction() as session:
        assert (await session.get_one(Letter, letter.id)).status is LetterStatus.SENT
    return next(one.content for one in reversed(smtp.accepted) if _is(one.message, letter))


def _is(message: EmailMessage, letter: Letter) -> bool:
    return str(letter.id) in str(message["Message-ID"])


def parsed(content: bytes) -> EmailMessage:
    """As a mail program reads it."""
    return cast(EmailMessage, message_from_bytes(content, policy=policy.default))


def files_in(content: bytes) -> list[EmailMessage]:
    """What hangs at it."""
    return [cast(EmailMessage, part) for part in parsed(content).iter_attachments()]


def text_in(content: bytes) -> str:
    """Its words as plain text."""
    body = parsed(content).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.usefixtures("attached")
@pytest.mark.parametrize("language", Language)
async def test_the_card_travels_with_its_e_mail(smtp: WatchedSmtp, language: Language) -> None:
    """In the reader's language, under a name that tells nobody's; no look is noted."""
    letter = await in_force(preferred_language=language.value)

    content = await sent(smtp, letter)

    [file] = files_in(content)
    sheet = file.get_content()
    person = await person_of(letter)
    [period] = await periods(person.registration_number)
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "card.pdf")
    assert gregorian_day(period.expires_on, language) in words_of(sheet)
    assert person.family_name_ar in words_of(sheet)
    assert person.identity_number not in words_of(sheet)
    assert "/c/" in code_on(sheet)
    assert SAID[language] in text_in(content)
    assert not any(part.defects for part in parsed(content).walk())
    assert await looks(Looked.CARD_PRINT) == []


async def test_policy_that_links_attaches_nothing(smtp: WatchedSmtp) -> None:
    """And the words do not speak of a file."""
    content = await sent(smtp, await in_force(preferred_language="en"))

    assert files_in(content) == []
    assert SAID[Language.EN] not in text_in(content)
    assert "Show your card" in text_in(content)


@pytest.mark.usefixtures("attached")
async def test_sent_again_on_another_day_it_is_the_same_to_the_byte(smtp: WatchedSmtp) -> None:
    """Its Message-ID, and the file."""
    letter = await in_force()
    first = await sent(smtp, letter)
    async with transaction() as session:
        await session.exec(
            update(Letter).where(col(Letter.id) == letter.id).values(came_back_at=NOW)
        )
        code = (await session.get_one(Request, letter.request_id)).tracking_code

    later = timedelta(days=3)
    await resend_letters(
        [Undelivered(letter.id, code, "activated")], by=OPERATIONS, now=NOW + later
    )
    again = await sent(smtp, letter, later=later)

    assert sum(_is(one.message, letter) for one in smtp.accepted) == 2
    assert again == first


@pytest.mark.usefixtures("attached")
async def test_a_card_that_cannot_be_set_keeps_no_letter_back(
    smtp: WatchedSmtp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It leaves with its link, and the log names the letter and nobody."""
    letter = await in_force(preferred_language="en")
    monkeypatch.setattr(child, "_COMMAND", ("/bin/false",))

    with caplog.at_level(logging.ERROR, "mumaris.letters"):
        content = await sent(smtp, letter)

    assert files_in(content) == []
    assert SAID[Language.EN] not in text_in(content)
    assert "Show your card" in text_in(content)
    said = [record.getMessage() for record in caplog.records]
    assert said == [f"e-mail {letter.id} leaves without its card: TypesettingStopped"]


@pytest.mark.usefixtures("attached")
@pytest.mark.parametrize("trouble", ["keys", "hangs", "size", "process"])
async def test_whatever_keeps_a_card_from_being_made_keeps_no_letter_back(
    smtp: WatchedSmtp, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """No key to open its code, a sheet without end, one that is too large, no process to be had."""
    letter = await in_force()
    if trouble == "keys":
        await sent(smtp, letter)
        await _owed_again(letter)
        monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    elif trouble == "hangs":
        monkeypatch.setattr(child, "_COMMAND", ("/bin/sleep", "600"))
        monkeypatch.setattr(tasks.attached_cards, "SECONDS", 0.2)
    elif trouble == "size":
        monkeypatch.setattr(tasks.attached_cards, "MOST_BYTES", 1_000)
    else:
        monkeypatch.setattr(child, "_COMMAND", ("/no/such/program",))

    assert files_in(await sent(smtp, letter)) == []


async def _owed_again(letter: Letter) -> None:
    async with transaction() as session:
        await session.exec(
            update(Letter).where(col(Letter.id) == letter.id).values(status=LetterStatus.QUEUED)
        )


@pytest.mark.usefixtures("attached")
@pytest.mark.parametrize("change", ["suspended", "withdrawn", "longer", "renamed"])
async def test_a_card_that_is_another_by_now_stays_behind(smtp: WatchedSmtp, change: str) -> None:
    """What the letter says was true when it was written; the file must be, too."""
    letter = await in_force()
    person = await person_of(letter)
    if change == "withdrawn":
        await sent(smtp, letter)
        await _owed_again(letter)
        await withdraw_code(person.registration_number, officer="amal", now=NOW)
    elif change == "longer":
        [period] = await periods(person.registration_number)
        to = period.expires_on + timedelta(days=30)
        await extend_cards(
            first=period.expires_on, last=period.expires_on, to=to, actor="amal", now=NOW
        )
    elif change == "suspended":
        async with transaction() as session:
            await session.exec(update(Card).values(status="suspended"))
    else:
        async with transaction() as session:
            session.add(
                ProfileVersion(
                    practitioner_id=person.id,
                    version=person.version + 1,
                    changed_by="officers",
                    changed_at=NOW + timedelta(seconds=1),
                    changes={"rank": {"from": person.rank, "to": "consultant"}},
                )
            )

    assert files_in(await sent(smtp, letter)) == []


@pytest.mark.usefixtures("attached")
async def test_so_many_sheets_are_set_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many letters are on their way."""
    at_work, most = 0, 0

    async def at_once(*_: object, **__: object) -> None:
        """The card is read: all of them come to the sheets together."""

    async def watched(*_: object) -> bytes:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        for _turn in range(3):
            await asyncio.sleep(0)
        at_work -= 1
        return b"%PDF-"

    letter = await in_force()
    monkeypatch.setattr(tasks.attached_cards, "card_in_letter", at_once)
    monkeypatch.setattr(tasks.attached_cards, "card_as_pdf", watched)
    sheets, facts = CardSheets(), facts_from_json("activated", letter.facts)

    made = await asyncio.gather(
        *(
            sheets.with_card(
                letter.id, facts, request_id=letter.request_id, dated=letter.created_at, now=NOW
            )
            for _ in range(12)
        )
    )

    assert all(file is not None for _, file in made)
    assert most == PLACES
