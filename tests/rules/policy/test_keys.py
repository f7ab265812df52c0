"""The keys of a policy, and which of them another policy has otherwise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.policy.keys import KeyChange, StatedPolicy, changed_keys, keys_of
from rules.policy.policy import parse_policy
from support.policies import FROZEN

TEXT = FROZEN.read_text(encoding="utf-8")
#: Each is in the tests' policy once, and what may stand in its place.
EDITS = [
    ("contact = 0 ", "contact = 2 "),
    ("opens_before_expiry_days = 90", "opens_before_expiry_days = 60"),
    ("days_before = [90, 60, 30, 14, 7, 1, 0]", "days_before = [45, 7]"),
    ("also_off = []", "also_off = [2027-03-09]"),
    ("minor_units_a_year = 25000", "minor_units_a_year = 30000"),
    ("pages = 40                                  # assumed", "pages = 40"),
    ('formula = "unset"', 'formula = "fixed"\nminor_units = 5000'),
]


def stated(*edits: tuple[str, str]) -> StatedPolicy:
    """The tests' policy, edited so."""
    text = TEXT
    for from_, to in edits:
        assert text.count(from_) == 1, from_
        text = text.replace(from_, to)
    return StatedPolicy(parse_policy(text, filename="policy.toml"), text)


def the_line(of: str, stated_policy: StatedPolicy) -> int:
    """The line that begins so."""
    lines = enumerate(stated_policy.text.splitlines(), 1)
    return next(number for number, line in lines if line.startswith(of))


def test_every_key_has_its_name_and_a_plain_value() -> None:
    """Tables, tables by name, lists of tables and lists alike; what may be absent is left out."""
    keys = keys_of(stated().policy)

    assert keys["review.approvals.contact"] == 0
    assert keys["documents.kinds.employer_letter.rule"] == "keep"
    assert keys["renewal.fees.rates[0].minor_units_a_year"] == 25000
    assert keys["reminders.days_before"] == (90, 60, 30, 14, 7, 1, 0)
    assert "renewal.late_fine.minor_units" not in keys
    assert not any("reminders.working_days" in key for key in keys)
    assert {type(value) for value in keys.values()} == {bool, int, str, tuple}


def test_a_value_that_differs_is_told_with_its_line() -> None:
    """As each file states it, and whether each says that it is assumed."""
    proposed = stated(
        ("take_back_seconds = 10                      # assumed", "take_back_seconds = 5")
    )

    assert changed_keys(stated(), proposed) == (
        KeyChange(
            key="review.take_back_seconds",
            in_force=10,
            proposed=5,
            line=the_line("take_back_seconds", proposed),
            was_assumed=True,
            is_assumed=False,
        ),
    )


def test_a_value_that_is_assumed_no_more_is_told() -> None:
    """The authority has decided it: the number is the same."""
    (change,) = changed_keys(stated(), stated(EDITS[5]))

    assert (change.key, change.in_force, change.proposed) == ("documents.pages", 40, 40)
    assert (change.was_assumed, change.is_assumed) == (True, False)


def test_a_key_that_only_one_of_them_has_is_told() -> None:
    """At the table that lacks it, where the proposed file has it not."""
    with_fine, without = stated(EDITS[6]), stated()

    added = changed_keys(without, with_fine)
    removed = changed_keys(with_fine, without)

    assert [(each.key, each.in_force, each.proposed) for each in added] == [
        ("renewal.late_fine.formula", "unset", "fixed"),
        ("renewal.late_fine.minor_units", None, 5000),
    ]
    missing = next(each for each in removed if each.proposed is None)
    assert missing.key == "renewal.late_fine.minor_units"
    assert missing.line == the_line("[renewal.late_fine]", without)


@given(st.sets(st.sampled_from(EDITS)), st.sets(st.sampled_from(EDITS)))
def test_the_other_way_round_is_the_mirror(
    one: set[tuple[str, str]], other: set[tuple[str, str]]
) -> None:
    """And a policy differs from itself in nothing."""
    first, second = stated(*one), stated(*other)

    there, back = changed_keys(first, second), changed_keys(second, first)

    assert changed_keys(first, first) == ()
    assert {replace(each, line=0) for each in there} == {
        KeyChange(
            key=each.key,
            in_force=each.proposed,
            proposed=each.in_force,
            line=0,
            was_assumed=each.is_assumed,
            is_assumed=each.was_assumed,
        )
        for each in back
    }


@pytest.mark.parametrize("edit", EDITS)
def test_each_edit_is_found(edit: tuple[str, str]) -> None:
    """None of them is lost on the way through the classes."""
    assert changed_keys(stated(), stated(edit))
