"""Somebody without an account, who comes in by a code."""

from dataclasses import dataclass
from datetime import datetime

import httpx
from sqlmodel import col, select

from desk.accounts.address_codes import mint_code
from desk.accounts.newcomers import CameIn, ask_for_code, let_in_by_code, who_came_in
from models.accounts.newcomer_sessions import NewcomerSession
from models.database import transaction
from support.accounts import network, press
from support.requests import NOW


@dataclass(frozen=True)
class Asked:
    """A code that is on its way, and the token of the browser that it works in."""

    token: str
    code: str


async def newest_session() -> NewcomerSession:
    """The row of whoever asked last."""
    async with transaction() as session:
        query = select(NewcomerSession).order_by(col(NewcomerSession.asked_at).desc()).limit(1)
        return (await session.exec(query)).one()


async def sessions_of(address: str) -> list[NewcomerSession]:
    """All that were begun for this mailbox, oldest first."""
    async with transaction() as session:
        query = (
            select(NewcomerSession)
            .where(col(NewcomerSession.address) == address)
            .order_by(col(NewcomerSession.asked_at))
        )
        return list((await session.exec(query)).all())


async def mailed_to(address: str, *, now: datetime = NOW) -> str:
    """The code of the newest e-mail to this mailbox, composed now."""
    newest = (await sessions_of(address))[-1]
    return await mint_code(newest.letter_id, now=now)


async def asked_by(address: str, *, before: str | None = None, now: datetime = NOW) -> Asked:
    """A code for this mailbox."""
    token = await ask_for_code(address, network(), "ar", before=before, now=now)
    return Asked(token, await mailed_to(address, now=now))


async def came_in(address: str, *, now: datetime = NOW) -> tuple[str, CameIn]:
    """Let in: the browser's token, and who it is."""
    asked = await asked_by(address, now=now)
    token = await let_in_by_code(asked.token, asked.code, now=now)
    found = await who_came_in(token, now=now)
    assert found is not None
    return token, found


async def ask(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """Ask for a code by the page."""
    return await press(browser, "/register", {"email": address})


async def come_in(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """Ask for a code, and type it."""
    await ask(browser, address)
    return await press(browser, "/register/code", {"code": await mailed_to(address)})
