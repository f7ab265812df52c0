"""When a document ends: at its day to the microsecond, whatever happened in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.documents.retention import (
    DocumentEnd,
    DocumentLife,
    DocumentUse,
    EndRule,
    end_of,
    ends_with_decision,
    has_ended,
    soonest_end,
)
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from rules.policy.documents import DocumentPolicy, KindRetention
from rules.policy.policy import Policy
from rules.values.document_kind import DocumentKind

SENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
LETTER, REPORT = DocumentKind.EMPLOYER_LETTER, DocumentKind.MEDICAL_REPORT
LIVING = [state for state in DocumentState if state not in WITHOUT_CONTENT]


def life(
    *uses: DocumentUse,
    kind: DocumentKind = LETTER,
    state: DocumentState = DocumentState.READY,
    since: datetime = SENT,
) -> DocumentLife:
    return DocumentLife(
        kind=kind, state=state, received_at=SENT, state_since=since, uses=tuple(uses)
    )


def with_rule(
    policy: DocumentPolicy, kind: DocumentKind, retention: KindRetention
) -> DocumentPolicy:
    return replace(policy, kinds={**policy.kinds, kind: retention})


def test_what_nobody_names_ends_after_the_days_of_policy(policy: Policy) -> None:
    """Counted from when it was received."""
    rules = policy.documents

    end = end_of(life(since=SENT + DAY), rules)

    assert end == DocumentEnd(SENT + rules.unused_days * DAY, EndRule.UNUSED)


def test_what_a_draft_names_is_kept_as_if_it_came_when_the_draft_was_saved(
    policy: Policy,
) -> None:
    """Whoever writes for weeks still has the photograph of the first day."""
    rules = policy.documents
    written = replace(life(), drafted_at=SENT + 20 * DAY)
    before = replace(life(), drafted_at=SENT - DAY)

    assert end_of(written, rules) == DocumentEnd(
        SENT + (20 + rules.unused_days) * DAY, EndRule.UNUSED
    )
    assert end_of(before, rules) == end_of(life(), rules)


def test_what_was_replaced_before_it_was_named_ends_then(policy: Policy) -> None:
    """Not when it was received."""
    end = end_of(life(state=DocumentState.REPLACED, since=SENT + DAY), policy.documents)

    assert end == DocumentEnd(SENT + DAY, EndRule.REPLACED)


def test_what_was_replaced_after_it_was_named_is_kept_for_its_request(policy: Policy) -> None:
    """The officer who returned the request has seen it."""
    named = life(DocumentUse(None, None), state=DocumentState.REPLACED)

    assert end_of(named, policy.documents) is None


def test_while_a_request_is_not_decided_nobody_knows(policy: Policy) -> None:
    """Of no kind, also where another request that names it has ended."""
    open_, ended = DocumentUse(None, None), DocumentUse(SENT + DAY, SENT + DAY)

    assert [end_of(life(ended, open_, kind=kind), policy.documents) for kind in DocumentKind] == [
        None
    ] * len(DocumentKind)


def test_a_decision_ends_what_is_only_looked_at(policy: Policy) -> None:
    """Its request may go on to its activation."""
    used = life(DocumentUse(SENT + DAY, None), kind=REPORT)

    assert end_of(used, policy.documents) == DocumentEnd(SENT + DAY, EndRule.DECIDED)


def test_what_is_kept_waits_for_its_requests_end(policy: Policy) -> None:
    """A decision is not the end."""
    days = policy.documents.kinds[LETTER].days or 0
    decided = DocumentUse(SENT + DAY, None)
    ended = DocumentUse(SENT + DAY, SENT + 30 * DAY)

    assert end_of(life(decided), policy.documents) is None
    assert end_of(life(ended), policy.documents) == DocumentEnd(
        SENT + (30 + days) * DAY, EndRule.KEPT_LONG_ENOUGH
    )


def test_a_kind_that_is_not_taken_any_more_goes_with_the_decision(policy: Policy) -> None:
    """Policy as it is now counts."""
    rules = with_rule(policy.documents, LETTER, KindRetention(rule="never_accept", days=None))

    assert end_of(life(DocumentUse(SENT + DAY, SENT + DAY)), rules) == DocumentEnd(
        SENT + DAY, EndRule.DECIDED
    )


def test_the_kinds_that_may_end_with_a_decision_are_those_that_are_not_kept(
    policy: Policy,
) -> None:
    """The quick pass asks for these."""
    rules = with_rule(policy.documents, LETTER, KindRetention(rule="never_accept", days=None))

    kept = set(DocumentKind) - set(ends_with_decision(rules))

    assert {rules.kinds[kind].rule for kind in kept} == {"keep"}
    assert {LETTER, REPORT} <= set(ends_with_decision(rules))


instants = st.integers(0, 800).map(lambda hours: SENT + timedelta(hours=hours))
retentions = st.one_of(
    st.integers(1, 20).map(lambda days: KindRetention(rule="keep", days=days)),
    st.sampled_from(
        [
            KindRetention(rule="look_and_destroy", days=None),
            KindRetention(rule="never_accept", days=None),
        ]
    ),
)


@st.composite
def uses(draw: st.DrawFn) -> DocumentUse:
    """A request: undecided, decided, or ended at its decision or after it."""
    decided = draw(st.none() | instants)
    after = draw(st.none() | st.integers(0, 200))
    if decided is None or after is None:
        return DocumentUse(decided, None)
    return DocumentUse(decided, decided + timedelta(hours=after))


@st.composite
def lives(draw: st.DrawFn) -> DocumentLife:
    return DocumentLife(
        kind=draw(st.sampled_from(DocumentKind)),
        state=draw(st.sampled_from(LIVING)),
        received_at=SENT,
        state_since=draw(instants),
        uses=tuple(draw(st.lists(uses(), max_size=4))),
        drafted_at=draw(st.none() | instants),
    )


def needed_at(at: datetime, of: DocumentLife, policy: DocumentPolicy) -> bool:
    """The promise in its own words: somebody may still need it at this instant."""
    if not of.uses:
        if of.state is DocumentState.REPLACED:
            return at < of.state_since
        known = [each for each in (of.received_at, of.drafted_at) if each is not None]
        return any(at < each + timedelta(days=policy.unused_days) for each in known)
    return any(_needs(use, at, policy.kinds[of.kind]) for use in of.uses)


def _needs(use: DocumentUse, at: datetime, retention: KindRetention) -> bool:
    if retention.days is None:
        return use.decided_at is None or at < use.decided_at
    return use.ended_at is None or at < use.ended_at + timedelta(days=retention.days)


@settings(max_examples=2_000)
@given(found=lives(), retention=retentions, unused=st.integers(1, 30), at=instants)
def test_it_is_readable_exactly_while_somebody_may_need_it(
    policy: Policy, found: DocumentLife, retention: KindRetention, unused: int, at: datetime
) -> None:
    """Not a moment longer, and not a moment less."""
    rules = with_rule(policy.documents, found.kind, retention)
    rules = replace(rules, unused_days=unused)

    end = end_of(found, rules)

    asked = {at} if end is None else {at, end.at - MOMENT, end.at, end.at + MOMENT}
    for each in asked:
        assert (end is None or each < end.at) == needed_at(each, found, rules)


@settings(max_examples=1_000)
@given(found=lives(), retention=retentions, more=uses(), now=instants)
def test_what_happens_later_brings_no_end_before_now(
    policy: Policy, found: DocumentLife, retention: KindRetention, more: DocumentUse, now: datetime
) -> None:
    """A decision or an end that comes now, or a request that names it now, ends nothing earlier."""
    rules = with_rule(policy.documents, found.kind, retention)
    before = end_of(found, rules)
    if before is not None and before.at <= now:
        return  # it has ended: no request may name it any more
    open_ = [use for use in found.uses if use.decided_at is None]
    then = [
        replace(found, uses=(*found.uses, DocumentUse(None, None))),
        replace(
            found,
            uses=tuple(DocumentUse(now, now) if use in open_ else use for use in found.uses),
        ),
    ]

    for later in then:
        end = end_of(later, rules)
        assert end is None or end.at >= now


@settings(max_examples=1_000)
@given(found=lives(), retention=retentions, unused=st.integers(1, 30))
def test_none_is_due_sooner_than_its_policy_lets_it(
    policy: Policy, found: DocumentLife, retention: KindRetention, unused: int
) -> None:
    """A run asks about those alone that are old enough, and misses none."""
    rules = with_rule(policy.documents, found.kind, retention)
    rules = replace(rules, unused_days=unused)
    soonest = soonest_end(found.kind, rules)
    may_be_sooner = found.state is DocumentState.REPLACED

    end = end_of(found, rules)

    age = soonest.named if found.uses else soonest.not_named
    assert end is None or may_be_sooner or end.at >= found.received_at + age


def test_a_document_has_ended_from_its_instant_on(policy: Policy) -> None:
    """Not a moment before; and never while nobody can know."""
    rules = policy.documents
    at = SENT + rules.unused_days * DAY
    undecided = life(DocumentUse(decided_at=None, ended_at=None), kind=REPORT)

    assert [has_ended(life(), rules, at + each) for each in (-MOMENT, 0 * MOMENT, MOMENT)] == [
        False,
        True,
        True,
    ]
    assert not has_ended(undecided, rules, at + 10_000 * DAY)
