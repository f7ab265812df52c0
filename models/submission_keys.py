"""Idempotency keys: whose each is, and every content that was accepted under it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, cast, literal
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant


class SubmissionKey(SQLModel, table=True):
    """One idempotency key of one kind of request. It belongs to one request, for ever.

    A request may have several: a correction can come with a key of its own.
    """

    __tablename__ = "submission_keys"

    kind: str = Field(primary_key=True)
    idempotency_key: str = Field(primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    #: The digests of all that was accepted under the key, in the order of acceptance.
    contents: list[str] = Field(sa_type=JSON_DOCUMENT)
    first_used_at: datetime = instant()


def content_digest(submission: Mapping[str, Any]) -> str:
    """What tells one content from another; what is left out and what is null are the same."""
    text = json.dumps(_without_nothing(submission), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


async def find_key(session: AsyncSession, kind: str, key: str) -> SubmissionKey | None:
    """The key, as it was last committed; None where no submission has used it."""
    return await session.get(SubmissionKey, (kind, key), populate_existing=True)


async def keep_content(
    session: AsyncSession, *, kind: str, key: str, request_id: UUID, digest: str, now: datetime
) -> bool:
    """Note that this content was accepted under the key, in the caller's transaction.

    Repeated, it changes nothing. Returns False, with nothing written, where the key is another
    request's; two that take a new key at once follow each other, and the second is told so.
    """
    known = col(SubmissionKey.contents)
    longer = known.concat(cast(literal([digest], JSONB), JSONB))
    statement = (
        insert(SubmissionKey)
        .values(
            kind=kind,
            idempotency_key=key,
            request_id=request_id,
            contents=[digest],
            first_used_at=now,
        )
        .on_conflict_do_update(
            index_elements=["kind", "idempotency_key"],
            set_={"contents": case((known.contains([digest]), known), else_=longer)},
            where=col(SubmissionKey.request_id) == request_id,
        )
        .returning(col(SubmissionKey.request_id))
    )
    return (await session.exec(statement)).one_or_none() is not None


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nothing(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nothing(one) for one in value]
    return value
