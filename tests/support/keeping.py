"""Rows that are older than policy keeps them, and what is left of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import desk.policy
from desk.looks import Looker, note_look
from desk.policy import current_policy
from models.access_log import Looked
from models.database import transaction
from models.practitioners import find_practitioner
from models.requests import Request, find_request
from models.retention.certificates import RetentionCertificate, newest
from models.statements import execute
from rules.keeping import Subject, keeping
from support.people import NOURA, specialty_change
from support.requests import NOW, rejected, request_at_gate

_SETTLE = "UPDATE requests SET run_state = 'settled', status_since = :at WHERE id = :id"
_AGE_LETTERS = """
UPDATE letters SET created_at = :at, status = 'sent', settled_at = :at WHERE request_id = :id
"""


def days_of(subject: Subject) -> int:
    """For how many days policy keeps this."""
    return next(one.days for one in keeping(current_policy()) if one.subject is subject)


def just_due(subject: Subject) -> datetime:
    """An instant that was a microsecond too early to be kept at NOW."""
    return NOW - timedelta(days=days_of(subject), microseconds=1)


def not_yet_due(subject: Subject) -> datetime:
    """One that is kept at NOW for the last time."""
    return NOW - timedelta(days=days_of(subject))


async def ended_request(
    at: datetime, *, number: str = NOURA["registration_number"], key: str = "an-old-key"
) -> Request:
    """A request of this person that an officer rejected with a note at that time; its run is over.

    Its e-mails are as old, and an officer looked at it then.
    """
    code = await request_at_gate(
        specialty_change(NOW.date(), registration_number=number, idempotency_key=key)
    )
    await rejected(code, NOW)
    async with transaction() as session:
        request = await find_request(session, code)
        for statement in (_SETTLE, _AGE_LETTERS):
            await execute(session, text(statement), {"id": request.id, "at": at})
        await note_look(
            session,
            Looked.CASE,
            by=Looker.officer("amal"),
            now=at,
            practitioner_id=request.practitioner_id,
            request_id=request.id,
        )
    return request


async def look_at(number: str, at: datetime) -> None:
    """Somebody of operations looked at this person's card then."""
    async with transaction() as session:
        person = await find_practitioner(session, number)
        await note_look(
            session,
            Looked.CARD,
            by=Looker.operations("ops"),
            now=at,
            practitioner_id=person.id,
        )


async def rows(query: str, **values: Any) -> Sequence[Any]:
    """What the database answers to this."""
    async with transaction() as session:
        return (await execute(session, text(query), values)).all()


async def count(table: str, request_id: UUID | None = None) -> int:
    """How many rows a table has, or has of this request."""
    of = "" if request_id is None else " WHERE request_id = :id"
    ((number,),) = await rows(f"SELECT count(*) FROM {table}{of}", id=request_id)  # noqa: S608
    return int(number)


async def all_certificates() -> list[RetentionCertificate]:
    """Every certificate, oldest first."""
    async with transaction() as session:
        return list(reversed(await newest(session, limit=10_000)))


def keep_for(monkeypatch: pytest.MonkeyPatch, **days: int) -> None:
    """Another policy in this process, with these numbers of ``[retention]``."""
    policy = current_policy()
    changed = replace(policy, retention=replace(policy.retention, **days))
    monkeypatch.setattr(desk.policy, "current_policy", lambda: changed)
