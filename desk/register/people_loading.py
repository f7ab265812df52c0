"""Loading practitioners, officers and official records: one piece of a file in a transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.register.checks import OfficersNotOnRegister
from desk.register.files import OfficerLine
from desk.register.loaded import Loaded
from models.accounts.accounts import existing_account
from models.accounts.half_sign_ins import end_halves
from models.accounts.sessions import end_sessions
from models.officers import Officer
from models.official_register import OfficialEntry, lock_official_entries
from models.practitioners import (
    Practitioner,
    ids_by_number,
    let_go_of_identity,
    lock_practitioners,
)
from rules.accounts.kinds import SessionEnd
from rules.register.official_record import OfficialRecord
from rules.values.dates import riyadh_day


async def load_practitioners(
    wanted: Mapping[str, Mapping[str, Any]],
    session: AsyncSession,
    numbers: Sequence[str],
    *,
    now: datetime,
) -> Loaded:
    """Bring the practitioners with these numbers to what the file says.

    One whose data a request has changed is left alone: those data are newer than the file. Those
    who exchange identity numbers have to come together.
    """
    loaded = Loaded()
    found = await lock_practitioners(session, numbers)
    await _let_go_of_identities(session, found, wanted)
    for number in numbers:
        row = found.get(number)
        values = _news(row, wanted[number])
        if row is not None and row.version > 1 and _differs(row, values):
            loaded.kept += 1
        elif row is None:
            new = {**values, "on_file_since": riyadh_day(now)}
            _put(session, None, Practitioner, new, loaded)
        else:
            _put(session, row, Practitioner, values, loaded)
    return loaded


async def _let_go_of_identities(
    session: AsyncSession,
    found: Mapping[str, Practitioner],
    wanted: Mapping[str, Mapping[str, Any]],
) -> None:
    changing = [
        row.id
        for number, row in found.items()
        if row.version == 1 and row.identity_number != wanted[number]["identity_number"]
    ]
    if changing:
        await let_go_of_identity(session, changing)


def _news(row: Practitioner | None, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a confirmation that the file tells and that is not newer than the row's."""
    told = wanted.get("confirmed_at")
    if row is None or row.confirmed_at is None or told is None or told > row.confirmed_at:
        return wanted
    return {name: value for name, value in wanted.items() if name != "confirmed_at"}


async def load_officers(
    wanted: Mapping[str, OfficerLine],
    session: AsyncSession,
    names: Sequence[str],
    *,
    now: datetime,
) -> Loaded:
    """Bring these officers to what the file says; of one who has left, the sessions end.

    Raises `OfficersNotOnRegister` where a practitioner whom it names is not there.
    """
    number_of = {name: wanted[name].registration_number for name in names}
    ids = await ids_by_number(session, {number for number in number_of.values() if number})
    if strangers := [name for name, number in number_of.items() if number not in {None, *ids}]:
        raise OfficersNotOnRegister(strangers)
    loaded = Loaded()
    for name in names:
        number = number_of[name]
        values = {
            "user_name": name,
            "practitioner_id": ids[number] if number else None,
            "active": wanted[name].active,
        }
        row = await session.get(Officer, name, with_for_update=True)
        _put(session, row, Officer, values, loaded)
        account = None if values["active"] else await existing_account(session, officer=name)
        if account is not None:
            await end_sessions(session, account.id, because=SessionEnd.OPERATIONS, now=now)
            await end_halves(session, account.id)
    return loaded


async def load_official(
    wanted: Mapping[str, OfficialRecord], session: AsyncSession, numbers: Sequence[str]
) -> Loaded:
    """Bring the official records with these identity numbers to what the file says."""
    loaded = Loaded()
    found = await lock_official_entries(session, numbers)
    for number in numbers:
        values = {"identity_number": number, "record": wanted[number].to_json()}
        _put(session, found.get(number), OfficialEntry, values, loaded)
    return loaded


def _put(
    session: AsyncSession,
    row: SQLModel | None,
    table: type[SQLModel],
    values: Mapping[str, Any],
    loaded: Loaded,
) -> None:
    if row is None:
        session.add(table(**values))
        loaded.added += 1
    elif _differs(row, values):
        for name, value in values.items():
            setattr(row, name, value)
        loaded.changed += 1
    else:
        loaded.unchanged += 1


def _differs(row: SQLModel, values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())
