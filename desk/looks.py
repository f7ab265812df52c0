"""Who looks at a person's details: each look leaves its line in the transaction that reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.access_log import AccessLine, Looked, Viewer
from models.officers import find_officer

_NAMELESS = (Viewer.PRACTITIONER, Viewer.PUBLIC)


@dataclass(frozen=True)
class Looker:
    """Who looks: a practitioner by registration number, anybody of the house by user name."""

    kind: Viewer
    name: str

    @classmethod
    def owner(cls, registration_number: str) -> "Looker":
        """The practitioner with this number, at what they sent themselves."""
        return cls(Viewer.PRACTITIONER, registration_number)

    @classmethod
    def officer(cls, user_name: str) -> "Looker":
        """The officer of this name, at what a request names."""
        return cls(Viewer.OFFICER, user_name)

    @classmethod
    def operations(cls, login: str) -> "Looker":
        """Somebody of operations, by the login of the machine that they work on."""
        return cls(Viewer.OPERATIONS, login)

    @classmethod
    def public(cls) -> "Looker":
        """Somebody with a card's code, whom nobody knows."""
        return cls(Viewer.PUBLIC, "")

    @classmethod
    def machine(cls, name: str) -> "Looker":
        """Another system, by its account's name."""
        return cls(Viewer.MACHINE, name)


async def note_look(
    session: AsyncSession,
    what: Looked,
    *,
    by: Looker,
    now: datetime,
    practitioner_id: UUID | None,
    request_id: UUID | None = None,
    why: str | None = None,
) -> None:
    """Write the line of this look, in the caller's transaction; repeated, it is another look.

    Of somebody who is not on the register yet, the request says who it is; a search that found
    nobody, and a look at the log, may be at nobody. Raises `models.officers.OfficerUnknown`.
    """
    session.add(
        AccessLine(
            at=now,
            viewer_kind=by.kind,
            viewer=await _viewer(session, by),
            what=what,
            practitioner_id=practitioner_id,
            request_id=request_id,
            why=why,
        )
    )


async def note_looks(
    session: AsyncSession,
    what: Looked,
    *,
    by: Looker,
    now: datetime,
    why_of: Mapping[UUID | None, str],
) -> None:
    """Write a line for each of these people with why they are looked at; as `note_look`."""
    viewer = await _viewer(session, by)
    session.add_all(
        AccessLine(
            at=now,
            viewer_kind=by.kind,
            viewer=viewer,
            what=what,
            practitioner_id=practitioner_id,
            why=why,
        )
        for practitioner_id, why in why_of.items()
    )


async def _viewer(session: AsyncSession, by: Looker) -> str | None:
    """Who looks, as the log names them; None for a practitioner, and for somebody unknown."""
    if by.kind is Viewer.OFFICER:
        return (await find_officer(session, by.name)).user_name
    return by.name if by.kind not in _NAMELESS else None
