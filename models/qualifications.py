"""What practitioners' registrations rest on."""

from datetime import date
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel


class QualificationEntry(SQLModel, table=True):
    """The degree or diploma that a registration rests on, as its request brought it."""

    __tablename__ = "qualification_entries"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id", index=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    title: str
    issuer: str
    issued_on: date
