"""What an officer wrote when a request was returned."""

from models.database import transaction
from models.requests import decisions_of_round, find_request
from rules.requests.verdicts import Verdict


async def note_of(tracking_code: str) -> str | None:
    """The officer's note on this round; None where there is none. Raises `RequestUnknown`."""
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        decisions = await decisions_of_round(session, request)
    notes = [each.note for each in decisions if each.verdict is Verdict.RETURN and each.note]
    return notes[-1] if notes else None
