"""Officers who have an address, and what the desk owes them."""

from datetime import datetime

from sqlmodel import col, select

from desk.accounts.managing import make_officer
from models.accounts.accounts import Account
from models.database import transaction
from models.letters import Letter
from rules.accounts.kinds import Role
from support.requests import NOW


async def with_address(*officers: str, role: Role = Role.OFFICER) -> None:
    """These officers, who are on the register, have accounts that sign in by an address."""
    for name in officers:
        await make_officer(name, [role], email=f"{name}@authority.example", now=NOW)


async def owed(letter: str) -> list[tuple[str, datetime]]:
    """To whom this e-mail is owed or was sent, and when it was queued; oldest first."""
    return [(str(officer), row.created_at) for row, officer in await _rows(letter)]


async def told(letter: str) -> list[str]:
    """To whom this e-mail is owed or was sent; oldest first."""
    return [str(officer) for _, officer in await _rows(letter)]


async def rows_of(letter: str) -> list[Letter]:
    """The e-mails of this name; oldest first."""
    return [row for row, _ in await _rows(letter)]


async def row_of(letter: str) -> Letter:
    """The only e-mail of this name."""
    (row,) = await rows_of(letter)
    return row


async def _rows(letter: str) -> list[tuple[Letter, str | None]]:
    async with transaction() as session:
        query = (
            select(Letter, Account.officer)
            .join(Account, col(Account.id) == col(Letter.account_id))
            .where(col(Letter.letter) == letter)
            .order_by(col(Letter.created_at), col(Letter.to_address))
        )
        return list((await session.exec(query)).all())
