"""Erasing a person: what the law lets go goes at once, and what it does not is said.

Asked and done in one transaction, in which nobody can newly name the person: a request that comes
meanwhile stands against it, or finds nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.looks import Looker, note_look
from desk.policy import current_policy
from models.access_log import Looked
from models.database import transaction
from models.documents.documents import lock_uploads, uploads_of
from models.documents.door import Ending, UploadActor, move_upload
from models.officers import find_officer
from models.practitioners import find_practitioner
from models.retention.certificates import begin, close
from models.retention.erasing import erase_rows, lock_to_erase, standing_of
from models.retention.holds import one_at_a_time
from rules.documents.retention import EndRule
from rules.documents.states import WITHOUT_CONTENT, DocumentActor, DocumentState
from rules.erasing import KeptBecause, kept_days, reasons_to_keep
from rules.errors import Conflict
from rules.values.registration_number import clean_registration_number

#: Documents of one person; policy lets nobody send so many.
_MOST_DOCUMENTS = 100_000
_ERASED = "the person was erased"


class PersonKept(Conflict):
    """What is held about the person has to be kept; ``reasons`` says why, and until when."""

    def __init__(self, reasons: Sequence[KeptBecause]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(f"nothing is erased: {'; '.join(map(str, reasons))}")


@dataclass(frozen=True)
class Erased:
    """What went, or would go: rows by table, and how many documents."""

    counts: Mapping[str, int]
    documents: int
    #: The number of the certificate; None for a rehearsal.
    certificate: int | None = None


async def rehearse_erasing(registration_number: str, *, officer: str, now: datetime) -> Erased:
    """What `erase` would remove; nothing is changed but for the line of the access log.

    Raises as `erase`.
    """
    number = _canonical(registration_number)
    async with transaction() as session:
        person = await find_practitioner(session, number)
        looker = Looker.officer((await find_officer(session, officer)).user_name)
        await note_look(
            session, Looked.ERASURE, by=looker, now=now, practitioner_id=person.id, why="rehearsed"
        )
    async with transaction() as session:
        found = await _erase(session, number, officer=officer, now=now)
        await session.rollback()
    return Erased(found.counts, found.documents)


async def erase(registration_number: str, *, officer: str, now: datetime) -> Erased:
    """Remove all that is held about this person, and says who it was.

    All of it goes in one transaction, with its certificate and a line of the access log, or nothing
    does. Numbers that were issued, times, statuses and verdicts stay, and name nobody. Once more
    finds nobody. The store of documents is emptied by its own run: nobody can open them any more.

    Raises `PersonKept` with every reason, `ValueRefused` for what is no number,
    `models.practitioners.PractitionerUnknown`, `models.officers.OfficerUnknown`.
    """
    number = _canonical(registration_number)
    async with transaction() as session:
        return await _erase(session, number, officer=officer, now=now)


async def _erase(session: AsyncSession, number: str, *, officer: str, now: datetime) -> Erased:
    user_name = (await find_officer(session, officer)).user_name
    # Before anything is asked: a hold is placed before it or waits for us.
    await one_at_a_time(session)
    person = await lock_to_erase(session, number)
    policy = current_policy()
    if reasons := reasons_to_keep(await standing_of(session, person.id), policy, now):
        raise PersonKept(reasons)
    certificate = await begin(session, kept_days(policy), now=now)
    uploads = await uploads_of(session, person.id, limit=_MOST_DOCUMENTS)
    with_content = [
        one
        for one in await lock_uploads(session, [each.id for each in uploads], person.id)
        if one.state not in WITHOUT_CONTENT
    ]
    for upload in with_content:
        await move_upload(
            session,
            upload,
            DocumentState.DESTROYED,
            by=UploadActor(DocumentActor.OPERATIONS, user_name),
            now=now,
            ending=Ending(EndRule.ORDERED, _ERASED),
        )
    await session.flush()
    counts = await erase_rows(session, person.id, now=now)
    await note_look(
        session,
        Looked.ERASURE,
        by=Looker.officer(user_name),
        now=now,
        practitioner_id=person.id,
        why="erased",
    )
    await close(session, certificate, counts)
    return Erased(dict(counts), len(with_content), certificate.id)


def _canonical(registration_number: str) -> str:
    pattern = current_policy().registration_number.pattern
    return clean_registration_number(registration_number, pattern=pattern)
