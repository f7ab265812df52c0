"""Which threshold is current, and whether its letter leaves."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.policy import current_policy
from rules.policy.quiet_days import next_sending_day, quiet
from rules.policy.thresholds import Topic
from rules.register.card import CardStatus
from rules.reminders.decision import (
    Defer,
    NotSent,
    ReminderFacts,
    ReminderLetter,
    Send,
    Skip,
    decide,
    decide_again,
    decide_correction,
    explain,
)
from rules.requests.statuses import Status

POLICY = current_policy().reminders
EXPIRY = date(2027, 1, 25)
SUNDAY = date(2026, 11, 22)
FRIDAY = date(2026, 11, 20)
NATIONAL_DAY = date(2026, 9, 23)
FACTS = ReminderFacts(
    topic=Topic.CARD,
    card_status=CardStatus.ACTIVE,
    card_expires_on=SUNDAY + timedelta(days=14),
    has_email=True,
    suppressed=False,
    open_renewal=None,
    has_open_update=False,
    letters_today=0,
    confirmed_on=SUNDAY,
)


@pytest.mark.parametrize(
    ("left", "threshold"),
    [
        (91, None),
        (90, 90),
        (61, 90),
        (60, 60),
        (31, 60),
        (30, 30),
        (15, 30),
        (14, 14),
        (8, 14),
        (7, 7),
        (2, 7),
        (1, 1),
        (0, 0),
        (-1, 0),
        (-13, 0),
        (-14, -14),
        (-29, -14),
        (-30, None),
    ],
)
def test_windows_are_half_open(left: int, threshold: int | None) -> None:
    """A threshold is current from its own day until the next one's."""
    assert POLICY.card.current(EXPIRY, EXPIRY - timedelta(days=left)) == threshold


@given(st.integers(-800, 800))
def test_the_next_examination_is_where_the_threshold_changes_next(left: int) -> None:
    """So whoever waits for that day misses nothing."""
    day = EXPIRY - timedelta(days=left)
    now, then = POLICY.card.current(EXPIRY, day), POLICY.card.next_day(EXPIRY, day)
    if then is None:
        assert now in {None, POLICY.card.days_left[-1]}
        return

    before = POLICY.card.current(EXPIRY, then - timedelta(days=1))
    assert then > day
    assert before == now
    assert POLICY.card.current(EXPIRY, then) != now


@pytest.mark.parametrize(
    ("change", "decision"),
    [
        ({}, Send(ReminderLetter.CARD_REMINDER, confirm_profile=False)),
        (
            {"confirmed_on": SUNDAY - timedelta(days=365)},
            Send(ReminderLetter.CARD_REMINDER, confirm_profile=True),
        ),
        (
            {"open_renewal": Status.AWAITING_PAYMENT},
            Send(ReminderLetter.RENEWAL_WAITING, confirm_profile=False),
        ),
        ({"open_renewal": Status.SUBMITTED}, Skip(NotSent.OPEN_RENEWAL)),
        ({"open_renewal": Status.PAID}, Skip(NotSent.OPEN_RENEWAL)),
        ({"card_status": CardStatus.SUSPENDED}, Skip(NotSent.CARD_SUSPENDED)),
        ({"card_status": CardStatus.REVOKED}, Skip(NotSent.CARD_REVOKED)),
        ({"has_email": False}, Skip(NotSent.NO_ADDRESS)),
        ({"suppressed": True}, Skip(NotSent.SUPPRESSED)),
        ({"letters_today": 3}, Defer(NotSent.DAILY_CAP, SUNDAY + timedelta(days=1))),
    ],
)
def test_each_rule_decides_for_its_reason(change: dict[str, Any], decision: object) -> None:
    """One fact changed at a time."""
    assert decide(replace(FACTS, **change), SUNDAY, POLICY) == decision


def test_what_ends_a_letter_is_told_before_what_puts_it_off() -> None:
    """A suppressed address on a Friday is suppressed, not deferred."""
    assert decide(replace(FACTS, suppressed=True), FRIDAY, POLICY) == Skip(NotSent.SUPPRESSED)


@pytest.mark.parametrize(
    ("day", "why", "until"),
    [
        (FRIDAY, NotSent.QUIET_DAY, SUNDAY),
        (SUNDAY - timedelta(days=1), NotSent.QUIET_DAY, SUNDAY),
        (NATIONAL_DAY, NotSent.PUBLIC_HOLIDAY, NATIONAL_DAY + timedelta(days=1)),
        # Eid al-Fitr 1447 with the weekend before it and the days observed after it.
        (date(2026, 3, 19), NotSent.PUBLIC_HOLIDAY, date(2026, 3, 25)),
    ],
)
def test_a_quiet_day_puts_off_to_the_next_sending_day(day: date, why: NotSent, until: date) -> None:
    """Weekends and holidays in a row are one wait."""
    assert decide(FACTS, day, POLICY) == Defer(why, until)


def test_a_planned_letter_is_asked_about_again() -> None:
    """Renewed, too late, too early, and unchanged."""
    expiry = FACTS.anchor
    renewed = replace(FACTS, card_expires_on=expiry + timedelta(days=730))

    assert decide_again(renewed, 14, expiry, SUNDAY, POLICY) == Skip(NotSent.RENEWED)
    assert decide_again(FACTS, 30, expiry, SUNDAY, POLICY) == Skip(NotSent.TOO_LATE)
    assert decide_again(FACTS, 7, expiry, SUNDAY, POLICY) == Defer(
        NotSent.NOT_YET, SUNDAY + timedelta(days=7)
    )
    assert decide_again(FACTS, 14, expiry, SUNDAY, POLICY) == Send(
        ReminderLetter.CARD_REMINDER, confirm_profile=False
    )


def test_an_explanation_names_every_rule_and_decides_like_the_run() -> None:
    """Its first objection is the decision."""
    facts = replace(FACTS, suppressed=True, letters_today=9)
    checks = explain(facts, FRIDAY, POLICY)
    objections = [check.objection for check in checks if check.objection is not None]

    assert len({check.rule for check in checks}) == len(checks) == 7
    assert [check.rule for check in checks if check.objection == objections[0]] == [
        "the address wants reminders"
    ]
    assert objections[0] == decide(facts, FRIDAY, POLICY)
    assert len(objections) == 3


LONG_AGO = SUNDAY - timedelta(days=370)
PROFILE = replace(
    FACTS, topic=Topic.PROFILE, card_expires_on=date(2029, 1, 1), confirmed_on=LONG_AGO
)
MONDAY = SUNDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "decision"),
    [
        ({}, Send(ReminderLetter.PROFILE_REMINDER, confirm_profile=True)),
        (
            {"card_status": None, "card_expires_on": None},
            Send(ReminderLetter.PROFILE_REMINDER, confirm_profile=True),
        ),
        (
            {"open_renewal": Status.SUBMITTED, "card_status": CardStatus.SUSPENDED},
            Send(ReminderLetter.PROFILE_REMINDER, confirm_profile=True),
        ),
        ({"card_status": CardStatus.REVOKED}, Skip(NotSent.CARD_REVOKED)),
        ({"has_open_update": True}, Skip(NotSent.OPEN_UPDATE)),
        ({"has_email": False}, Skip(NotSent.NO_ADDRESS)),
        ({"suppressed": True}, Skip(NotSent.SUPPRESSED)),
        ({"letters_today": 3}, Defer(NotSent.DAILY_CAP, MONDAY)),
        # The window of the first threshold has been open for five days.
        ({"card_asked_on": SUNDAY - timedelta(days=5)}, Skip(NotSent.ASKED_WITH_CARD)),
        (
            {"card_asked_on": SUNDAY - timedelta(days=6)},
            Send(ReminderLetter.PROFILE_REMINDER, confirm_profile=True),
        ),
        ({"card_letter_on": SUNDAY}, Defer(NotSent.CARD_FIRST, MONDAY)),
        (
            {"card_is_due": True, "card_expires_on": SUNDAY + timedelta(days=30)},
            Defer(NotSent.CARD_FIRST, MONDAY),
        ),
        # Examined today, but nothing about the card will be said.
        ({"card_is_due": True}, Send(ReminderLetter.PROFILE_REMINDER, confirm_profile=True)),
    ],
)
def test_each_rule_decides_about_a_profile(change: dict[str, Any], decision: object) -> None:
    """One fact changed at a time."""
    assert decide(replace(PROFILE, **change), SUNDAY, POLICY) == decision


def test_a_planned_letter_about_a_profile_is_asked_about_again() -> None:
    """Confirmed, too late, and unchanged."""
    confirmed = replace(PROFILE, confirmed_on=SUNDAY)

    assert decide_again(confirmed, -365, LONG_AGO, SUNDAY, POLICY) == Skip(NotSent.CONFIRMED)
    assert decide_again(PROFILE, -365, LONG_AGO, MONDAY + timedelta(days=24), POLICY) == Skip(
        NotSent.TOO_LATE
    )
    assert decide_again(PROFILE, -395, LONG_AGO, SUNDAY, POLICY) == Defer(
        NotSent.NOT_YET, LONG_AGO + timedelta(days=395)
    )
    assert decide_again(PROFILE, -365, LONG_AGO, SUNDAY, POLICY) == Send(
        ReminderLetter.PROFILE_REMINDER, confirm_profile=True
    )


def test_a_letter_about_a_card_does_not_ask_who_is_updating() -> None:
    """The update that is open will confirm the profile."""
    facts = replace(FACTS, confirmed_on=LONG_AGO, has_open_update=True)

    assert decide(facts, SUNDAY, POLICY) == Send(
        ReminderLetter.CARD_REMINDER, confirm_profile=False
    )


def test_policy_can_ask_nobody_to_confirm() -> None:
    """0 days: never, also not in a letter about a card."""
    never = replace(POLICY, confirm_profile_after_days=0)

    assert never.profile.current(date(1970, 1, 1), SUNDAY) is None
    assert never.profile.next_day(date(1970, 1, 1), SUNDAY) is None
    assert decide(replace(FACTS, confirmed_on=LONG_AGO), SUNDAY, never) == Send(
        ReminderLetter.CARD_REMINDER, confirm_profile=False
    )


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)))
def test_the_next_sending_day_is_later_and_not_quiet(day: date) -> None:
    """However holidays and weekends meet."""
    found = next_sending_day(day, POLICY)

    assert found > day
    assert quiet(found, POLICY) is None


@pytest.mark.parametrize(
    ("change", "decision"),
    [
        ({}, Send(ReminderLetter.REMINDER_CORRECTION, confirm_profile=False)),
        ({"has_email": False}, Skip(NotSent.NO_ADDRESS)),
        ({"suppressed": True}, Skip(NotSent.SUPPRESSED)),
        (
            {"card_status": CardStatus.REVOKED, "open_renewal": Status.UNDER_REVIEW},
            Send(ReminderLetter.REMINDER_CORRECTION, confirm_profile=False),
        ),
    ],
)
def test_a_correction_leaves_unless_nobody_could_or_would_read_it(
    change: dict[str, Any], decision: object
) -> None:
    """Whatever became of the card: what was said about it was untrue."""
    assert decide_correction(replace(FACTS, **change)) == decision
