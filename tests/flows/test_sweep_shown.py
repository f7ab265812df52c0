"""The sweep as operations see it in Prefect: what needs a hand stands in its name and table."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State

from desk.clock import utc_now
from desk.operations.overview import overview
from documents.keys import new_master_key
from flows.sweep import sweep
from models.database import transaction
from models.mail_outages import begin_outage
from support.flow_runs import artifacts_of, name_of

# Prefect leaves the sockets of its clients to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(autouse=True)
def documents(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store, and nobody on file."""
    monkeypatch.setenv("MUMARIS_DOCUMENTS", (tmp_path / "documents").as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def swept() -> State[Any]:
    """How a whole pass ended."""
    state: State[Any] = await sweep(return_state=True)
    return state


async def test_mail_that_does_not_leave_stands_in_the_sweep_s_name(prefect_api: None) -> None:
    """In its last state and its table too; the mail server's words, a stranger's, in none."""
    async with transaction() as session:
        await begin_outage(session, reason="554 holder@example.com: relay", now=utc_now())

    state = await swept()

    (table,) = await artifacts_of(state, "needs-a-hand")
    (row,) = json.loads(table.data)
    assert state.is_completed()
    assert state.message == "mail away (0)"
    assert await name_of(state) == "sweep: mail away (0)"
    assert (row["what"], row["number"]) == ("mail away", 0)
    assert "holder" not in table.model_dump_json() + str(state.message)


async def test_where_nothing_needs_a_hand_it_says_so(prefect_api: None) -> None:
    """Of the sweep itself: it has just been."""
    state = await swept()

    (table,) = await artifacts_of(state, "needs-a-hand")
    assert state.message == "nothing needs a hand"
    assert json.loads(table.data) == [{"what": "nothing needs a hand"}]


async def test_a_pass_notes_how_long_it_took(
    prefect_api: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that nobody sets: from its begin to its end."""

    async def slowly(*, now: datetime) -> None:
        await asyncio.sleep(0.2)

    monkeypatch.setattr("flows.sweep.act_on_deadlines", slowly)

    await swept()

    assert ((await overview()).sweep_seconds or 0) >= 0.2
