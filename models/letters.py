"""The outbox: a letter is a row before it is a message."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Index, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, known, named, optional_instant


class LetterStatus(StrEnum):
    """Where a letter stands."""

    #: To be sent, now or at ``next_attempt_at``.
    QUEUED = "queued"
    #: The mail server took it; ``server_reply`` is what it said.
    SENT = "sent"
    #: It will never be sent; ``server_reply`` or ``not_sent_reason`` says why.
    FAILED = "failed"
    #: It is not wanted any more (``not_sent_reason``), for example a superseded link's.
    SKIPPED = "skipped"


class Letter(SQLModel, table=True):
    """One e-mail we owe somebody, or have sent."""

    __tablename__ = "letters"
    __table_args__ = (
        known("status", LetterStatus, name="a_letter_has_a_known_status"),
        Index("letters_to_send", "next_attempt_at", postgresql_where=text("status = 'queued'")),
    )

    id: UUID = Field(primary_key=True)
    #: A pure function of stable ids (`letter_key`): the same cause is the same letter.
    key: str = Field(unique=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    #: The folder under ``templates/emails/``.
    letter: str
    to_address: str
    #: What the template needs, without secrets; see `mail.facts`.
    facts: dict[str, Any] = Field(sa_type=JSON_DOCUMENT)
    #: The activation link the letter carries; its token is minted when the letter is composed.
    link_id: UUID | None = Field(default=None, foreign_key="activation_links.id")
    status: LetterStatus = Field(default=LetterStatus.QUEUED, sa_type=named(LetterStatus))
    created_at: datetime = instant()
    next_attempt_at: datetime = instant()
    attempts: int = 0
    leased_until: datetime | None = optional_instant()
    server_reply: str | None = None
    not_sent_reason: str | None = None
    settled_at: datetime | None = optional_instant()


def letter_key(request_id: UUID, letter: str, *distinction: object) -> str:
    """What makes a letter the same letter: its request, its name, and what repeats it."""
    return ":".join([str(request_id), letter, *map(str, distinction)])


async def queue_letter(
    session: AsyncSession,
    *,
    key: str,
    request_id: UUID,
    letter: str,
    to_address: str,
    facts: dict[str, Any],
    now: datetime,
    link_id: UUID | None = None,
) -> UUID:
    """Owe this letter, in the caller's transaction; queued again under its key, it is the same."""
    letter_id = uuid5(NAMESPACE_URL, f"mumaris:letter:{key}")
    row = Letter(
        id=letter_id,
        key=key,
        request_id=request_id,
        letter=letter,
        to_address=to_address,
        facts=facts,
        link_id=link_id,
        created_at=now,
        next_attempt_at=now,
    )
    await session.exec(insert(Letter).values(row.model_dump()).on_conflict_do_nothing())
    return letter_id


async def lease_letters(
    session: AsyncSession,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    request_id: UUID | None = None,
) -> list[Letter]:
    """Take up to ``limit`` due letters, oldest first, that nobody else holds."""
    query = (
        select(Letter)
        .where(
            col(Letter.status) == LetterStatus.QUEUED,
            col(Letter.next_attempt_at) <= now,
            or_(col(Letter.leased_until).is_(None), col(Letter.leased_until) < now),
        )
        .order_by(col(Letter.next_attempt_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if request_id is not None:
        query = query.where(col(Letter.request_id) == request_id)
    letters = list((await session.exec(query)).all())
    for letter in letters:
        letter.leased_until = now + lease
        letter.attempts += 1
    return letters


async def skip_letters(session: AsyncSession, *, link_id: UUID, reason: str, now: datetime) -> None:
    """Unqueue the letters that carry this link; what was sent stays sent."""
    await session.exec(
        update(Letter)
        .where(col(Letter.link_id) == link_id, col(Letter.status) == LetterStatus.QUEUED)
        .values(status=LetterStatus.SKIPPED, not_sent_reason=reason, settled_at=now)
    )
