"""Drafts: what people typed and have not sent yet. Their own alone, and gone when it is sent."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, cast, delete, func, or_
from sqlalchemy.dialects.postgresql import JSONPATH, insert
from sqlalchemy.orm import Mapped
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, known, named
from models.sweeping import delete_old
from rules.errors import Conflict
from rules.requests.statuses import OF_PRACTITIONERS, Kind


class DraftMoved(Conflict):
    """The draft is not as it was read: it was saved, sent or discarded in another window."""


class Draft(SQLModel, table=True):
    """One person's unsent request of one kind, or the correction of one that was returned."""

    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("practitioner_id", "kind", name="one_draft_per_kind"),
        UniqueConstraint("newcomer_id", "kind", name="one_draft_per_kind_of_a_newcomer"),
        CheckConstraint(
            "num_nonnulls(practitioner_id, newcomer_id) = 1", name="a_draft_is_somebody_s"
        ),
        known("kind", Kind, name="a_draft_has_a_known_kind"),
        Index("drafts_to_sweep", "saved_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: None where a newcomer types it.
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id")
    newcomer_id: UUID | None = Field(default=None, foreign_key="newcomers.id")
    kind: Kind = Field(sa_type=named(Kind))
    #: The returned request that it corrects, and the round that was returned.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id", index=True)
    round: int | None = None
    #: Counts what was saved, from 0: each part knows by which of these it was saved last.
    version: int = 0
    #: ``{part: {"version": n, "typed": {box: text}}}``
    content: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    begun_at: datetime = instant()
    saved_at: datetime = instant()

    @property
    def idempotency_key(self) -> str:
        """The key under which it is sent: however often that is tried, it is one request."""
        return key_of(self.id)

    @property
    def typed(self) -> dict[str, Mapping[str, str]]:
        """What was typed, by part."""
        return {part: saved["typed"] for part, saved in self.content.items()}

    def version_of(self, part: str) -> int:
        """The version by which the part was saved last; 0 for one that was not."""
        return int(self.content.get(part, {}).get("version", 0))


def key_of(draft_id: UUID) -> str:
    """The idempotency key of this draft, which outlives it."""
    return f"draft-{draft_id}"


async def find_draft(
    session: AsyncSession, owner_id: UUID, kind: Kind, *, since: datetime, lock: bool = False
) -> Draft | None:
    """This person's draft of this kind that was saved after ``since``; with ``lock``, for us.

    The owner is a practitioner, or a newcomer, as the kind says (`_owner`).
    """
    query = select(Draft).where(
        _owner(kind) == owner_id,
        col(Draft.kind) == kind,
        col(Draft.saved_at) > since,
    )
    if lock:
        query = query.with_for_update()
    return (await session.exec(query)).one_or_none()


async def begin_draft(
    session: AsyncSession,
    owner_id: UUID,
    kind: Kind,
    *,
    since: datetime,
    now: datetime,
) -> Draft:
    """This person's draft of this kind, locked: the one saved after ``since``, or a new one.

    Two who begin at once get the same.
    """
    await session.exec(
        delete(Draft).where(
            _owner(kind) == owner_id,
            col(Draft.kind) == kind,
            col(Draft.saved_at) <= since,
        )
    )
    whose = "practitioner_id" if kind in OF_PRACTITIONERS else "newcomer_id"
    new = Draft(kind=kind, begun_at=now, saved_at=now)
    await session.exec(
        insert(Draft).values({**new.model_dump(), whose: owner_id}).on_conflict_do_nothing()
    )
    found = await find_draft(session, owner_id, kind, since=since, lock=True)
    if found is None:
        raise RuntimeError("a draft that was begun is not there")
    return found


async def use_up(session: AsyncSession, draft: Draft) -> None:
    """Destroy the draft with all that was typed, as it was read; else raises `DraftMoved`."""
    used = await session.exec(
        delete(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.version) == draft.version)
        .execution_options(synchronize_session=False)
    )
    if not used.rowcount:
        raise DraftMoved


async def destroy_draft(session: AsyncSession, owner_id: UUID, kind: Kind) -> None:
    """Delete this person's draft of this kind, whatever is in it; nothing where there is none."""
    await session.exec(delete(Draft).where(_owner(kind) == owner_id, col(Draft.kind) == kind))


def _owner(kind: Kind) -> Mapped[UUID | None]:
    """What names whose draft of this kind it is: only some can be written by newcomers."""
    return col(Draft.practitioner_id if kind in OF_PRACTITIONERS else Draft.newcomer_id)


async def drafts_naming(session: AsyncSession, owner_ids: Collection[UUID]) -> dict[str, datetime]:
    """By each upload that a draft of these people names: when that draft was saved last.

    Of practitioners and newcomers alike.
    """
    named = func.jsonb_path_query(col(Draft.content), cast("$.*.typed.id", JSONPATH))
    # The first of an array of one: as a text, where a path's own answer is JSON.
    query = select(func.jsonb_build_array(named).op("->>")(0), Draft.saved_at).where(
        or_(col(Draft.practitioner_id).in_(owner_ids), col(Draft.newcomer_id).in_(owner_ids))
    )
    found: dict[str, datetime] = {}
    for upload_id, saved_at in (await session.exec(query)).all():
        found[upload_id] = max(saved_at, found.get(upload_id, saved_at))
    return found


async def sweep_drafts(session: AsyncSession, *, saved_before: datetime, limit: int) -> int:
    """Delete drafts that nobody has saved since then, up to so many; returns how many."""
    is_old = col(Draft.saved_at) <= saved_before
    return await delete_old(session, Draft.id, is_old, since=Draft.saved_at, limit=limit)
