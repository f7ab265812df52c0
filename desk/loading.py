"""Loading the register: people, cards, hours and official records, in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.card_loading import load_cards, load_ledger
from desk.clock import utc_now
from desk.loaded import Loaded
from desk.register_files import OfficerLine, RegisterFiles
from models.connections import LONG
from models.database import transaction
from models.officers import Officer
from models.practitioners import OfficialRecord as OfficialRecordRow
from models.practitioners import Practitioner
from rules.dates import riyadh_day
from rules.errors import MumarisError
from rules.official_record import OfficialRecord

T = TypeVar("T")

#: Rows that one statement asks for.
_CHUNK = 1_000


class OfficersNotOnRegister(MumarisError):
    """Officers are said to be practitioners whom the register does not know."""

    def __init__(self, user_names: Sequence[str]) -> None:
        super().__init__(
            "registration_number: no practitioner has the number of these officers: "
            + ", ".join(user_names)
        )
        self.user_names = tuple(user_names)


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What loading the register did."""

    practitioners: Loaded
    officers: Loaded
    official: Loaded
    cards: Loaded
    ledger: Loaded


async def load_register(files: RegisterFiles, *, now: datetime | None = None) -> LoadReport:
    """Bring the tables to what the files say: all of it, or, if it raises, nothing.

    Rows that no file names stay. Loaded again it changes nothing. A practitioner whose data a
    request has changed is left alone: those data are newer than the file, and their history says
    how they came. What `desk.card_loading` says holds for cards and hours, which bear the instant
    ``now`` (None: this one). Raises `OfficersNotOnRegister` and `HoldersNotOnRegister`.
    """
    now = now or utc_now()
    async with transaction(LONG) as session:
        practitioners = await _load_practitioners(session, files.practitioners, now=now)
        await session.flush()
        return LoadReport(
            practitioners=practitioners,
            officers=await _load_officers(session, files.officers),
            official=await _load_official(session, files.official),
            cards=await load_cards(session, files.cards, now=now),
            ledger=await load_ledger(session, files.ledger, now=now),
        )


async def _load_practitioners(
    session: AsyncSession, wanted: Mapping[str, Mapping[str, Any]], *, now: datetime
) -> Loaded:
    loaded = Loaded()
    for numbers in _chunks(sorted(wanted)):
        query = (
            select(Practitioner)
            .where(col(Practitioner.registration_number).in_(numbers))
            .order_by(col(Practitioner.registration_number))
            .with_for_update()
        )
        found = {row.registration_number: row for row in (await session.exec(query)).all()}
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


def _news(row: Practitioner | None, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a confirmation that the file tells and that is not newer than the row's."""
    told = wanted.get("confirmed_at")
    if row is None or row.confirmed_at is None or told is None or told > row.confirmed_at:
        return wanted
    return {name: value for name, value in wanted.items() if name != "confirmed_at"}


async def _load_officers(session: AsyncSession, wanted: Mapping[str, OfficerLine]) -> Loaded:
    numbers = {line.registration_number for line in wanted.values()} - {None}
    query = select(Practitioner.registration_number, Practitioner.id).where(
        col(Practitioner.registration_number).in_(numbers)
    )
    ids = dict((await session.exec(query)).all())
    strangers = [
        line.user_name
        for line in wanted.values()
        if line.registration_number and line.registration_number not in ids
    ]
    if strangers:
        raise OfficersNotOnRegister(strangers)
    loaded = Loaded()
    for name in sorted(wanted):
        line = wanted[name]
        values = {
            "user_name": name,
            "practitioner_id": ids[line.registration_number] if line.registration_number else None,
            "active": line.active,
        }
        row = await session.get(Officer, name, with_for_update=True)
        _put(session, row, Officer, values, loaded)
    return loaded


async def _load_official(session: AsyncSession, wanted: Mapping[str, OfficialRecord]) -> Loaded:
    loaded = Loaded()
    for numbers in _chunks(sorted(wanted)):
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


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk
