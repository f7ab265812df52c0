"""The run that removes what is not kept any longer, as operations see it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from sqlalchemy import text

from desk.clock import utc_now
from flows.retention import retention
from models.database import transaction
from models.statements import execute
from rules.keeping import OF_THE_RUN, Subject
from support.flow_runs import artifacts_of, name_of
from support.keeping import all_certificates, count, days_of, ended_request, look_at
from support.people import NOURA, register_people

# Prefect leaves the sockets of its clients to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
NUMBER = NOURA["registration_number"]
REFUSES = "CREATE FUNCTION stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$"
TRIGGER = "CREATE TRIGGER t BEFORE DELETE ON access_log EXECUTE FUNCTION stays()"


@pytest.fixture(autouse=True)
async def people(database: str, prefect_api: None) -> None:
    await register_people()


async def run_flow(*, rehearsal: bool = False) -> State[Any]:
    state: State[Any] = await retention(rehearsal=rehearsal, return_state=True)
    return state


async def an_old_look() -> None:
    """A line of the access log that is due by the real clock."""
    await look_at(NUMBER, utc_now() - timedelta(days=days_of(Subject.ACCESS_LOG), minutes=1))


async def test_operations_see_what_a_run_removed() -> None:
    """Counts in its name and its message, and a table by what and where."""
    await an_old_look()

    state = await run_flow()

    (table,) = await artifacts_of(state, "retention")
    assert state.is_completed()
    assert state.message == "1 rows removed, 1 certificates"
    assert await name_of(state) == "retention: 1 rows removed, 1 certificates"
    assert json.loads(table.data) == [{"what": "access log", "table": "access_log", "rows": 1}]
    assert await count("access_log") == 0


async def test_a_run_that_finds_nothing_says_so() -> None:
    """As most do."""
    state = await run_flow()

    (table,) = await artifacts_of(state, "retention")
    assert state.message == "0 rows removed, 0 certificates"
    assert json.loads(table.data) == [{"what": "nothing was due"}]


async def test_a_rehearsal_says_what_would_go_and_changes_nothing() -> None:
    """With the days of each, and from when they count."""
    await an_old_look()

    state = await run_flow(rehearsal=True)

    (table,) = await artifacts_of(state, "retention")
    lines = {one["what"]: one for one in json.loads(table.data)}
    assert (state.name, state.is_completed()) == ("Rehearsed", True)
    assert state.message == "nothing was changed: 1 would be removed"
    assert lines["access log"] == {
        "what": "access log",
        "kept for days": days_of(Subject.ACCESS_LOG),
        "from when": "the look",
        "would be removed": 1,
    }
    assert len(lines) == len(OF_THE_RUN)
    assert (await count("access_log"), await all_certificates()) == (1, [])


async def test_a_run_that_leaves_something_is_red() -> None:
    """It names what, and the next one tries again."""
    await an_old_look()
    async with transaction() as session:
        for statement in (REFUSES, TRIGGER):
            await execute(session, text(statement))

    state = await run_flow()

    assert state.is_failed()
    assert "not all of: access log" in str(state.message)


async def test_prefect_learns_nothing_of_anybody() -> None:
    """No id, code or name in the run, its state or its artifacts."""
    old = utc_now() - timedelta(days=days_of(Subject.REQUESTS), minutes=1)
    request = await ended_request(old)

    state = await run_flow()

    async with get_client() as client:
        run = await client.read_flow_run(state.state_details.flow_run_id)
    shown = run.model_dump_json() + str(await artifacts_of(state, "retention"))
    told = [str(request.id), request.tracking_code, NUMBER, str(request.practitioner_id)]
    assert [each for each in told if each in shown] == []
