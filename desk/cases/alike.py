"""Who may be the same person as the one a case is about: shown beside them, to the officer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.others_alike import values_asked, values_of
from desk.looks import Looker, note_look
from models.access_log import Looked
from models.practitioners import PractitionerUnknown, find_practitioner
from models.requests import RequestUnknown, find_request
from rules.findings.doubts import (
    IDENTITY_NUMBER_HELD,
    IDENTITY_NUMBER_WANTED,
    SAME_PERSON_ON_FILE,
    SAME_PERSON_WANTED,
)
from rules.register.fields import Field
from rules.requests.proposed import Proposed
from rules.requests.statuses import Kind

_ON_FILE = frozenset({IDENTITY_NUMBER_HELD, SAME_PERSON_ON_FILE})
_ASKED = frozenset({IDENTITY_NUMBER_WANTED, SAME_PERSON_WANTED})


@dataclass(frozen=True, kw_only=True, repr=False)
class Alike:
    """Somebody on the register, or who asks to be."""

    #: The registration number of who is on file; None for who asks.
    registration_number: str | None
    #: Of the registration; None for who is on file.
    tracking_code: str | None
    values: Mapping[Field, str]


async def alike_in(
    session: AsyncSession, proposed: Proposed, *, by: Looker, now: datetime
) -> tuple[Alike, ...]:
    """Those whom the case's doubts name, as they are now; each is a look of its own at them.

    Who is not there any more is left out, and so is another kind's request, of which the officer
    sees the doubt.
    """
    against = {(raised.doubt.code, raised.doubt.against) for raised in proposed.doubts}
    on_file = sorted({number for code, number in against if code in _ON_FILE})
    asked = sorted({number for code, number in against if code in _ASKED})
    return (
        *[one for each in on_file if (one := await _on_file(session, each, by, now)) is not None],
        *[one for each in asked if (one := await _asked(session, each, by, now)) is not None],
    )


async def _on_file(
    session: AsyncSession, registration_number: str, by: Looker, now: datetime
) -> Alike | None:
    try:
        person = await find_practitioner(session, registration_number)
    except PractitionerUnknown:
        return None
    await note_look(session, Looked.CASE, by=by, now=now, practitioner_id=person.id)
    return Alike(
        registration_number=registration_number,
        tracking_code=None,
        values=values_of(person.on_file()),
    )


async def _asked(
    session: AsyncSession, tracking_code: str, by: Looker, now: datetime
) -> Alike | None:
    try:
        request = await find_request(session, tracking_code)
    except RequestUnknown:
        return None
    if request.kind != Kind.REGISTRATION or not request.normalised:
        return None
    await note_look(
        session,
        Looked.CASE,
        by=by,
        now=now,
        practitioner_id=request.practitioner_id,
        request_id=request.id,
    )
    return Alike(
        registration_number=None,
        tracking_code=tracking_code,
        values=values_asked(request.normalised),
    )
