"""A request's rounds, out of its history and its decisions."""

from datetime import timedelta
from uuid import uuid4

from desk.cases.rounds import rounds_of
from models.requests import Decision, RequestEvent
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Status
from rules.requests.verdicts import Origin, Verdict
from support.requests import NOW

REQUEST = uuid4()


def happened(
    what: EventName, hour: int, *, round_: int = 1, reason: str | None = None
) -> RequestEvent:
    """A line of the history; one that is named like a status came to it."""
    to = Status(what.value) if what.value in set(Status) else None
    return RequestEvent(
        request_id=REQUEST,
        at=NOW + timedelta(hours=hour),
        what=what,
        to_status=to,
        actor_kind=ActorKind.PIPELINE,
        reason_code=reason,
        round=round_,
    )


def decided(officer: str, verdict: Verdict, *, round_: int = 1) -> Decision:
    """What an officer decided."""
    return Decision(
        request_id=REQUEST,
        round=round_,
        officer=officer,
        verdict=verdict,
        reason_code="unclear" if verdict is Verdict.RETURN else None,
        note="see page 2",
        origin=Origin.COMMAND,
        decided_at=NOW + timedelta(hours=2),
    )


def test_a_round_that_goes_on_has_no_outcome() -> None:
    """It is validated once the rules have let it pass."""
    events = [happened(EventName.SUBMITTED, 0), happened(EventName.UNDER_REVIEW, 1)]

    [before] = rounds_of(events[:1], [])
    [after] = rounds_of([*events, happened(EventName.CLAIMED, 2)], [])

    assert (before.begun_by, before.begun_at) == (EventName.SUBMITTED, NOW)
    assert (before.is_validated, after.is_validated) == (False, True)
    assert (after.outcome, after.ended_at, after.reason_code) == (None, None, None)


def test_a_correction_begins_the_next_round() -> None:
    """Each has its own decisions; the first says why it ended, and when."""
    events = [
        happened(EventName.SUBMITTED, 0),
        happened(EventName.UNDER_REVIEW, 1),
        happened(EventName.RETURNED, 2, reason="unclear"),
        happened(EventName.SUBMITTED, 3, round_=2),
        happened(EventName.UNDER_REVIEW, 4, round_=2),
        happened(EventName.APPROVED, 5, round_=2),
        happened(EventName.AWAITING_ACTIVATION, 6, round_=2),
    ]
    decisions = [
        decided("amal", Verdict.RETURN),
        decided("basim", Verdict.APPROVE, round_=2),
    ]

    first, second = rounds_of(events, decisions)

    assert (first.outcome, first.reason_code) == (Status.RETURNED, "unclear")
    assert first.ended_at == NOW + timedelta(hours=2)
    [returned] = first.decisions
    assert (returned.officer, returned.verdict, returned.note) == (
        "amal",
        Verdict.RETURN,
        "see page 2",
    )
    assert (returned.reason_code, returned.origin) == ("unclear", Origin.COMMAND)
    assert (second.number, second.outcome) == (2, Status.APPROVED)
    assert second.ended_at == NOW + timedelta(hours=5)
    assert [one.officer for one in second.decisions] == ["basim"]


def test_what_the_checks_sent_back_was_never_validated() -> None:
    """Nobody knows what such a round would bring."""
    events = [
        happened(EventName.SUBMITTED, 0),
        happened(EventName.RETURNED, 1, reason="not_valid"),
    ]

    [found] = rounds_of(events, [])

    assert (found.is_validated, found.reason_code) == (False, "not_valid")


def test_what_was_worked_out_again_is_a_round_that_the_rules_have_seen() -> None:
    """The round before it has no outcome: it was replaced."""
    events = [
        happened(EventName.SUBMITTED, 0),
        happened(EventName.UNDER_REVIEW, 1),
        happened(EventName.PLAN_CHANGED, 2, round_=2),
    ]

    first, second = rounds_of(events, [])

    assert first.outcome is None
    assert (second.begun_by, second.is_validated) == (EventName.PLAN_CHANGED, True)


def test_what_policy_lets_pass_is_validated_without_officers() -> None:
    """It is approved at once."""
    events = [happened(EventName.SUBMITTED, 0), happened(EventName.APPROVED, 1)]

    [found] = rounds_of(events, [])

    assert (found.is_validated, found.outcome, found.decisions) == (True, Status.APPROVED, ())
