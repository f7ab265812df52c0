"""The default official register: a table, see `tasks.steps.official_register`."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT


class OfficialEntry(SQLModel, table=True):
    """What the register has of one person; `rules.register.official_record` reads it."""

    __tablename__ = "official_records"

    identity_number: str = Field(primary_key=True)
    record: dict[str, Any] = Field(sa_type=JSON_DOCUMENT)


async def lock_official_entries(
    session: AsyncSession, identity_numbers: Collection[str]
) -> dict[str, OfficialEntry]:
    """The entries of these identity numbers, locked in one order for everybody."""
    query = (
        select(OfficialEntry)
        .where(col(OfficialEntry.identity_number).in_(identity_numbers))
        .order_by(col(OfficialEntry.identity_number))
        .with_for_update()
    )
    return {row.identity_number: row for row in (await session.exec(query)).all()}
