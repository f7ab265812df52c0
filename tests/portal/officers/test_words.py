"""Words whose names are put together: one for each thing that the house can say."""

import pytest

from mail.facts.request_letters import REQUEST_LETTERS
from models.access_log import Looked, Viewer
from portal.officers.acting import Hand
from portal.web.sentences import sentences
from rules.requests.events import EventName
from rules.requests.landing import NOT_LANDED
from rules.requests.letter_status import LetterStatus
from rules.requests.queues import Queue
from rules.requests.searched import By
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from rules.values.document_kind import DocumentKind

SAID = [
    *(f"event.{each}" for each in EventName),
    *(f"queue.{each}" for each in Queue),
    *(f"search.by.{each}" for each in By),
    *(f"search.status.{each}" for each in Status),
    *(f"log.what.{each}" for each in Looked),
    *(f"log.who.{each}" for each in Viewer),
    *(f"desk.kind.{each}" for each in Kind),
    *(f"desk.done.{each}" for each in Verdict),
    *(f"desk.put_down.{each}" for each in Verdict),
    *(f"landing.{each}" for each in NOT_LANDED),
    *(f"decide.{each}" for each in Verdict),
    *(f"decide.{each}.button" for each in Verdict),
    *(f"decide.did_{each}" for each in Verdict),
    *(f"document_kind.{each}" for each in DocumentKind),
    *(f"case.letter.is_{each}" for each in LetterStatus),
    *(f"case.letter.{each}" for each in REQUEST_LETTERS),
    *(f"case.hand.{each}" for each in set(Hand) - {Hand.MINE, Hand.FREE}),
]


@pytest.mark.parametrize("name", sorted(SAID))
def test_it_is_said(name: str) -> None:
    """A member that is added needs its words."""
    assert name in sentences()
