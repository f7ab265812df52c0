"""Who else has an identity number, or asks for it in an open request."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import quoted
from models.looking import only_looks
from models.practitioners import Practitioner, holders_of_identity
from models.requests import Request
from models.statements import execute
from rules.findings.doubts import IDENTITY_NUMBER_HELD, IDENTITY_NUMBER_WANTED, Doubt
from rules.register.fields import Field
from rules.requests.statuses import Status
from rules.requests.transitions import FINAL, OPEN

#: Word for word that of the index ``one_open_request_per_kind``.
_IS_OPEN = text(f"requests.status NOT IN ({quoted(FINAL)})")


async def lock_identity(session: AsyncSession, identity_number: str) -> None:
    """Wait until nobody else decides on this identity number, to the end of the transaction."""
    if only_looks(session):
        return
    await execute(
        session,
        text("SELECT pg_advisory_xact_lock(hashtextextended('identity ' || :number, 0))"),
        {"number": identity_number},
    )


async def doubts_about_identity(
    session: AsyncSession,
    identity_number: str,
    practitioner: Practitioner | None,
    *,
    statuses: Collection[Status] = OPEN,
    besides: UUID | None = None,
) -> tuple[Doubt, ...]:
    """A doubt for each other practitioner who has the number, or asks for it in ``statuses``.

    Other than ``practitioner``, who is None for somebody who is not on the register, and other than
    the request ``besides``.
    """
    holders = await holders_of_identity(session, [identity_number])
    held = [
        Doubt(IDENTITY_NUMBER_HELD, Field.IDENTITY_NUMBER, holder)
        for holder in holders.get(identity_number, ())
        if practitioner is None or holder != practitioner.registration_number
    ]
    query = (
        select(Request.tracking_code)
        .where(
            _IS_OPEN,
            col(Request.status).in_(statuses),
            _of_others(practitioner, besides),
            col(Request.normalised)["changes"]["identity_number"].astext == identity_number,
        )
        .order_by(col(Request.tracking_code))
    )
    wanted = [
        Doubt(IDENTITY_NUMBER_WANTED, Field.IDENTITY_NUMBER, code)
        for code in (await session.exec(query)).all()
    ]
    return (*held, *wanted)


def _of_others(practitioner: Practitioner | None, besides: UUID | None) -> ColumnElement[bool]:
    """Requests of others, of whom there may be no practitioner yet either."""
    not_this = col(Request.id).is_distinct_from(besides)
    if practitioner is None:
        return not_this
    return and_(not_this, col(Request.practitioner_id).is_distinct_from(practitioner.id))
