"""The people who decide at the review gate."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import among
from rules.errors import NotFound
from rules.values.user_name import read_user_name


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


def officer_name(typed: str) -> str | None:
    """The user name as it is kept; None for a text that could not even be asked for.

    Such as a NUL, or half a surrogate.
    """
    name = read_user_name(typed)
    return name if name.isprintable() else None


async def find_officer(session: AsyncSession, user_name: str, *, lock: bool = False) -> Officer:
    """The active officer of this name; raises `OfficerUnknown`.

    With ``lock`` nobody else who locks it goes on until the transaction ends; rows that name the
    officer may be written meanwhile.
    """
    name = officer_name(user_name)
    locked = {"key_share": True} if lock else None
    officer = await session.get(Officer, name, with_for_update=locked) if name else None
    if officer is None or not officer.active:
        raise OfficerUnknown
    return officer


async def active_among(session: AsyncSession, names: Collection[str]) -> frozenset[str]:
    """Which of these canonical names are those of active officers."""
    query = select(Officer.user_name).where(
        among(col(Officer.user_name), names), col(Officer.active)
    )
    return frozenset((await session.exec(query)).all())


async def is_active(session: AsyncSession, user_name: str) -> bool:
    """Whether this officer is still one."""
    officer = await session.get(Officer, user_name)
    return officer is not None and officer.active


async def active_officers(session: AsyncSession) -> list[str]:
    """The user names of all officers who have not left, by name."""
    query = select(Officer.user_name).where(col(Officer.active)).order_by(Officer.user_name)
    return list((await session.exec(query)).all())
