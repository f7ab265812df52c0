"""`mumaris status`: figures, and what needs a hand."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, update

from cli.work.prefect_look import look_at_prefect
from desk.clock import utc_now
from desk.mail.suppressing import stop_reminders
from documents.keys import new_master_key
from models.database import transaction
from models.letters import Letter
from models.requests import Request, RequestEvent
from rules.documents.states import DocumentState
from rules.reminders.suppression import Why
from rules.requests.letter_status import LetterStatus
from stack.ports import free_port
from stack.prefect_server import PrefectServer
from support.requests import request_at_gate
from support.shell import mumaris
from support.uploads import upload_row
from tasks.last_times import note_sweep


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is named but by the test itself."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents can be kept."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def all_is_told_and_sent() -> None:
    """Prefect knows everything that has happened, and no e-mail waits."""
    async with transaction() as session:
        await session.exec(
            update(RequestEvent)
            .where(col(RequestEvent.announced_at).is_(None))
            .values(announced_at=utc_now())
        )
        await session.exec(update(Letter).values(status=LetterStatus.SENT, created_at=utc_now()))


@contextmanager
def server_that_answers(status: int) -> Iterator[str]:
    """An API that answers everything so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"


@pytest.mark.usefixtures("people")
async def test_where_nothing_needs_a_hand_it_says_so() -> None:
    """Exit code 0, and the figures."""
    await request_at_gate()
    await note_sweep()
    await all_is_told_and_sent()
    async with transaction() as session:
        due = utc_now() + timedelta(days=1)
        await session.exec(update(Request).values(review_due_at=due, run_state="waiting"))

    shown = await mumaris("status")

    assert shown.exit_code == 0, shown.output
    assert "Nothing needs a hand." in shown.stdout
    assert ["profile", "update", "under", "review", "1"] in [
        line.split() for line in shown.stdout.splitlines()
    ]


@pytest.mark.usefixtures("people")
async def test_what_needs_a_hand_is_told_with_the_command_for_it() -> None:
    """Exit code 1, for people in sentences and for programs by codes that stay."""
    code = await request_at_gate()
    await all_is_told_and_sent()
    async with transaction() as session:
        past = utc_now() - timedelta(days=1)
        await session.exec(
            update(Request)
            .where(col(Request.tracking_code) == code)
            .values(review_due_at=past, run_state="wanted", submitted_at=past, run_checked_at=None)
        )

    shown = await mumaris("status")
    told = await mumaris("status", "--json")

    answer = json.loads(told.stdout)
    assert (shown.exit_code, told.exit_code) == (1, 1)
    assert {need["code"] for need in answer["needs_a_hand"]} == {
        "sweep_stopped",
        "request_without_run",
        "reviews_overdue",
    }
    assert all(need["message"] in shown.stdout for need in answer["needs_a_hand"])
    assert "mumaris review queue" in shown.stdout
    assert answer["without_run"] == [code]
    assert answer["requests"] == [{"kind": "profile_update", "status": "under_review", "number": 1}]


@pytest.mark.usefixtures("people")
async def test_the_day_s_figures_are_shown_with_their_instant() -> None:
    """Reviews by when they are due, e-mails by letter and language, how far Prefect's window is."""
    await request_at_gate()
    await all_is_told_and_sent()
    await stop_reminders("nobody@example.com", why=Why.ASKED, now=utc_now())
    async with transaction() as session:
        due = utc_now() - timedelta(minutes=1)
        await session.exec(update(Request).values(review_due_at=due, run_state="waiting"))

    lines = (await mumaris("status")).stdout.splitlines()
    told = json.loads((await mumaris("status", "--json")).stdout)

    rows = [line.split() for line in lines]
    assert lines[0].startswith("As of:")
    assert any(row[:5] == ["Prefect's", "window:", "up", "to", "date,"] for row in rows)
    assert "Requests on their way: 0 set aside, 0 stand still, 0 not woken" in lines
    assert ["No", "reminders", "to:", "1", "asked"] in rows
    assert ["profile", "update", "1", "1", "0", "0"] in [row[:6] for row in rows]
    assert ["received", "ar", "1", "0", "0", "0"] in rows
    (by_kind,) = told["reviews"]["by_kind"]
    assert (by_kind["kind"], by_kind["late"], by_kind["waiting"]) == ("profile_update", 1, 1)
    assert told["mail_by_letter"][0]["letter"] == "received"
    assert told["prefect_window"]["requests"] == 0


@pytest.mark.usefixtures("database")
async def test_the_json_of_a_fresh_installation_is_whole() -> None:
    """Its keys are stable: monitors read them."""
    answer = json.loads((await mumaris("status", "--json")).stdout)

    assert set(answer) == {
        "at",
        "database",
        "prefect",
        "documents",
        "last_sweep_at",
        "requests",
        "reviews",
        "reviews_overdue",
        "bells_unanswered",
        "without_progress",
        "prefect_window",
        "mail_by_letter",
        "suppressions",
        "set_aside",
        "without_run",
        "without_bill",
        "claims_of_inactive_officers",
        "mail",
        "reminders",
        "document_retention",
        "retention",
        "other_systems",
        "needs_a_hand",
    }
    assert set(answer["reminders"]) == {"card", "profile"}
    assert answer["prefect"] == {"reachable": None, "trouble": None, "workers_online": None}


def test_prefect_is_asked_for_its_workers(prefect_server: PrefectServer) -> None:
    """Without our pool it says what to do; with it, how many workers are there."""
    environment = {"PREFECT_API_URL": prefect_server.api_url}
    pools = f"{prefect_server.api_url}/work_pools/"

    before = look_at_prefect(environment)
    httpx.post(pools, json={"name": "mumaris", "type": "process"}, timeout=60).raise_for_status()
    after = look_at_prefect(environment)
    httpx.delete(f"{pools}mumaris", timeout=60).raise_for_status()

    assert before.trouble is not None
    assert "mumaris deploy" in before.trouble
    assert (after.trouble, after.workers_online) == (None, 0)


def test_a_prefect_that_cannot_be_used_is_told_from_one_that_is_not_named() -> None:
    """Closed port, wrong password, something else on that port; none of it is an exception."""
    nobody = look_at_prefect({"PREFECT_API_URL": f"http://127.0.0.1:{free_port(0)}/api"})
    with server_that_answers(401) as url:
        stranger = look_at_prefect({"PREFECT_API_URL": url})
    with server_that_answers(200) as url:
        other = look_at_prefect({"PREFECT_API_URL": url})

    assert look_at_prefect({}).trouble is None
    assert "cannot be reached" in str(nobody.trouble)
    assert "PREFECT_API_AUTH_STRING" in str(stranger.trouble)
    assert "cannot be reached" in str(other.trouble)


@pytest.mark.usefixtures("people")
async def test_it_says_where_documents_lie_and_who_scans_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The store's address and the scanner's; for programs too."""
    monkeypatch.setenv("MUMARIS_DOCUMENTS", "file:///srv/documents")
    monkeypatch.setenv("MUMARIS_CLAMD", "/run/clamav/clamd.ctl")

    shown = await mumaris("status")
    told = json.loads((await mumaris("status", "--json")).stdout)

    assert "file:///srv/documents, scanned by /run/clamav/clamd.ctl" in shown.stdout
    assert told["documents"] == {
        "address": "file:///srv/documents",
        "scanner": "/run/clamav/clamd.ctl",
        "trouble": None,
        "states": {},
        "left_to_check": {"number": 0, "since": None},
        "left_to_empty": {"number": 0, "since": None},
    }


@pytest.mark.usefixtures("people")
async def test_documents_that_do_not_come_on_need_a_hand() -> None:
    """One that can never be checked is not forgotten, and nor is one that the store still holds."""
    await upload_row(state=DocumentState.UNSCANNED)
    await upload_row(state=DocumentState.READY, received_at=utc_now())
    await upload_row(state=DocumentState.DESTROYED)
    await upload_row(state=DocumentState.DESTROYED, content_removed_at=utc_now())
    await upload_row(state=DocumentState.RECEIVED, received_at=utc_now())

    shown = await mumaris("status")
    told = json.loads((await mumaris("status", "--json")).stdout)

    assert "1 document could not be checked, the oldest since " in shown.stdout
    assert "1 destroyed document could not be removed from the store" in shown.stdout
    assert ["destroyed", "2"] in [line.split() for line in shown.stdout.splitlines()]
    states = {"received": 1, "unscanned": 1, "ready": 1, "destroyed": 2}
    assert told["documents"]["states"] == states
    assert list(told["documents"]["states"]) == list(states)
    assert {"documents_unchecked", "documents_not_removed"} <= {
        need["code"] for need in told["needs_a_hand"]
    }


@pytest.mark.usefixtures("people")
async def test_documents_without_their_keys_need_a_hand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A server that was moved without its key file is heard of before somebody uploads."""
    monkeypatch.delenv("MUMARIS_DOCUMENT_KEYS")
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))

    told = json.loads((await mumaris("status", "--json")).stdout)

    needs = {need["code"]: need["message"] for need in told["needs_a_hand"]}
    assert str(tmp_path / "document-keys") in needs["documents_unusable"]
