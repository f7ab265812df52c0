"""The codes that confirm a new e-mail address before the draft that brings it is sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import Index, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, optional_instant
from models.drafts import Draft
from models.letters import skip_letter

#: An e-mail that is composed again after a crash carries another code: both may have arrived.
_CODES_KEPT = 2


class AddressCode(SQLModel, table=True):
    """One code that was asked for, for one draft and one address; it goes when the draft goes."""

    __tablename__ = "address_codes"
    __table_args__ = (
        Index(
            "one_code_in_use_per_draft",
            "draft_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    draft_id: UUID = Field(foreign_key="drafts.id", index=True, ondelete="CASCADE")
    #: The e-mail that carries it.
    letter_id: UUID = Field(foreign_key="letters.id", index=True)
    #: As the rules write it.
    address: str
    asked_at: datetime = instant()
    #: Argon2id of the last codes with which the e-mail was composed; none before it was.
    hashes: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    #: When it was composed last: the code's life counts from then.
    minted_at: datetime | None = optional_instant()
    #: Codes that were typed.
    tries: int = 0
    confirmed_at: datetime | None = optional_instant()
    #: When another one was asked for, or the draft came to name another address.
    ended_at: datetime | None = optional_instant()


async def address_code_of(
    session: AsyncSession, draft_id: UUID, *, lock: bool = False
) -> AddressCode | None:
    """The code in use for this draft: of its present address, confirmed or not."""
    query = select(AddressCode).where(
        col(AddressCode.draft_id) == draft_id, col(AddressCode.ended_at).is_(None)
    )
    if lock:
        query = query.with_for_update()
    return (await session.exec(query)).one_or_none()


async def address_code_in(session: AsyncSession, letter_id: UUID) -> AddressCode | None:
    """The code in use that this e-mail carries, locked; None where it opens nothing any more."""
    query = (
        select(AddressCode)
        .where(col(AddressCode.letter_id) == letter_id, col(AddressCode.ended_at).is_(None))
        .with_for_update()
    )
    return (await session.exec(query)).one_or_none()


async def confirmed_address(session: AsyncSession, draft: Draft) -> str | None:
    """The address of this draft that was confirmed by its code; None for none."""
    found = await address_code_of(session, draft.id)
    return found.address if found is not None and found.confirmed_at is not None else None


async def end_address_codes(
    session: AsyncSession, draft_id: UUID, *, now: datetime, but: str | None = None
) -> None:
    """Let the draft's code confirm nothing any more, unless it is for the address ``but``.

    Its e-mail does not leave if it has not left. The caller has locked the draft.
    """
    query = (
        update(AddressCode)
        .where(col(AddressCode.draft_id) == draft_id, col(AddressCode.ended_at).is_(None))
        .values(ended_at=now)
        .returning(col(AddressCode.letter_id))
        .execution_options(synchronize_session=False)
    )
    if but is not None:
        query = query.where(col(AddressCode.address) != but)
    ended: Sequence[UUID] = (await session.exec(query)).scalars().all()
    for letter_id in ended:
        await skip_letter(session, letter_id, reason="the code is not wanted any more", now=now)


class HoldsCode(Protocol):
    """A row that an e-mailed code opens something with."""

    hashes: list[str]
    minted_at: datetime | None


def keep_hash(code: HoldsCode, code_hash: str, *, now: datetime) -> None:
    """Note what the e-mail carries that is composed now."""
    code.hashes = [*code.hashes, code_hash][-_CODES_KEPT:]
    code.minted_at = now
