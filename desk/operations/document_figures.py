"""How many uploaded documents stand where, and which of them wait for what does not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from models.documents.waiting import LeftWaiting, count_uploads, left_to_check, left_to_empty
from rules.documents.states import BEING_CHECKED, DocumentState

#: A scan and a drawing take seconds; a scanner that is being started anew takes minutes.
_CHECK_WITHIN = timedelta(minutes=15)
#: The sweep empties the store within a minute or two, unless it is away.
_EMPTY_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class DocumentFigures:
    """Nobody's data."""

    #: In the order of a document's life.
    by_state: Sequence[tuple[str, int]]
    #: Still being checked: the scanner is away, or it never says anything certain of them.
    left_to_check: LeftWaiting
    #: Destroyed, for their keys are; the store could not be emptied of them.
    left_to_empty: LeftWaiting

    @property
    def being_checked(self) -> int:
        """How many wait to be scanned, or are just being checked."""
        return sum(number for state, number in self.by_state if state in BEING_CHECKED)


async def document_figures(session: AsyncSession, *, now: datetime) -> DocumentFigures:
    """Read the figures; changes nothing."""
    order: dict[str, int] = {name: place for place, name in enumerate(DocumentState)}
    counted = await count_uploads(session)
    return DocumentFigures(
        by_state=sorted(counted, key=lambda row: order.get(row[0], len(order))),
        left_to_check=await left_to_check(session, before=now - _CHECK_WITHIN),
        left_to_empty=await left_to_empty(session, before=now - _EMPTY_WITHIN),
    )
