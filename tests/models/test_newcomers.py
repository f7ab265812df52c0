"""Newcomers: one for a mailbox, for as long as something of theirs is kept."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from models.database import transaction
from models.drafts import Draft
from models.newcomers import Newcomer, find_newcomer, newcomer_of_mailbox, sweep_newcomers
from rules.requests.statuses import Kind
from support.requests import NOW

MAILBOX = "layla@example.org"
LATER = NOW + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("database")


async def begin() -> Newcomer:
    """Begin from the mailbox."""
    async with transaction() as session:
        return await newcomer_of_mailbox(session, MAILBOX, now=NOW)


async def test_two_who_begin_at_once_are_one() -> None:
    """They read one mailbox."""
    one, other = await asyncio.gather(begin(), begin())

    assert one.id == other.id


async def test_a_newcomer_of_whom_nothing_is_kept_is_forgotten() -> None:
    """And whoever begins anew is a new one."""
    await begin()

    async with transaction() as session:
        swept = await sweep_newcomers(session, begun_before=NOW, limit=10)

    async with transaction() as session:
        assert (swept, await find_newcomer(session, MAILBOX)) == (1, None)


async def test_a_newcomer_with_a_draft_stays() -> None:
    """What they typed is still theirs."""
    newcomer = await begin()
    async with transaction() as session:
        session.add(_draft(newcomer_id=newcomer.id))

    async with transaction() as session:
        swept = await sweep_newcomers(session, begun_before=LATER, limit=10)

    assert swept == 0


async def test_a_newcomer_who_began_lately_stays() -> None:
    """They have read their mailbox a moment ago, and saved nothing yet."""
    await begin()

    async with transaction() as session:
        swept = await sweep_newcomers(session, begun_before=NOW - timedelta(seconds=1), limit=10)

    assert swept == 0


async def test_a_draft_is_somebody_s() -> None:
    """Of nobody, nobody could read or forget it."""
    with pytest.raises(IntegrityError, match="a_draft_is_somebody_s"):
        async with transaction() as session:
            session.add(_draft())


async def test_a_newcomer_has_one_draft_of_a_kind() -> None:
    """As a practitioner has."""
    newcomer = await begin()
    with pytest.raises(IntegrityError, match="one_draft_per_kind_of_a_newcomer"):
        async with transaction() as session:
            session.add_all([_draft(newcomer_id=newcomer.id), _draft(newcomer_id=newcomer.id)])

    async with transaction() as session:
        assert (await session.exec(select(Draft))).all() == []


def _draft(**whose: object) -> Draft:
    return Draft(kind=Kind.PROFILE_UPDATE, begun_at=NOW, saved_at=NOW, **whose)  # type: ignore[arg-type]  # ids
