"""A worker does not start on tables of another version."""

import pytest
from sqlalchemy import text

from models.database import transaction
from models.schema import SchemaMismatch
from models.statements import execute
from worker.in_process import InProcessWorker


async def test_a_worker_refuses_tables_of_another_version(database: str) -> None:
    """Before it takes a run that it could not carry."""
    async with transaction() as session:
        await execute(session, text("UPDATE alembic_version SET version_num = '9999'"))
        await execute(session, text("COMMENT ON TABLE alembic_version IS '9998'"))

    with pytest.raises(SchemaMismatch, match="install the version"):
        await InProcessWorker(work_pool_name="none").start()
