"""What the coming days would send."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from desk.policy import current_policy
from rules.policy.quiet_days import quiet
from rules.policy.thresholds import Topic
from rules.reminders.rehearsal import compared, examined_anew, rehearse

POLICY = current_policy().reminders
EXPIRY = date(2027, 1, 25)
SUNDAY = date(2026, 11, 22)
FRIDAY = date(2026, 11, 20)
LONG_AGO = SUNDAY - timedelta(days=370)
NEVER_EXAMINED = date(1970, 1, 1)


def test_a_rehearsal_of_profiles_keeps_the_daily_limit() -> None:
    """Five thousand of one Thursday: two thousand on each sending day, and all of them once."""
    day = LONG_AGO + timedelta(days=367)

    days = rehearse([(LONG_AGO, NEVER_EXAMINED, 5_000)], day, 8, POLICY, topic=Topic.PROFILE)

    assert [(each.day - day).days for each in days if each.letters] == [0, 3, 4]
    assert [each.letters.total() for each in days if each.letters] == [2000, 2000, 1000]


def test_a_rehearsal_sends_each_threshold_once_on_a_working_day() -> None:
    """A hundred cards, from ninety days before their expiry to its end."""
    first = EXPIRY - timedelta(days=90)

    days = rehearse([(EXPIRY, NEVER_EXAMINED, 100)], first, 130, POLICY)

    sent = [(each.day, *each.letters.items()) for each in days if each.letters.total()]
    assert [entry[1] for entry in sent] == [(left, 100) for left in POLICY.card.days_left]
    assert not any(quiet(entry[0], POLICY) for entry in sent)


def test_cards_of_several_days_are_counted_together_by_threshold() -> None:
    """No limit of a day holds for cards."""
    counted = [
        (SUNDAY + timedelta(days=7), NEVER_EXAMINED, 3_000),
        (SUNDAY + timedelta(days=6), NEVER_EXAMINED, 40),
        (SUNDAY + timedelta(days=30), NEVER_EXAMINED, 5),
    ]

    (today,) = rehearse(counted, SUNDAY, 1, POLICY)

    assert today.letters == {7: 3_040, 30: 5}
    assert not today.is_quiet


def test_a_quiet_day_sends_nothing_and_the_next_day_what_is_current_then() -> None:
    """Friday's come on Sunday, by what is true on Sunday."""
    counted = [(FRIDAY + timedelta(days=7), NEVER_EXAMINED, 10)]

    days = rehearse(counted, FRIDAY, 3, POLICY)

    assert [day.is_quiet for day in days] == [True, True, False]
    assert [dict(day.letters) for day in days] == [{}, {}, {7: 10}]


def test_what_has_no_threshold_yet_waits_for_its_first_one() -> None:
    """It was examined too early, and takes no room of the day's limit."""
    first = EXPIRY - timedelta(days=95)

    days = rehearse([(EXPIRY, first, 10)], first, 12, POLICY)

    assert [(day.day, dict(day.letters)) for day in days if day.letters] == [
        (date(2026, 10, 27), {90: 10})
    ]


def test_people_of_two_days_share_one_days_limit() -> None:
    """Who finds no room goes on the next sending day, whoever was first."""
    anchors = [(LONG_AGO, NEVER_EXAMINED, first) for first in (2_000, 10)]

    days = rehearse(anchors, SUNDAY, 2, POLICY, topic=Topic.PROFILE)

    assert [day.letters.total() for day in days] == [2_000, 10]


def test_who_has_no_threshold_yet_takes_no_room_of_the_limit() -> None:
    """All of them wait for the same day."""
    confirmed = SUNDAY - timedelta(days=364)

    days = rehearse([(confirmed, SUNDAY, 3_000)], SUNDAY, 3, POLICY, topic=Topic.PROFILE)

    assert [day.letters.total() for day in days] == [0, 2_000, 1_000]


def test_whoever_has_a_threshold_s_letter_is_not_sent_it_again_by_new_thresholds() -> None:
    """All are examined on the first day: of ten, six have had this one, and wait for the next."""
    anchor = SUNDAY + timedelta(days=30)
    waiting = [(anchor, SUNDAY + timedelta(days=16), 6), (anchor, NEVER_EXAMINED, 4)]

    anew = examined_anew(waiting, {(anchor, 30): 6, (anchor, 60): 9}, SUNDAY, POLICY.card)

    assert anew == [(anchor, SUNDAY, 4), (anchor, anchor - timedelta(days=14), 6)]
    letters = [each.letters for each in rehearse(anew, SUNDAY, 20, POLICY)]
    assert (letters[0], sum(letters, Counter())) == ({30: 4}, {30: 4, 14: 10})


def test_who_has_no_current_threshold_is_looked_at_all_the_same() -> None:
    """A hundred days before the expiry nothing is settled."""
    anchor = SUNDAY + timedelta(days=100)

    assert examined_anew([(anchor, SUNDAY, 3)], {(anchor, 90): 3}, SUNDAY, POLICY.card) == [
        (anchor, SUNDAY, 3)
    ]


def test_letters_of_two_policies_are_compared_by_threshold() -> None:
    """A threshold that one of them lacks has no number there."""
    other = replace(POLICY, days_before=(30, 7), days_after=())
    expiry = SUNDAY + timedelta(days=31)
    on_file = [(expiry, NEVER_EXAMINED, 5)]
    days = rehearse(on_file, SUNDAY, 32, POLICY)
    of_other = rehearse(on_file, SUNDAY, 32, other)

    found = compared((POLICY.card, days), (other.card, of_other))

    assert [(each.threshold, each.in_force, each.proposed, each.difference) for each in found] == [
        (90, 0, None, 0),
        (60, 5, None, -5),
        (30, 5, 5, 0),
        (14, 5, None, -5),
        (7, 5, 5, 0),
        (1, 5, None, -5),
        (0, 5, None, -5),
        (-14, 0, None, 0),
    ]
    assert not any(each.difference for each in compared((POLICY.card, days), (POLICY.card, days)))


def test_who_is_at_a_threshold_that_nobody_settled_is_all_looked_at() -> None:
    """None of them has had its letter."""
    anchor = SUNDAY + timedelta(days=20)

    assert examined_anew([(anchor, SUNDAY, 10)], {}, SUNDAY, POLICY.card) == [(anchor, SUNDAY, 10)]
