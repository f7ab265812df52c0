"""No e-mail leaves whose links lead to the machine that sends it, unless a catcher takes it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from desk.clock import utc_now
from mail.composing.message import compose
from mail.delivering.courier import Courier
from mail.delivering.outcomes import Accepted, Deferred, DeferredKind
from mail.preview.samples import CREATED_AT, TO_ADDRESS, samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from models.database import transaction
from models.letters import Letter
from rules.requests.letter_status import LetterStatus
from support.letters import owe
from support.reminding import text_of
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters

PORTAL = "https://mumaris.example.org"
SENDER = "letters@mumaris.example.org"


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a process whose mail server is said to be no catcher."""
    monkeypatch.delenv("MUMARIS_MAIL_CAUGHT")
    return monkeypatch


async def sent(portal_url: str, sender: str, server: SmtpRecorder) -> Accepted | Deferred:
    """One e-mail, and what became of it."""
    settings = MailSettings(
        smtp_host="127.0.0.1", smtp_port=server.port, portal_url=portal_url, mail_from=sender
    )
    message = compose(
        samples(Language.EN)[0].facts,
        to=TO_ADDRESS,
        letter_id=uuid4(),
        created_at=CREATED_AT,
        settings=settings,
    )
    async with Courier(settings) as courier:
        outcome = await courier.deliver(message, to=TO_ADDRESS)
    assert isinstance(outcome, Accepted | Deferred)
    return outcome


@pytest.mark.parametrize(
    ("portal_url", "sender", "named"),
    [
        ("http://localhost:8000", SENDER, "MUMARIS_PORTAL_URL"),
        ("http://127.0.0.1:8000", SENDER, "MUMARIS_PORTAL_URL"),
        ("https://[::1]", SENDER, "MUMARIS_PORTAL_URL"),
        (PORTAL, "mumaris@localhost", "MUMARIS_MAIL_FROM"),
    ],
)
async def test_what_leads_here_waits_and_the_server_hears_nothing(
    outside: pytest.MonkeyPatch, mail_server: SmtpRecorder, portal_url: str, sender: str, named: str
) -> None:
    """It is about us, so it is never given up, and it names the setting."""
    outcome = await sent(portal_url, sender, mail_server)

    assert outcome == Deferred(outcome.reply, DeferredKind.CONFIGURATION)
    assert isinstance(outcome, Deferred)
    assert outcome.about_us
    assert named in outcome.reply
    assert mail_server.connections == 0


async def test_what_leads_elsewhere_leaves(
    outside: pytest.MonkeyPatch, mail_server: SmtpRecorder
) -> None:
    """Nothing else is asked of it."""
    assert isinstance(await sent(PORTAL, SENDER, mail_server), Accepted)


async def test_a_catcher_takes_what_leads_here(mail_server: SmtpRecorder) -> None:
    """As that of `mumaris up` does, which says so to its processes."""
    assert isinstance(await sent("http://localhost:8000", SENDER, mail_server), Accepted)


async def test_what_waited_leaves_when_the_address_is_set_right(
    outside: pytest.MonkeyPatch, mail_server: SmtpRecorder
) -> None:
    """Owed by a request: it stays queued, says why, and then leads where people can go."""
    letter = await owe()
    outside.setenv("MUMARIS_MAIL_FROM", SENDER)

    await deliver_letters(now=utc_now())
    held = await as_it_is(letter)
    outside.setenv("MUMARIS_PORTAL_URL", PORTAL)
    await deliver_letters(now=utc_now() + timedelta(hours=1))

    assert (held.status, held.server_reply) == (
        LetterStatus.QUEUED,
        "links lead to this machine: set MUMARIS_PORTAL_URL",
    )
    assert (await as_it_is(letter)).status == LetterStatus.SENT
    (taken,) = mail_server.accepted
    assert PORTAL in text_of(taken.message)
    assert b"localhost" not in taken.content


async def as_it_is(letter: Letter) -> Letter:
    """Its row, as it stands now."""
    async with transaction() as session:
        return (await session.exec(select(Letter).where(col(Letter.id) == letter.id))).one()
