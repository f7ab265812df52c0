"""What became of a set of attempts, written down together."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from mail.delivering.outcomes import Outcome
from models.database import patiently, transaction
from rules.requests.letter_status import LetterStatus
from tasks.sending.carriage import Carriage
from tasks.sending.outbox import Ended, L, Outbox


@patiently
async def write_down(
    outbox: Outbox[L],
    carriage: Carriage[L],
    tried: Sequence[tuple[L, Outcome]],
    returned: Sequence[L],
    *,
    now: datetime,
    is_away: bool,
) -> Counter[str]:
    """Stamp what was tried and give back what was not, together; how many ended how.

    ``is_away`` is whether a refusal of us now means that nothing leaves.
    """
    async with transaction() as session:
        ended = [await carriage.judge(session, *one, now) for one in tried]
        await outbox.stamp(session, ended, now)
        await outbox.give_back(session, returned, now, is_away)
        await carriage.heed(session, ended, now, is_away)
    carriage.tell(ended, is_away)
    return Counter(_status(one) for one in ended)


def _status(ended: Ended[L]) -> LetterStatus:
    if ended.again is not None:
        return LetterStatus.QUEUED
    return LetterStatus.SENT if ended.sent else LetterStatus.FAILED
