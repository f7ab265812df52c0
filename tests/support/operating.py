"""An operator who acts, and what was put back."""

from datetime import datetime

from desk.accounts.managing import make_officer
from desk.operations.acts import OperatorAsks
from desk.requests.claims import put_back_all_of, put_back_all_of_absent
from models.database import transaction
from models.officers import Officer
from rules.accounts.kinds import Role
from support.requests import NOW


async def an_operator(name: str = "omar", *roles: Role) -> OperatorAsks:
    """Somebody with an account that may operate, and a reason."""
    async with transaction() as session:
        session.add(Officer(user_name=name))
    await make_officer(name, roles or [Role.OPERATOR], now=NOW)
    return OperatorAsks(name, "The mail server is mended")


async def put_back(officer: str, *, now: datetime) -> tuple[str, ...]:
    """All that this officer holds."""
    async with transaction() as session:
        return await put_back_all_of(session, officer, now=now)


async def absent_put_back(*, now: datetime) -> tuple[str, ...]:
    """All that officers hold who have left or are away."""
    async with transaction() as session:
        return await put_back_all_of_absent(session, now=now)
