"""Certificates of what was removed, and the one way past the triggers that keep history.

`begin` writes the certificate first, by a function of the database: in that transaction, and until
`close` fills it in, the triggers let go of the tables of its subject. One that is not filled in
undoes the transaction when it ends, so no history is removed without a certificate that stays
(docs/decisions/0084).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, func, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, known, named
from models.statements import execute
from rules.keeping import Keeping, Subject

_BEGIN = text("SELECT begin_retention(:subject, :at, :older_than, :policy)")
_CLOSE = text("""
UPDATE retention_certificates
SET counts = CAST(:counts AS jsonb), before = :before, hash = :hash WHERE id = :id
""")


class RetentionCertificate(SQLModel, table=True):
    """What one transaction removed. The database lets nobody change or delete it.

    It holds numbers alone. Each names the hash of the one before: one that is changed, or missing
    between two others, shows.
    """

    __tablename__ = "retention_certificates"
    __table_args__ = (
        known("subject", Subject, name="a_certificate_has_a_known_subject"),
        CheckConstraint(
            "(hash IS NULL) = (before IS NULL)", name="a_certificate_is_filled_in_once"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    subject: Subject = Field(sa_type=named(Subject))
    at: datetime = instant()
    #: What began to count before this instant was removed.
    older_than: datetime = instant()
    #: The line of policy that said so.
    policy: str
    #: Rows, by table.
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    #: The hash of the certificate before it; nothing for the first.
    before: str | None = None
    hash: str | None = None
    #: The transaction that it was made in: no other one may use it.
    made_in: str


async def begin(session: AsyncSession, kept: Keeping, *, now: datetime) -> RetentionCertificate:
    """A certificate to be filled in by `close` in the same transaction.

    Others who remove something wait here until the transaction has ended.
    """
    said = {
        "subject": kept.subject.value,
        "at": now,
        "older_than": kept.older_than(now),
        "policy": kept.policy,
    }
    number = (await execute(session, _BEGIN, said)).scalar_one()
    return await session.get_one(RetentionCertificate, number)


async def close(
    session: AsyncSession, begun: RetentionCertificate, counts: Mapping[str, int]
) -> None:
    """Say what was removed, and let nothing more be removed under this certificate."""
    last = (
        select(RetentionCertificate.hash)
        .where(col(RetentionCertificate.id) < begun.id)
        .order_by(col(RetentionCertificate.id).desc())
        .limit(1)
    )
    before = (await session.exec(last)).first() or ""
    kept = {name: number for name, number in sorted(counts.items()) if number}
    filled = {
        "id": begun.id,
        "counts": json.dumps(kept),
        "before": before,
        "hash": _hash(begun, kept, before),
    }
    await execute(session, _CLOSE, filled)


async def newest(session: AsyncSession, *, limit: int) -> list[RetentionCertificate]:
    """The certificates, newest first."""
    query = select(RetentionCertificate).order_by(col(RetentionCertificate.id).desc()).limit(limit)
    return list((await session.exec(query)).all())


async def count_certificates(session: AsyncSession) -> int:
    """How many there are."""
    return (await session.exec(select(func.count()).select_from(RetentionCertificate))).one()


async def first_broken(session: AsyncSession) -> int | None:
    """The number of the first certificate that is not what it was, or follows none of ours."""
    before, after = "", 0
    while True:
        query = (
            select(RetentionCertificate)
            .where(col(RetentionCertificate.id) > after)
            .order_by(col(RetentionCertificate.id))
            .limit(500)
        )
        some = (await session.exec(query)).all()
        for one in some:
            if one.before != before or one.hash != _hash(one, one.counts, before):
                return one.id
            before, after = one.hash, one.id or 0
        if not some:
            return None


def _hash(one: RetentionCertificate, counts: Mapping[str, int], before: str) -> str:
    said: list[Any] = [
        one.id,
        one.subject,
        *(each.astimezone(UTC).isoformat() for each in (one.at, one.older_than)),
        one.policy,
        sorted(counts.items()),
        before,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
