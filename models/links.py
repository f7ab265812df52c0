"""Activation and stop links: random tokens, hashed at rest, expiring, single use."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Index, UniqueConstraint, Uuid, any_, literal, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.inserting import insert_new
from models.making import maker


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


_new = maker(ActivationLink)


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
    return await mint_into(session, LinkToken, link_ids, now=now)


async def mint_into(
    session: AsyncSession, table: type[SQLModel], link_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, str]:
    """The same for the links of any table of tokens: a link's id, a hash, and since when."""
    tokens = {link_id: secrets.token_urlsafe(32) for link_id in link_ids}
    new = maker(table)
    rows = [
        new(token_hash=hash_token(token), link_id=link_id, minted_at=now)
        for link_id, token in tokens.items()
    ]
    await insert_new(session, rows)
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
    return (await newest_links(session, [request_id], purpose)).get(request_id)


async def newest_links(
    session: AsyncSession, request_ids: Collection[UUID], purpose: LinkPurpose
) -> dict[UUID, ActivationLink]:
    """The same of many requests, by their ids; one that has none is left out."""
    query = (
        select(ActivationLink)
        .distinct(col(ActivationLink.request_id))
        .where(
            col(ActivationLink.request_id) == any_(literal(list(request_ids), ARRAY(Uuid))),
            col(ActivationLink.purpose) == purpose,
        )
        .order_by(col(ActivationLink.request_id), col(ActivationLink.serial).desc())
    )
    return {link.request_id: link for link in (await session.exec(query)).all()}


async def issue_links(
    session: AsyncSession,
    request_ids: Collection[UUID],
    purpose: LinkPurpose,
    *,
    earlier: Mapping[UUID, ActivationLink],
    now: datetime,
    expires_at: datetime,
    reminded_at: datetime | None = None,
) -> dict[UUID, ActivationLink]:
    """A new link for each of these requests, by their ids; it supersedes the earlier ones.

    ``earlier`` are the `newest_links` of the same purpose. The caller holds the requests' row
    locks, so serials do not collide. The session does not know the links.
    """
    if earlier:
        await session.exec(
            update(ActivationLink)
            .where(
                col(ActivationLink.request_id) == any_(literal(list(earlier), ARRAY(Uuid))),
                col(ActivationLink.purpose) == purpose,
                col(ActivationLink.superseded_at).is_(None),
                col(ActivationLink.used_at).is_(None),
            )
            .values(superseded_at=now)
        )
    links = {
        each: _new(
            request_id=each,
            purpose=purpose,
            serial=earlier[each].serial + 1 if each in earlier else 1,
            issued_at=now,
            expires_at=expires_at,
            reminded_at=reminded_at,
        )
        for each in request_ids
    }
    await insert_new(session, list(links.values()))
    return links
