"""Mail that does not leave is seen within a minute, wherever operations look."""

import asyncio
import json
import logging
from datetime import date, timedelta

import pytest

from desk.clock import utc_now
from desk.requests.activation import use
from desk.requests.submission import accept
from documents.keys import new_master_key
from flows.profile_update import RequestHandle, profile_update
from models.links import LinkPurpose
from rules.requests.statuses import Kind, Status
from support.letters import owe
from support.people import contact_change, register_applicant
from support.reminding import Runs, card_on_file
from support.requests import token_of
from support.shell import mumaris
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters

# Prefect leaves the sockets of its clients to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
IN_RUN = "Mail does not leave: the e-mail waits, and the request goes on"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command asks no Prefect, and documents can be kept."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def carried() -> None:
    """A request whose run sends its activation e-mail, and ends."""
    number = (await register_applicant()).registration_number
    wish = contact_change(registration_number=number, idempotency_key=number)
    request = await accept(Kind.PROFILE_UPDATE, wish, now=utc_now())
    handle = RequestHandle(request.tracking_code)
    run = asyncio.create_task(profile_update(request.tracking_code, return_state=True))
    await handle.wait_for(Status.AWAITING_ACTIVATION)
    await use(await token_of(await handle.look()), LinkPurpose.ACTIVATE, now=utc_now())
    await run


@pytest.mark.parametrize("is_away", [True, False], ids=["away", "there"])
async def test_a_run_says_in_its_log_that_its_e_mail_waits(
    mail_server: SmtpRecorder, prefect_api: None, caplog: pytest.LogCaptureFixture, *, is_away: bool
) -> None:
    """And goes on; where mail leaves it says nothing."""
    if is_away:
        await mail_server.stop()

    await carried()

    said = [record.getMessage() for record in caplog.records]
    assert (IN_RUN in said) == is_away


async def test_one_refusal_is_seen_by_status_the_list_and_the_log(
    mail_server: SmtpRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    """A reminder that waits stands in the list too, each with why."""
    caplog.set_level(logging.WARNING, "mumaris.letters")
    await owe()
    today = date(2026, 11, 22)
    await card_on_file(today + timedelta(days=14))
    await Runs(mail_server).plan(today)
    await mail_server.stop()

    await deliver_letters(now=utc_now() + timedelta(hours=1))

    told = json.loads((await mumaris("status", "--json")).stdout)
    listed = json.loads((await mumaris("letters", "list", "--status", "queued", "--json")).stdout)
    shown = await mumaris("letters", "list")
    need = next(each for each in told["needs_a_hand"] if each["code"] == "mail_away")
    assert "Connect call failed" in need["message"]
    assert need["number"] == 2
    assert {each["letter"] for each in listed} == {"received", "card_reminder"}
    assert [each["waits_for_us"] for each in listed if each["letter"] == "received"] == [True]
    assert ["Connect call failed" in (each["reply"] or "") for each in listed].count(True) == 1
    assert "No e-mail has left since " in shown.stdout.splitlines()[-1]
    assert any(record.getMessage().startswith("mail does not leave:") for record in caplog.records)
