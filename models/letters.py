"""The outbox: a letter is a row before it is a message."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import CheckConstraint, Index, func, or_, text, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, known, named, optional_instant
from models.inserting import insert_new
from models.making import maker
from models.requests import Request
from rules.requests.letter_status import LetterStatus

#: The database's own, as it is now and not when the transaction began.
_CLOCK = func.clock_timestamp()


class Letter(SQLModel, table=True):
    """One e-mail we owe somebody, or have sent."""

    __tablename__ = "letters"
    __table_args__ = (
        known("status", LetterStatus, name="a_letter_has_a_known_status"),
        CheckConstraint(
            "request_id IS NULL OR account_id IS NULL", name="a_letter_is_about_one_thing_at_most"
        ),
        Index(
            "letters_to_send",
            "in_bulk",
            "next_attempt_at",
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "letters_that_need_a_hand",
            "created_at",
            postgresql_where=text("status = 'failed' OR came_back_at IS NOT NULL"),
        ),
        # They are written in the order of their age: a few blocks say where the old ones are.
        Index("letters_by_age", "created_at", postgresql_using="brin"),
    )

    id: UUID = Field(primary_key=True)
    #: A pure function of stable ids (`letter_key`): the same cause is the same letter.
    key: str = Field(unique=True)
    #: What it is about: a request, or an account; neither for who has none of them yet.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id", index=True)
    account_id: UUID | None = Field(default=None, foreign_key="accounts.id")
    #: The folder under ``templates/emails/``.
    letter: str
    to_address: str
    #: What the template needs, without secrets; see `mail.facts`.
    facts: dict[str, Any] = Field(sa_type=JSON_DOCUMENT)
    #: The activation link the letter carries; its token is minted when the letter is composed.
    link_id: UUID | None = Field(default=None, foreign_key="activation_links.id")
    #: The same for a link that sets a password.
    account_link_id: UUID | None = Field(default=None, foreign_key="account_links.id")
    #: Whether its request is one of a file's, or was decided with others: nobody sits and waits.
    in_bulk: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    status: LetterStatus = Field(default=LetterStatus.QUEUED, sa_type=named(LetterStatus))
    created_at: datetime = instant()
    next_attempt_at: datetime = instant()
    #: Attempts that have ended.
    attempts: int = 0
    #: Who sends it, and by the database's clock until when: a sender is known by its lease.
    lease: UUID | None = None
    leased_until: datetime | None = optional_instant()
    #: Whether it waits because we or our mail server must mend something.
    waits_for_us: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    #: When a report said that it did not arrive, although the mail server had taken it.
    came_back_at: datetime | None = optional_instant()
    server_reply: str | None = None
    not_sent_reason: str | None = None
    settled_at: datetime | None = optional_instant()


_new = maker(Letter)
#: Failed, or taken by the mail server and then not delivered.
_UNDELIVERED = or_(col(Letter.status) == LetterStatus.FAILED, col(Letter.came_back_at).is_not(None))


def letter_key(about: UUID, letter: str, *distinction: object) -> str:
    """What makes a letter the same letter: its request or account, its name, what repeats it."""
    return ":".join([str(about), letter, *map(str, distinction)])


def new_letter(
    *,
    key: str,
    letter: str,
    to_address: str,
    facts: dict[str, Any],
    now: datetime,
    request_id: UUID | None = None,
    link_id: UUID | None = None,
    account_id: UUID | None = None,
    account_link_id: UUID | None = None,
    in_bulk: bool = False,
) -> Letter:
    """A letter that is owed from now on, once it is queued; its id is a function of its key."""
    return _new(
        id=uuid5(NAMESPACE_URL, f"mumaris:letter:{key}"),
        key=key,
        request_id=request_id,
        letter=letter,
        to_address=to_address,
        facts=facts,
        account_id=account_id,
        link_id=link_id,
        account_link_id=account_link_id,
        in_bulk=in_bulk,
        created_at=now,
        next_attempt_at=now,
    )


async def queue_letters(session: AsyncSession, letters: Sequence[Letter]) -> None:
    """Owe these letters, in the caller's transaction, by one statement however many they are.

    Queued again under its key, a letter is the same: nothing is written.
    """
    await insert_new(session, letters)


async def release_letters(session: AsyncSession, *, now: datetime) -> None:
    """Let those that waited because of us leave now."""
    await session.exec(
        update(Letter)
        .where(
            col(Letter.status) == LetterStatus.QUEUED,
            col(Letter.waits_for_us),
            col(Letter.next_attempt_at) > now,
        )
        .values(next_attempt_at=now)
        .execution_options(synchronize_session=False)
    )


class Waiting(NamedTuple):
    """What waits in an outbox."""

    number: int
    #: How many of them wait because of us.
    for_us: int
    oldest: datetime | None
    #: What the mail server said last about one of them.
    reason: str | None


async def waiting_letters(session: AsyncSession) -> Waiting:
    """What waits of the e-mails about requests and accounts."""
    queued = col(Letter.status) == LetterStatus.QUEUED
    figures = select(
        func.count(),
        func.count().filter(col(Letter.waits_for_us)),
        func.min(Letter.created_at),
    ).where(queued)
    reason = (
        select(Letter.server_reply)
        .where(queued, col(Letter.server_reply).is_not(None))
        .order_by(col(Letter.next_attempt_at).desc())
        .limit(1)
    )
    found = (await session.exec(figures)).one()
    return Waiting(*found, (await session.exec(reason)).first())


class Overdue(NamedTuple):
    """What should have been tried, and nobody has taken."""

    number: int
    since: datetime | None


async def overdue_letters(session: AsyncSession, *, before: datetime) -> Overdue:
    """What was due before then and is in nobody's hands; it was given back, or never taken."""
    query = select(func.count(), func.min(Letter.next_attempt_at)).where(
        col(Letter.status) == LetterStatus.QUEUED,
        col(Letter.next_attempt_at) < before,
        or_(col(Letter.leased_until).is_(None), col(Letter.leased_until) < _CLOCK),
    )
    return Overdue(*(await session.exec(query)).one())


async def has_undelivered(session: AsyncSession, request_id: UUID) -> bool:
    """Whether the applicant's last e-mail about the request failed or came back.

    The notice to an address that is being replaced is not the applicant's.
    """
    theirs = (col(Letter.request_id) == request_id, col(Letter.letter) != "old_address_notice")
    arrived = select(func.max(Letter.created_at)).where(
        *theirs, col(Letter.status) == LetterStatus.SENT, col(Letter.came_back_at).is_(None)
    )
    last = select(func.max(Letter.created_at)).where(*theirs, _UNDELIVERED)
    failed_at = (await session.exec(last)).one()
    arrived_at = (await session.exec(arrived)).one()
    return failed_at is not None and (arrived_at is None or failed_at >= arrived_at)


async def failed_letters(session: AsyncSession) -> int:
    """How many about requests failed or came back, and wait for somebody to send or drop them.

    One about an account waits for nobody: whoever lacks it asks for another.
    """
    query = select(func.count()).where(_UNDELIVERED, col(Letter.request_id).is_not(None))
    return (await session.exec(query)).one()


async def skip_letters(
    session: AsyncSession, *, link_ids: Collection[UUID], reason: str, now: datetime
) -> None:
    """Unqueue the letters that carry one of these links; what was sent stays sent."""
    await session.exec(
        update(Letter)
        .where(col(Letter.link_id).in_(link_ids), col(Letter.status) == LetterStatus.QUEUED)
        .values(status=LetterStatus.SKIPPED, not_sent_reason=reason, settled_at=now)
    )


async def skip_letter(
    session: AsyncSession, letter_id: UUID, *, reason: str, now: datetime
) -> None:
    """Unqueue this letter; sent, it stays sent."""
    await session.exec(
        update(Letter)
        .where(col(Letter.id) == letter_id, col(Letter.status) == LetterStatus.QUEUED)
        .values(status=LetterStatus.SKIPPED, not_sent_reason=reason, settled_at=now)
    )


async def undelivered_letters(
    session: AsyncSession,
    *,
    tracking_code: str | None = None,
    letter: str | None = None,
    since: datetime | None = None,
) -> list[tuple[UUID, str, str]]:
    """What failed or came back, oldest first: the letter's id, its request's code, its name.

    Of all requests or of one, of every name or one, from that instant on.
    """
    query = (
        select(Letter.id, Request.tracking_code, Letter.letter)
        .join(Request, col(Request.id) == col(Letter.request_id))
        .where(_UNDELIVERED)
        .order_by(col(Letter.created_at), col(Letter.id))
    )
    if tracking_code is not None:
        query = query.where(col(Request.tracking_code) == tracking_code)
    if letter is not None:
        query = query.where(col(Letter.letter) == letter)
    if since is not None:
        query = query.where(col(Letter.created_at) >= since)
    return list((await session.exec(query)).all())
