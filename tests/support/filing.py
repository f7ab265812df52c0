"""Files of submissions that other systems hand in, and house-keeping that carries them."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from desk.accounts.machine_keys import Calling, whose_key
from desk.clock import utc_now
from desk.machines.carrying import carry_files
from desk.machines.files import JobStanding, SentFile, SettledRow, hand_file_in, list_rows
from models.database import close_engine
from rules.requests.file_forms import FileForm
from rules.requests.statuses import Kind
from support.machines import key_of
from support.people import contact_change, register_applicant

HEADER = "registration_number,mobile,confirmed_by_applicant"


async def others(count: int, **facts: str) -> list[str]:
    """So many people's registration numbers."""
    return [(await register_applicant(**facts)).registration_number for _ in range(count)]


def csv_of(numbers: Iterable[str], mobile: str = "0551112233") -> bytes:
    """A file with a row for each of them."""
    rows = (f"{number},{mobile},yes" for number in numbers)
    return "\n".join([HEADER, *rows, ""]).encode()


def lines_of(numbers: Iterable[str]) -> bytes:
    """The same as JSON lines."""
    wishes = [contact_change(registration_number=number) for number in numbers]
    for wish in wishes:
        del wish["idempotency_key"]
    return "\n".join([*map(json.dumps, wishes), ""]).encode()


async def hospital(name: str = "hospital", *, now: datetime) -> Calling:
    """An employer's system, as it calls."""
    return await whose_key(await key_of(name, now=now), for_what="a", now=now)


async def handed_in(
    calling: Calling,
    content: bytes,
    *,
    now: datetime,
    key: str = "file-0001",
    form: FileForm = FileForm.CSV,
    is_check: bool = False,
) -> JobStanding:
    """The job of a file of profile updates."""
    sent = SentFile(
        content=content, form=form, kind=Kind.PROFILE_UPDATE, is_check=is_check, day_first=False
    )
    return await hand_file_in(calling, sent, key=key, now=now)


async def told(calling: Calling, job: JobStanding) -> list[tuple[int, str]]:
    """Of each settled row its line, and what became of it with the codes of its problems."""
    page = await list_rows(calling, job.id, after=0, limit=200)
    return [(row.line, _said(row)) for row in page.rows]


def _said(row: SettledRow) -> str:
    return " ".join([row.outcome, *(one.code for one in row.problems)])


@contextmanager
def carried_meanwhile(clock: Callable[[], datetime] = utc_now) -> Iterator[None]:
    """House-keeping that carries files in a thread, as a worker does."""
    over = threading.Event()

    async def keep() -> None:
        while not over.is_set():
            await carry_files(clock=clock)
            await asyncio.sleep(0.05)
        await close_engine()

    thread = threading.Thread(target=lambda: asyncio.run(keep()))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
