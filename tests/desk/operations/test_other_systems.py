"""What operations are told of other systems, and of the nightly retention."""

from pathlib import Path

import pytest
from sqlalchemy import text

from desk.clock import utc_now
from desk.machines.webhooks import replay
from desk.operations.needs import Need, NeedCode, needs_of
from desk.operations.overview import overview
from documents.keys import new_master_key
from models.database import transaction
from models.statements import execute
from support.filing import csv_of, handed_in, hospital
from support.machines import key_of
from support.people import NOURA, register_people
from support.receiver import SEES_ALL, subscribed, webhooks_may_come_here
from support.requests import NOW, request_at_gate
from tasks.last_times import note_retention


@pytest.fixture(autouse=True)
def _master_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of webhooks are wrapped by them."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def needs() -> dict[NeedCode, Need]:
    """What needs a hand, but for the sweep, which no test here runs."""
    return {need.code: need for need in needs_of(await overview()) if need.code != "sweep_stopped"}


async def sql(statement: str) -> None:
    async with transaction() as session:
        await execute(session, text(statement))


async def test_a_receiver_that_said_it_is_gone_is_named_with_what_mends_it(
    tmp_path: Path, database: str
) -> None:
    """Nobody at the other end sees that it hears nothing."""
    await register_people()
    await key_of()
    with webhooks_may_come_here(tmp_path):
        gone = await subscribed("http://127.0.0.1:9/gone")
        await subscribed("http://127.0.0.1:9/well")
    await sql("UPDATE webhook_subscriptions SET state = 'gone' WHERE url LIKE '%/gone'")

    found = await needs()

    assert set(found) == {NeedCode.RECEIVER_GONE}
    assert gone.subscription_id in found[NeedCode.RECEIVER_GONE].message
    assert found[NeedCode.RECEIVER_GONE].command == f"mumaris webhook resume {gone.subscription_id}"


async def test_webhooks_that_were_given_up_are_counted_until_they_are_sent_again(
    tmp_path: Path, database: str
) -> None:
    """Replayed, they are owed as any other."""
    await register_people()
    await key_of()
    with webhooks_may_come_here(tmp_path, SEES_ALL):
        well = await subscribed("http://127.0.0.1:9/well")
        await request_at_gate()
    await sql("UPDATE webhooks SET status = 'failed', settled_at = now()")
    given_up = await needs()
    await replay(well.subscription_id, now=utc_now())

    after = await needs()

    assert given_up[NeedCode.WEBHOOKS_FAILED].number > 0
    assert NeedCode.WEBHOOKS_FAILED not in after


async def test_a_file_that_ended_before_its_last_row_is_told(database: str) -> None:
    """The system sees it at its job; that it was a fault of ours is ours to see."""
    await register_people()
    calling = await hospital(now=NOW)
    await handed_in(calling, csv_of([NOURA["registration_number"]]), now=NOW)
    before = await needs()
    await sql("UPDATE submission_jobs SET done_at = now(), has_failed = true")

    after = await needs()

    assert NeedCode.FILES_FAILED not in before
    assert after[NeedCode.FILES_FAILED].number == 1


async def test_the_nightly_retention_is_missed_when_none_follows(database: str) -> None:
    """An installation begins with a first one."""
    young = await needs()
    await note_retention()
    noted = await needs()
    await sql("UPDATE last_times SET at = now() - interval '37 hours' WHERE what = 'retention'")

    late = await needs()

    assert NeedCode.RETENTION_LATE not in young | noted
    assert set(late) == {NeedCode.RETENTION_LATE}
