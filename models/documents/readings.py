"""What officers read in an upload: kept apart from what its owner states."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import among, instant
from models.requests import Request
from rules.requests.document_readings import DocumentRead


class DocumentReading(SQLModel, table=True):
    """What one officer read in one upload; the last one of a round counts. History: it stays."""

    __tablename__ = "document_readings"

    id: int | None = Field(default=None, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    round: int
    upload_id: str = Field(foreign_key="uploads.id", index=True)
    officer: str = Field(foreign_key="officers.user_name")
    read_at: datetime = instant()
    #: Whether it can be read at all; else the rest is empty.
    readable: bool
    issuer: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None

    def reading(self) -> DocumentRead:
        """What was read, for rules."""
        return DocumentRead(
            readable=self.readable,
            issuer=self.issuer,
            issued_on=self.issued_on,
            expires_on=self.expires_on,
        )


async def readings_of_rounds(
    session: AsyncSession, requests: Collection[Request]
) -> dict[UUID, dict[str, DocumentReading]]:
    """The last reading of each upload in the requests' present rounds, by the requests' ids."""
    rounds = {request.id: request.round for request in requests}
    query = (
        select(DocumentReading)
        .where(among(col(DocumentReading.request_id), rounds))
        .order_by(col(DocumentReading.id))
    )
    found: dict[UUID, dict[str, DocumentReading]] = {id_: {} for id_ in rounds}
    for row in (await session.exec(query)).all():
        if row.round == rounds[row.request_id]:
            found[row.request_id][row.upload_id] = row
    return found


async def readings_of(session: AsyncSession, request: Request) -> list[DocumentReading]:
    """The readings of all rounds of the request, oldest first."""
    query = (
        select(DocumentReading)
        .where(col(DocumentReading.request_id) == request.id)
        .order_by(col(DocumentReading.id))
    )
    return list((await session.exec(query)).all())
