"""The database takes no writes for a while, as in a failover: the worker goes on afterwards."""

import asyncio

import psycopg
import pytest

from rules.requests.statuses import Status
from stack.postgres import EmbeddedPostgres
from support.faults import Parts, all_end_activated, people_act, stands_at, submit_specialty, until


def take_writes(postgres: EmbeddedPostgres, *, value: bool) -> None:
    """Let the database take writes or none; whoever is connected has to connect again."""
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as us:
        us.execute(
            "ALTER DATABASE mumaris SET default_transaction_read_only = "
            + ("off" if value else "on")
        )
        us.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'mumaris'"
        )


@pytest.mark.timeout(1200)
async def test_requests_go_on_when_writes_are_taken_again(parts: Parts) -> None:
    """The same worker, without a restart; nothing is lost and nothing fails."""
    with parts.worker() as worker:
        request = await submit_specialty("failover")
        await stands_at(request.tracking_code, Status.UNDER_REVIEW)

        await asyncio.to_thread(take_writes, parts.postgres, value=False)
        try:
            await until(lambda: "disconnected" in worker.log.read_text(), "the worker notices")
        finally:
            await asyncio.to_thread(take_writes, parts.postgres, value=True)
        await asyncio.wait_for(people_act(parts.post, request.tracking_code), 600)

        await all_end_activated(parts, request.tracking_code)
        assert worker.is_running()
