"""The people who decide at the review gate."""

from uuid import UUID

from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from rules.errors import NotFound
from rules.values.as_typed import plain


class OfficerUnknown(NotFound):
    """No active officer has this user name.

    A mistyped name is a person's input: it is not repeated, it may be anything.
    """


class Officer(SQLModel, table=True):
    """A reviewing officer, known by a user name that is not personal data."""

    __tablename__ = "officers"

    user_name: str = Field(primary_key=True)
    #: Set where the officer is also on the register: nobody decides their own request.
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id")
    active: bool = True


async def find_officer(session: AsyncSession, user_name: str) -> Officer:
    """The active officer of this name; raises `OfficerUnknown`."""
    name = plain(user_name).lower()
    # A NUL or half a surrogate could not even be asked for.
    officer = await session.get(Officer, name) if name.isprintable() else None
    if officer is None or not officer.active:
        raise OfficerUnknown
    return officer


async def is_active(session: AsyncSession, user_name: str) -> bool:
    """Whether this officer is still one."""
    officer = await session.get(Officer, user_name)
    return officer is not None and officer.active
