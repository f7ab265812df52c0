"""Whatever happens to a card, in whatever order, its periods follow each other."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.card_renewal.new_period import new_period
from rules.card_renewal.plan import RenewalPlan
from rules.policy.policy import Policy
from rules.requests.card_period import Period
from support.card_judge import CARD, LETTER, CardJudge

#: What happens, and the days that pass before it.
EVENTS = st.lists(
    st.tuples(st.sampled_from(["apply", "activate", "extend"]), st.integers(0, 400)), max_size=15
)


class Holder:
    """A holder who applies and activates whenever they like, under an authority that extends."""

    def __init__(self, policy: Policy) -> None:
        self.judge = CardJudge(policy)
        self.judge.today = date(2026, 1, 1)
        self.approved: RenewalPlan | None = None
        self.applied_on = self.judge.today
        #: Every period that the card ever had, as it stands after its extensions.
        self.periods = [Period(valid_from=CARD.valid_from, expires_on=CARD.expires_on)]

    def live(self, events: list[tuple[str, int]]) -> None:
        """Let days pass and things happen."""
        for what, days in events:
            self.judge.today += timedelta(days=days)
            {"apply": self.apply, "activate": self.activate, "extend": self.extend}[what]()

    def apply(self) -> None:
        """Ask for a renewal with a new letter, and keep what the rules make of it."""
        letter = replace(LETTER, issued_on=self.judge.today.isoformat())
        validation = self.judge.says(documents=(letter,))
        if validation.is_valid:
            self.approved = validation.plan
            self.applied_on = self.judge.today
            self.judge.card = replace(self.judge.card, has_open_renewal=True)

    def activate(self) -> None:
        """Bring what was approved into force."""
        if self.approved is None:
            return
        card, day = self.judge.card, self.judge.today
        period = new_period(
            card,
            submitted_on=self.applied_on,
            activated_on=day,
            years=self.approved.years,
            policy=self.judge.policy,
        )
        self.periods.append(period)
        self.approved = None
        self.set_period(period)
        self.judge.card = replace(self.judge.card, has_open_renewal=False)

    def extend(self) -> None:
        """The authority gives the period in force four more months."""
        card = self.judge.card
        longer = Period(
            valid_from=card.valid_from, expires_on=card.expires_on + timedelta(days=120)
        )
        self.periods[-1] = longer
        self.set_period(longer)

    def set_period(self, period: Period) -> None:
        """Write the period on the card."""
        self.judge.card = replace(
            self.judge.card, valid_from=period.valid_from, expires_on=period.expires_on
        )


def variant(
    policy: Policy,
    calendar: Literal["gregorian", "hijri"],
    begins: Literal["activation", "old_expiry"],
) -> Policy:
    """The policy with another calendar and another beginning of late renewals."""
    changed = replace(
        policy.renewal, calendar=calendar, late_begins=begins, latest_after_expiry_days=180
    )
    return replace(policy, renewal=changed)


@settings(max_examples=200)
@given(
    events=EVENTS,
    calendar=st.sampled_from(["gregorian", "hijri"]),
    begins=st.sampled_from(["activation", "old_expiry"]),
)
def test_no_sequence_of_events_renews_a_period_twice_or_shortens_a_card(
    policy: Policy,
    events: list[tuple[str, int]],
    calendar: Literal["gregorian", "hijri"],
    begins: Literal["activation", "old_expiry"],
) -> None:
    """Early, late, extended while waiting: every period begins after the one before has ended."""
    holder = Holder(variant(policy, calendar, begins))

    holder.live(events)

    assert all(period.valid_from <= period.expires_on for period in holder.periods)
    assert all(former.expires_on < latter.valid_from for former, latter in pairwise(holder.periods))


@given(days=st.integers(-90, 365), calendar=st.sampled_from(["gregorian", "hijri"]))
def test_a_card_just_renewed_is_not_renewed_again(
    policy: Policy, days: int, calendar: Literal["gregorian", "hijri"]
) -> None:
    """Whether early or late, for two years or, with short hours, for one."""
    changed = replace(policy, renewal=replace(policy.renewal, calendar=calendar))
    holder = Holder(changed)
    holder.judge.today = CARD.expires_on + timedelta(days=days)
    holder.apply()
    holder.activate()

    again = holder.judge.says()

    assert len(holder.periods) == 2
    assert "renewal_too_early" in {problem.code for problem in again.problems}


def test_a_second_application_is_refused_while_the_first_is_open(policy: Policy) -> None:
    """One renewal at a time."""
    holder = Holder(policy)
    holder.apply()

    assert "request_already_open" in {problem.code for problem in holder.judge.says().problems}


def test_a_card_extended_while_its_renewal_waits_is_renewed_from_the_new_expiry(
    policy: Policy,
) -> None:
    """No day is lost and none is counted twice."""
    holder = Holder(policy)

    holder.live([("apply", 0), ("extend", 30), ("activate", 5)])

    assert [period.expires_on for period in holder.periods] == [
        date(2026, 7, 29),
        date(2028, 7, 29),
    ]
    assert holder.periods[1].valid_from == date(2026, 7, 30)
