"""Nothing that goes wrong on any side is taken for speed."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID, uuid4

from benchmarks.whole_pipeline.ours import NAME
from benchmarks.whole_pipeline.report import Report
from benchmarks.whole_pipeline.singles import Singles
from benchmarks.whole_pipeline.truth import _references, _standing_elsewhere, _wrong_letters
from models.letters import Letter
from models.requests import Request
from rules.requests.letter_status import LetterStatus
from rules.requests.reference_number import format_reference
from rules.requests.statuses import Kind, Status

CODE = "4M7Q-X2PK"


def a_request(sequence: int | None, status: Status = Status.AWAITING_ACTIVATION) -> Request:
    number = sequence and format_reference(Kind.PROFILE_UPDATE, 1448, sequence)
    return Request(kind=Kind.PROFILE_UPDATE, status=status, reference_number=number)


def letters(*names: str, status: LetterStatus = LetterStatus.SENT) -> list[tuple[str, Letter]]:
    return [(CODE, Letter(id=uuid4(), letter=name, status=status)) for name in names]


def once(sent: Sequence[tuple[str, Letter]]) -> Counter[UUID]:
    return Counter(letter.id for _, letter in sent)


def test_a_row_of_numbers_without_gaps_is_well() -> None:
    """In whatever order they were issued, and wherever they begin."""
    assert _references([a_request(8), a_request(7), a_request(9)]) == []


def test_a_gap_a_double_and_a_missing_number_are_faults() -> None:
    """Each of them."""
    assert _references([a_request(7), a_request(9)]) != []
    assert _references([a_request(7), a_request(7)]) != []
    assert _references([a_request(7), a_request(None)]) != []


def test_a_request_that_stands_elsewhere_is_a_fault() -> None:
    """It came to no end, or to another one."""
    assert _standing_elsewhere([a_request(1), a_request(2)]) == []
    assert _standing_elsewhere([a_request(1), a_request(2, Status.APPROVED)]) == [
        "1 requests are approved"
    ]


def test_each_sort_of_e_mail_once_is_well() -> None:
    """Said by our rows and by the mail server."""
    sent = letters("received", "activation")

    assert _wrong_letters([CODE], sent, once(sent)) == []


def test_an_e_mail_that_lacks_was_not_sent_or_came_twice_is_a_fault() -> None:
    """Each of them."""
    sent, only_one = letters("received", "activation"), letters("received")
    queued = letters("received", "activation", status=LetterStatus.QUEUED)
    twice = once(sent) + once(sent[:1])

    assert len(_wrong_letters([CODE], only_one, once(only_one))) == 1
    assert len(_wrong_letters([CODE], queued, once(queued))) == 1
    assert len(_wrong_letters([CODE], sent, twice)) == 1
    assert len(_wrong_letters([CODE], sent, Counter())) == 1


def test_a_fault_on_any_side_fails_the_run_and_slowness_does_not() -> None:
    """A peer's too: what it did not carry, it was not fast at."""
    slow = Singles(10, 1, 2, 1, 98, 100, ())
    broken = Singles(10, 1, 2, 1, 3, 5, ("1 requests are approved",))

    assert Report({NAME: slow}, {}).is_whole
    assert not Report({NAME: slow, "dbos": broken}, {}).is_whole


def test_the_ratio_is_to_the_faster_peer() -> None:
    """And there is none without a peer, or without us."""
    sides = {name: Singles(10, 1, 2, 1, 3, whole, ()) for name, whole in SECONDS.items()}

    assert Report(sides, {}).ratio == 2.0
    assert Report({NAME: sides[NAME]}, {"dbos": "missing"}).ratio is None
    assert "2.00 x" in "\n".join(Report(sides, {}).lines())


SECONDS = {NAME: 5.0, "dbos": 10.0, "restate": 20.0}
