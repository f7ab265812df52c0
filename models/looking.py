"""Whether a session may do no more than look: then what would lock a row reads it."""

from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

T = TypeVar("T")

#: Marks such a session; `models.database.looking` opens one.
ONLY_LOOKS = "only looks"


def for_update(
    session: AsyncSession, query: SelectOfScalar[T], *, key_share: bool = False
) -> SelectOfScalar[T]:
    """The query with its rows locked until the transaction ends; as it is in one that only looks.

    PostgreSQL refuses a lock there, and who only compares must hold nobody up.
    """
    return query if only_looks(session) else query.with_for_update(key_share=key_share)


def only_looks(session: AsyncSession) -> bool:
    """Whether its transaction is read only, and holds nobody up."""
    return ONLY_LOOKS in session.info
