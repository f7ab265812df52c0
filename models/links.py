"""Activation and stop links: random tokens, hashed at rest, expiring, single use."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.inserting import insert_new


class LinkPurpose(StrEnum):
    """What a link does when it is used."""

    #: Bring the changes into force.
    ACTIVATE = "activate"
    #: Stop the request: mailed to the address that is being replaced.
    STOP = "stop"


class ActivationLink(SQLModel, table=True):
    """One link of a request; a new one supersedes the one before."""

    __tablename__ = "activation_links"
    __table_args__ = (
        UniqueConstraint("request_id", "purpose", "serial", name="links_are_numbered"),
        known("purpose", LinkPurpose, name="a_link_has_a_known_purpose"),
        # The sweep asks every few seconds which of them expire.
        Index(
            "links_to_tell_of",
            "expires_at",
            postgresql_where=text(
                "used_at IS NULL AND superseded_at IS NULL AND expiry_told_at IS NULL"
            ),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    purpose: LinkPurpose = Field(sa_type=named(LinkPurpose))
    #: Counts the links of one purpose, from 1.
    serial: int
    issued_at: datetime = instant()
    expires_at: datetime = instant()
    superseded_at: datetime | None = optional_instant()
    used_at: datetime | None = optional_instant()
    reminded_at: datetime | None = optional_instant()
    expiry_told_at: datetime | None = optional_instant()


class LinkToken(SQLModel, table=True):
    """A token that opens a link.

    A letter that is composed again after a crash mints another token, and both open the same link,
    so whichever copy of the letter arrived works.
    """

    __tablename__ = "link_tokens"

    #: SHA-256 of the token; the token itself is only in the letter.
    token_hash: str = Field(primary_key=True)
    link_id: UUID = Field(foreign_key="activation_links.id", index=True)
    minted_at: datetime = instant()


def hash_token(token: str) -> str:
    """What is kept of a token: its SHA-256.

    The token has 256 random bits, so a plain hash is enough; it is looked up by an index on the
    hash, which tells a guesser nothing about the token.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


async def mint_token(session: AsyncSession, link_id: UUID, *, now: datetime) -> str:
    """A new 256-bit token for the link, kept only as its hash."""
    return (await mint_tokens(session, [link_id], now=now))[link_id]


async def mint_tokens(
    session: AsyncSession, link_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, str]:
    """A new token for each of these links, by one statement."""
    tokens = {link_id: secrets.token_urlsafe(32) for link_id in link_ids}
    await insert_new(
        session,
        [
            LinkToken(token_hash=hash_token(token), link_id=link_id, minted_at=now)
            for link_id, token in tokens.items()
        ],
    )
    return tokens


async def find_link(session: AsyncSession, token: str) -> ActivationLink | None:
    """The link that this token opens, whatever its state."""
    query = (
        select(ActivationLink)
        .join(LinkToken, col(LinkToken.link_id) == col(ActivationLink.id))
        .where(col(LinkToken.token_hash) == hash_token(token))
    )
    return (await session.exec(query)).one_or_none()


async def newest_link(
    session: AsyncSession, request_id: UUID, purpose: LinkPurpose
) -> ActivationLink | None:
    """The link of this purpose that was issued last."""
    query = (
        select(ActivationLink)
        .where(
            col(ActivationLink.request_id) == request_id,
            col(ActivationLink.purpose) == purpose,
        )
        .order_by(col(ActivationLink.serial).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def issue_link(
    session: AsyncSession,
    request_id: UUID,
    purpose: LinkPurpose,
    *,
    now: datetime,
    expires_at: datetime,
) -> ActivationLink:
    """A new link, which supersedes the earlier ones of the same purpose.

    The caller holds the request's row lock, so serials do not collide.
    """
    before = await newest_link(session, request_id, purpose)
    await session.exec(
        update(ActivationLink)
        .where(
            col(ActivationLink.request_id) == request_id,
            col(ActivationLink.purpose) == purpose,
            col(ActivationLink.superseded_at).is_(None),
            col(ActivationLink.used_at).is_(None),
        )
        .values(superseded_at=now)
    )
    link = ActivationLink(
        request_id=request_id,
        purpose=purpose,
        serial=before.serial + 1 if before else 1,
        issued_at=now,
        expires_at=expires_at,
    )
    session.add(link)
    await session.flush()
    return link
