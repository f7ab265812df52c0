"""Alembic's entry: the tables of `models`, on the database of ``DATABASE_URL``."""

from alembic import context
from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

from models import tables
from models.settings import DatabaseSettings

assert tables.ALL  # noqa: S101 - importing it is what fills the metadata

engine = create_engine(DatabaseSettings().sqlalchemy_url(), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
    )
    with context.begin_transaction():
        # Two starts at once migrate one after the other.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7286391)")
        context.run_migrations()
