"""Requests that a wave is to carry, and the wave."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from desk.requests.submission import accept
from models.database import transaction
from models.requests import Request, RequestEvent, history
from models.waves import Wave, live_waves, open_wave
from rules.requests.statuses import Kind
from support.people import contact_change, register_applicant
from support.requests import NOW


async def submitted(how_many: int, *, at: datetime = NOW) -> list[str]:
    """So many people's new mobile numbers, which the gate opens for; their codes."""
    return [await _submitted(at) for _ in range(how_many)]


async def _submitted(at: datetime) -> str:
    number = (await register_applicant()).registration_number
    wish = contact_change(registration_number=number, idempotency_key=number)
    return (await accept(Kind.PROFILE_UPDATE, wish, now=at)).tracking_code


async def opened_wave(expected: int = 2) -> Wave:
    """A live wave of profile updates."""
    async with transaction() as session:
        await open_wave(session, Kind.PROFILE_UPDATE, expected=expected, now=NOW)
        return next(iter(await live_waves(session)))


async def wave_of_a_file(how_many: int) -> tuple[Wave, list[str]]:
    """A live wave of a file's rows, for which nobody waits at a page; and their codes."""
    codes = await submitted(how_many)
    async with transaction() as session:
        await session.exec(update(Request).values(in_bulk=True))
    return await opened_wave(), codes


async def wave_now(wave_id: UUID) -> Wave:
    """The wave as it stands now."""
    async with transaction() as session:
        return await session.get_one(Wave, wave_id)


async def rows(codes: list[str]) -> list[Request]:
    """These requests, in this order."""
    async with transaction() as session:
        query = select(Request).where(col(Request.tracking_code).in_(codes))
        found = {one.tracking_code: one for one in (await session.exec(query)).all()}
    return [found[code] for code in codes]


async def told(request: Request) -> list[RequestEvent]:
    """The request's history."""
    async with transaction() as session:
        return await history(session, request.id)
