"""The transition table, whole: which status may follow which, and by whom."""

from itertools import product

import pytest

from rules.requests.statuses import ActorKind, Status
from rules.requests.transitions import (
    BEFORE_APPROVAL,
    FINAL,
    OPEN,
    PIPELINE_S,
    WAITS_FOR_APPLICANT,
    TransitionRefused,
    check_transition,
    may,
)

#: What the users were promised, written a second time: a change of the table is a change here.
ALLOWED = """
submitted            under_review         pipeline
submitted            approved             pipeline
submitted            returned             pipeline
submitted            withdrawn            applicant operations
under_review         approved             officer
under_review         returned             officer
under_review         rejected             officer
under_review         withdrawn            applicant operations
returned             submitted            applicant
returned             withdrawn            applicant operations
returned             expired              clock
approved             awaiting_activation  pipeline
approved             awaiting_payment     pipeline
approved             withdrawn            operations
awaiting_payment     paid                 payment
awaiting_payment     expired              clock
awaiting_payment     withdrawn            operations
paid                 awaiting_activation  pipeline
paid                 withdrawn            operations
awaiting_activation  activated            applicant
awaiting_activation  expired              clock
awaiting_activation  withdrawn            applicant operations old_address
"""
TRIPLES = {
    (Status(from_), Status(to), ActorKind(actor))
    for from_, to, *actors in map(str.split, ALLOWED.strip().splitlines())
    for actor in actors
}
EVERY = list(product(Status, Status, ActorKind))


@pytest.mark.parametrize(("from_", "to", "by"), EVERY)
def test_a_change_is_allowed_exactly_where_the_table_says(
    from_: Status, to: Status, by: ActorKind
) -> None:
    """Every status, every other one and itself, every actor."""
    assert may(by, from_, to) == ((from_, to, by) in TRIPLES)


@pytest.mark.parametrize(("from_", "to", "by"), sorted(TRIPLES))
def test_what_the_table_allows_is_not_refused(from_: Status, to: Status, by: ActorKind) -> None:
    """Whoever checks it goes on."""
    check_transition("K7Q2-M9XD", from_, to, by)


@pytest.mark.parametrize(("from_", "to", "by"), [each for each in EVERY if each not in TRIPLES])
def test_a_refusal_names_both_statuses_and_the_actor(
    from_: Status, to: Status, by: ActorKind
) -> None:
    """Whoever reads it knows what was tried."""
    with pytest.raises(TransitionRefused) as refused:
        check_transition("K7Q2-M9XD", from_, to, by)

    said = refused.value
    assert (said.tracking_code, said.from_, said.to, said.by) == ("K7Q2-M9XD", from_, to, by)
    assert str(refused.value) == f"request K7Q2-M9XD is {from_}; {by} cannot make it {to}"


def test_the_sets_are_what_the_users_were_told() -> None:
    """Derived from the table, in the order of the statuses."""
    assert FINAL == (Status.ACTIVATED, Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED)
    assert (*OPEN, *FINAL) == tuple(Status)
    assert BEFORE_APPROVAL == (Status.SUBMITTED, Status.UNDER_REVIEW, Status.RETURNED)
    assert WAITS_FOR_APPLICANT == (
        Status.RETURNED,
        Status.AWAITING_PAYMENT,
        Status.AWAITING_ACTIVATION,
    )
    assert PIPELINE_S == (Status.SUBMITTED, Status.APPROVED, Status.PAID)
