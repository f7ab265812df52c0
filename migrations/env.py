"""Alembic's entry: the tables of `models`, on the database of ``DATABASE_URL``."""

from alembic import context
from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

from models import tables
from models.connections import open_to_migrate

assert tables.ALL  # noqa: S101 - importing it is what fills the metadata

engine = create_engine("postgresql+psycopg://", creator=open_to_migrate, poolclass=pool.NullPool)
with engine.connect() as connection:
    # Two starts at once migrate one after the other. Held until the connection is closed.
    connection.exec_driver_sql("SELECT pg_advisory_lock(7286391)")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        # Each step lets go of its locks before the next one asks for others.
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
