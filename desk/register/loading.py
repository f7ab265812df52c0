"""Loading the register: all of it judged first, then written piece by piece."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from desk.register.card_loading import load_cards, load_ledger
from desk.register.checks import check_against_register
from desk.register.files import RegisterFiles
from desk.register.in_chunks import in_chunks
from desk.register.loaded import Loaded
from desk.register.people_loading import load_officers, load_official, load_practitioners
from models.connections import LONG, Limits
from models.constraints import AlreadyTaken
from models.database import is_passing, patiently, transaction
from rules.errors import Unavailable

T = TypeVar("T")

#: Of one piece. Somebody who presses waits for it no longer than a moment; and where it meets a
#: lock itself it soon gives up those that it has, and comes again.
_PIECE = Limits(statement=10, lock=0.5, idle=10)


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What loading the register did."""

    practitioners: Loaded = field(default_factory=Loaded)
    officers: Loaded = field(default_factory=Loaded)
    official: Loaded = field(default_factory=Loaded)
    cards: Loaded = field(default_factory=Loaded)
    ledger: Loaded = field(default_factory=Loaded)


class LoadStopped(Unavailable):
    """The database went away or stayed busy; ``report`` says what was written until then."""

    def __init__(self, report: LoadReport) -> None:
        super().__init__(
            "loading has stopped: the database is away or busy. What was loaded stays; run the "
            "command again, and it goes on."
        )
        self.report = report


async def load_register(files: RegisterFiles, *, now: datetime | None = None) -> LoadReport:
    """Bring the tables to what the files say, a few hundred rows at a time.

    Everything is judged before the first row is written: where it raises `OfficersNotOnRegister`,
    `HoldersNotOnRegister` or `IdentityNumbersOfOthers`, nothing was. Then each piece is kept by
    itself, so that nobody who presses a button waits for a whole file. Stopped in the middle, and
    run again, it goes on: what is loaded already changes nothing. Raises `LoadStopped` where the
    database stays away, and `IdentityNumbersOfOthers` or `AlreadyTaken` where an activation took
    meanwhile what a line gives to another; then the pieces before it stay.

    Rows that no file names stay. A practitioner whose data a request has changed is left alone:
    those data are newer than the file, and their history says how they came. What
    `desk.register.card_loading` says holds for cards and hours, which bear the instant ``now``
    (None: this one).
    """
    now = now or utc_now()
    async with transaction(LONG) as session:
        together = await check_against_register(session, files)
    report = LoadReport()

    async def load(
        done: Loaded,
        lines: Iterable[T],
        piece: Callable[[AsyncSession, list[T]], Awaitable[Loaded]],
    ) -> None:
        for chunk in in_chunks(lines):
            done.add(await _kept(piece, chunk))

    people, officers, official = files.practitioners, files.officers, files.official
    practitioners = partial(load_practitioners, people, now=now)
    try:
        if together:
            report.practitioners.add(await _kept(practitioners, sorted(together)))
        await load(report.practitioners, sorted(people.keys() - together), practitioners)
        desk = partial(load_officers, officers, now=now)
        await load(report.officers, sorted(officers), desk)
        await load(report.official, sorted(official), partial(load_official, official))
        await load(report.cards, files.cards.values(), partial(load_cards, now=now))
        await load(report.ledger, files.ledger, partial(load_ledger, now=now))
    except AlreadyTaken:
        # An activation was faster, after all was judged: now the register says whose it is.
        async with transaction(LONG) as session:
            await check_against_register(session, files)
        raise
    except (SQLAlchemyError, psycopg.Error) as error:
        if not is_passing(error):
            raise
        raise LoadStopped(report) from error
    return report


@patiently
async def _kept(
    load: Callable[[AsyncSession, list[T]], Awaitable[Loaded]], chunk: list[T]
) -> Loaded:
    try:
        async with transaction(_PIECE) as session:
            return await load(session, chunk)
    except AlreadyTaken:
        # Another load has added one of them meanwhile: now it is there.
        async with transaction(_PIECE) as session:
            return await load(session, chunk)
