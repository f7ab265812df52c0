"""Loading practitioners, officers and official records: one piece of a file in a transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.register.checks import OfficersNotOnRegister
from desk.register.files import OfficerLine
from desk.register.loaded import Loaded
from models.officers import Officer
from models.practitioners import OfficialRecord as OfficialRecordRow
from models.practitioners import Practitioner
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
    query = (
        select(Practitioner)
        .where(col(Practitioner.registration_number).in_(numbers))
        .order_by(col(Practitioner.registration_number))
        .with_for_update()
    )
    found = {row.registration_number: row for row in (await session.exec(query)).all()}
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
    """Free the numbers that rows are about to change, so that others can take them first.

    A trigger takes the mark away when the row has its new number.
    """
    changing = [
        row.id
        for number, row in found.items()
        if row.version == 1 and row.identity_number != wanted[number]["identity_number"]
    ]
    if changing:
        await session.exec(
            update(Practitioner)
            .where(col(Practitioner.id).in_(changing))
            .values(identity_number_shared=True)
            .execution_options(synchronize_session=False)
        )


def _news(row: Practitioner | None, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a confirmation that the file tells and that is not newer than the row's."""
    told = wanted.get("confirmed_at")
    if row is None or row.confirmed_at is None or told is None or told > row.confirmed_at:
        return wanted
    return {name: value for name, value in wanted.items() if name != "confirmed_at"}


async def load_officers(
    wanted: Mapping[str, OfficerLine], session: AsyncSession, names: Sequence[str]
) -> Loaded:
    """Bring these officers to what the file says.

    Raises `OfficersNotOnRegister` where a practitioner whom it names is not there.
    """
    numbers = {wanted[name].registration_number for name in names} - {None}
    query = select(Practitioner.registration_number, Practitioner.id).where(
        col(Practitioner.registration_number).in_(numbers)
    )
    ids: dict[str | None, UUID] = dict((await session.exec(query)).all())
    if strangers := [
        name for name in names if wanted[name].registration_number not in {None, *ids}
    ]:
        raise OfficersNotOnRegister(strangers)
    loaded = Loaded()
    for name in names:
        line = wanted[name]
        values = {
            "user_name": name,
            "practitioner_id": ids.get(line.registration_number),
            "active": line.active,
        }
        row = await session.get(Officer, name, with_for_update=True)
        _put(session, row, Officer, values, loaded)
    return loaded


async def load_official(
    wanted: Mapping[str, OfficialRecord], session: AsyncSession, numbers: Sequence[str]
) -> Loaded:
    """Bring the official records with these identity numbers to what the file says."""
    loaded = Loaded()
    query = (
        select(OfficialRecordRow)
        .where(col(OfficialRecordRow.identity_number).in_(numbers))
        .order_by(col(OfficialRecordRow.identity_number))
        .with_for_update()
    )
    found = {row.identity_number: row for row in (await session.exec(query)).all()}
    for number in numbers:
        values = {"identity_number": number, "record": wanted[number].to_json()}
        _put(session, found.get(number), OfficialRecordRow, values, loaded)
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
