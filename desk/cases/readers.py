"""Who else reads a case at this moment: told to officers, kept for seconds, on record nowhere."""

from datetime import timedelta
from uuid import UUID

from desk.officers import refuse_own
from desk.policy import current_policy
from models.case_readers import forget_reader, note_reader, other_readers
from models.database import transaction
from models.officers import find_officer
from models.requests import find_request
from rules.requests.statuses import Status

#: Whoever has vanished without a word is told of for so long.
LASTS = timedelta(seconds=8)


async def are_readers_told(tracking_code: str, officer: str) -> bool:
    """Whether officers are told who else reads this case: at the gate, where policy says so.

    Raises `RequestUnknown`, `OfficerUnknown` and `OwnRequest`.
    """
    async with transaction() as session:
        who = await find_officer(session, officer)
        request = await find_request(session, tracking_code)
        refuse_own(who, request)
    return current_policy().review.show_readers and request.status == Status.UNDER_REVIEW


async def still_reads(stream: UUID, tracking_code: str, officer: str) -> tuple[str, ...]:
    """The officer has a page of the case open; who else has, never the officer.

    Raises the database's error where it is away.
    """
    async with transaction() as session:
        await note_reader(session, stream, tracking_code, officer, lasts=LASTS)
        return await other_readers(session, tracking_code, officer)


async def reads_no_more(stream: UUID) -> None:
    """The page is closed; again, it is the same."""
    async with transaction() as session:
        await forget_reader(session, stream)
