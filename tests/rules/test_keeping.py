"""What is kept how long: a table by policy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.keeping import OF_THE_RUN, Keeping, Subject, keeping
from rules.policy.policy import Policy

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("subject", OF_THE_RUN)
def test_each_subject_has_its_line_of_policy(subject: Subject, policy: Policy) -> None:
    """By the key of its name, as a certificate says it."""
    number = 4_000 + list(Subject).index(subject)
    changed = replace(policy, retention=replace(policy.retention, **{f"{subject}_days": number}))

    (found,) = [one for one in keeping(changed) if one.subject is subject]

    assert found.days == number
    assert found.policy == f"[retention] {subject}_days = {number}"
    assert found.since


def test_what_is_removed_first_is_what_others_hang_on(policy: Policy) -> None:
    """The order of the run is the order of the table."""
    assert [one.subject for one in keeping(policy)] == list(OF_THE_RUN)


def test_days_are_counted_back_from_the_instant_that_is_passed() -> None:
    """There is no clock in it."""
    kept = Keeping(Subject.WAVES, "waves_days", 90, "the wave ended")

    assert kept.older_than(NOW) == NOW - timedelta(days=90)
