"""What has changed in a case since officers were last shown it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.rounds import Round
from desk.kinds.registry import kind_of
from models.earlier_rounds import last_shown_round
from models.requests import Request
from rules.findings.problems import Problem
from rules.requests.proposed import Proposed
from rules.requests.since import Since, since
from rules.requests.verdicts import Verdict


@dataclass(frozen=True, kw_only=True, repr=False)
class SinceShown:
    """The round that officers were shown last, and what is otherwise now."""

    round: int
    #: Who returned it to its applicant; None where it was computed afresh.
    returned_by: str | None
    #: What was to be corrected, and the note to the applicant.
    asked: tuple[Problem, ...]
    note: str | None
    changed: Since


async def since_shown(
    session: AsyncSession, request: Request, proposed: Proposed, rounds: Sequence[Round]
) -> SinceShown | None:
    """What this valid request proposes otherwise than before; None in a first round.

    Nor is it known of a round that was replaced before rounds were kept.
    """
    earlier = await last_shown_round(session, request) if request.round > 1 else None
    if earlier is None:
        return None
    before = await kind_of(request).proposed(session, request, earlier.normalised)
    returns = [
        one
        for round_ in rounds
        if round_.number == earlier.round
        for one in round_.decisions
        if one.verdict is Verdict.RETURN
    ]
    return SinceShown(
        round=earlier.round,
        returned_by=returns[-1].officer if returns else None,
        asked=tuple(map(Problem.from_json, earlier.corrections)),
        note=returns[-1].note if returns else None,
        changed=since(before, proposed),
    )
