"""What a machine is told of cards whose codes it was shown."""

from collections.abc import Sequence
from datetime import datetime

from desk.accounts.machine_keys import Calling
from desk.kinds.reading import SubmissionRefused
from desk.register.card_checks import CheckedCard, check_cards
from rules.accounts.machines import MachineAct
from rules.findings.problems import problem

#: Codes of one call.
MOST = 200


async def check_many(
    calling: Calling, codes: Sequence[str], *, now: datetime
) -> tuple[CheckedCard, ...]:
    """What the public page says of each of these codes, in their order.

    Whose employer somebody is does not matter: only the holder, or an officer, can show a code, and
    nothing is told by a number. A line of the access log for each person. Raises
    `NotForThisMachine`, and `SubmissionRefused` for no code and for more than `MOST`.
    """
    calling.refuse_unless(MachineAct.CHECK_CARDS)
    if not codes:
        raise SubmissionRefused([problem("field_missing", "codes")])
    if len(codes) > MOST:
        raise SubmissionRefused([problem("too_many_codes", "codes", limit=MOST)])
    return await check_cards(codes, by=calling.looker, why="check_cards", now=now)
