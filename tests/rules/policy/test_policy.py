"""The policy file and its errors."""

import pytest

from rules.policy.policy import Policy, parse_policy
from rules.policy.reader import PolicyInvalid
from rules.policy.working_days import Weekday
from rules.register.card import Category
from rules.register.fields import Group
from support.policies import FROZEN, frozen_policy

TEXT = FROZEN.read_text(encoding="utf-8")


def errors_of(text: str) -> list[str]:
    """The errors in this file, as lines."""
    with pytest.raises(PolicyInvalid) as invalid:
        parse_policy(text, filename="policy.toml")
    return str(invalid.value).splitlines()


def line_of(key: str, text: str = TEXT) -> int:
    """The line that begins with this key or table."""
    lines = text.splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(key))


def test_a_policy_reads_as_typed_values(policy: Policy) -> None:
    """Groups become groups, lists become tuples."""
    assert policy.review.approvals[Group.IDENTITY_NUMBER] == 2
    assert policy.review.approvals.keys() == set(Group)
    assert Group.CONTACT not in policy.documents.employer_letter_for
    assert policy.mobile.countries == ("SA",)
    assert {type(day) for day in policy.working_days.weekend} == {Weekday}


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("due_working_days = 5", "due_working_days = -5", "review.due_working_days", "1 or more"),
        ("due_working_days = 5", "due_working_days = 0", "review.due_working_days", "1 or more"),
        ("take_back_seconds = 10", "take_back_seconds = -1", "review.take_back", "0 or more"),
        ("take_back_seconds = 10", "take_back_seconds = 121", "review.take_back", "120 or"),
        ("approve_needs_ticks = true", "approve_needs_ticks = 1", "review.approve_n", "true or"),
        ("contact = 0", "contact = -1", "review.approvals.contact", "0 or more"),
        ("contact = 0", "contact = true", "review.approvals.contact", "a whole number"),
        ("due_days = 30", 'due_days = "30"', "corrections.due_days", "a whole number"),
        ("due_days = 30", "due_days = 3.5", "corrections.due_days", "a whole number"),
        ('luhn = "refuse"', 'luhn = "maybe"', "identity.luhn", "refuse, warn, ignore"),
        ('calendar = "hijri"', "calendar = 1448", "references.calendar", "hijri, gregorian"),
        ('calendar = "hijri"', 'calender = "hijri"', "references.calender", "unknown"),
        ("prefect_form_decides = false", "prefect_form_decides = 1", "review.prefect", "true or"),
        ('countries = ["SA"]', 'countries = "SA"', "mobile.countries", "a list"),
        ('countries = ["SA"]', "countries = []", "mobile.countries", "at least one"),
        ('countries = ["SA"]', "countries = [1]", "mobile.countries", "a text"),
        ('countries = ["SA"]', 'countries = ["966"]', "mobile.countries", "two-letter"),
        ('pattern = "([A-Z]', 'pattern = "(([A-Z]', "registration_number.pattern", "regular expr"),
        ("text_characters = 300", "text_characters = 9000", "limits.text_characters", "2000 or"),
        ("reminder_before_hours = 24", "reminder_before_hours = 72", "activation.rem", "below"),
        ("close_after_days = 30", "close_after_days = 2", "activation.close", "before the link"),
        ("minimum_age_years = 18", "minimum_age_years = 120", "identity.minimum", "below max"),
        ("escalate_after_working_days = 7", "escalate_after_working_days = 4", "review.e", "below"),
    ],
)
def test_an_error_names_file_line_key_and_rule(old: str, new: str, key: str, message: str) -> None:
    """Whoever edits the file is led to the line."""
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    wanted = f"policy.toml:{line_of(new, text)}: {key}"

    assert any(line.startswith(wanted) and message in line for line in errors_of(text))


def test_a_missing_key_points_to_its_table() -> None:
    """There is no line to point to but the table's."""
    text = TEXT.replace("resends_per_hour = 3 ", "# ", 1)

    assert errors_of(text) == [
        f"policy.toml:{line_of('[activation]')}: activation.resends_per_hour: missing"
    ]


def test_a_missing_table_is_one_error() -> None:
    """Its keys are not listed one by one."""
    text = TEXT.replace("[corrections]\n", "", 1).replace("due_days = 30", "", 1)

    assert errors_of(text) == ["policy.toml:1: corrections: missing"]


def test_a_group_that_policy_forgets_is_an_error() -> None:
    """Every change must have somebody, or deliberately nobody, to decide on it."""
    errors = errors_of(TEXT.replace("employer = 1\n", "employment = 1\n", 1))

    assert len(errors) == 2
    assert "review.approvals.employer: missing" in errors[0]
    assert "review.approvals.employment: unknown" in errors[1]


def test_a_table_that_is_a_value_is_an_error() -> None:
    """And the reading goes on."""
    errors = errors_of("corrections = 5\n" + TEXT.replace("[corrections]\n", "[x]\n", 1))

    assert "policy.toml:1: corrections: must be a table" in errors
    assert any(": x: unknown" in error for error in errors)


def test_all_errors_come_at_once_in_the_order_of_the_file() -> None:
    """One correction round, not five."""
    text = TEXT.replace('luhn = "refuse"', "luhn = 1").replace("due_days = 30", "due_days = 0", 1)
    text = text.replace("documents = 20 ", 'documents = "many" ')

    lines = [int(error.split(":")[1]) for error in errors_of(text)]

    assert len(lines) == 3
    assert lines == sorted(lines)


@pytest.mark.parametrize(("text", "line"), [("[a]\nb = = 1\nc = 1\n", 2), ("a = [1,\n", 1)])
def test_a_file_that_is_not_toml_says_where(text: str, line: int) -> None:
    """With the parser's own words."""
    (error,) = errors_of(text)

    assert error.startswith(f"policy.toml:{line}: (the file): this is not TOML")


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "1" * 100_000])
def test_a_file_without_end_is_not_read(text: str) -> None:
    """Brackets in brackets, or digits: the parser gives up before it has a line to name."""
    assert errors_of(text) == ["policy.toml:1: (the file): this is not TOML"]


def test_an_unknown_key_is_told_with_the_known_ones() -> None:
    """In the order of the table."""
    known = "plain_http, networks, answer_seconds, retry_minutes, secret_overlap_hours, keep_days"
    text = TEXT.replace("[webhooks]\n", "[webhooks]\nhttp = true\n", 1)

    assert errors_of(text) == [
        f"policy.toml:{line_of('http', text)}: webhooks.http: unknown; known here: {known}"
    ]


def test_a_request_may_close_when_its_link_does() -> None:
    """Three days are seventy-two hours."""
    closing = TEXT.replace("close_after_days = 30", "close_after_days = 3", 1)

    assert parse_policy(closing, filename="policy.toml").activation.close_after_days == 3


def test_a_number_at_its_bound_is_read() -> None:
    """The bound itself is allowed."""
    text = TEXT.replace("text_characters = 300", "text_characters = 2000", 1)

    assert parse_policy(text, filename="policy.toml").limits.text_characters == 2000


def test_an_unknown_key_above_all_tables_points_to_its_own_line() -> None:
    """It belongs to no table."""
    assert "policy.toml:2: weekend: unknown" in errors_of("# \nweekend = 1\n" + TEXT)[0]


def test_a_table_that_is_an_array_points_to_its_own_line() -> None:
    """Two brackets where one was meant."""
    text = TEXT.replace("[corrections]", "[[corrections]]", 1)

    assert errors_of(text) == [
        f"policy.toml:{line_of('[[corrections]]', text)}: corrections: must be a table"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('countries = ["SA"]', 'countries = "SA"', "mobile.countries: must be a list in brackets"),
        ("due_days = 30", 'due_days = "30"', "corrections.due_days: must be a whole number"),
        (
            "prefect_form_decides = false",
            "prefect_form_decides = 1",
            "review.prefect_form_decides: must be true or false",
        ),
        ('countries = ["SA"]', "countries = [1]", "mobile.countries: must be a text in quotes"),
        (
            "approvals_on_warnings",
            "approvals = 1\napprovals_on_warnings",
            "review.approvals: must be a table",
        ),
    ],
)
def test_what_is_wrong_is_said_word_for_word(old: str, new: str, said: str) -> None:
    """As the operator reads it, beside the line."""
    text = TEXT.replace("[review.approvals]", "[x]", 1) if "approvals =" in new else TEXT
    text = text.replace(old, new, 1)

    assert f"policy.toml:{line_of(new.partition(chr(10))[0], text)}: {said}" in errors_of(text)


def test_an_unknown_key_is_told_which_ones_there_are() -> None:
    """One after the other, with commas."""
    (error,) = [one for one in errors_of("[references]\nx = 1\n") if "references.x" in one]
    (group,) = [
        one
        for one in errors_of(TEXT.replace("employer = 1\n", "employer = 1\nx = 1\n", 1))
        if "approvals.x" in one
    ]

    assert error.endswith("references.x: unknown; known here: calendar")
    assert group.endswith("known here: " + ", ".join(Group))


def test_a_choice_is_its_own_member(policy: Policy) -> None:
    """Not the text that names it."""
    assert all(type(cap.category) is Category for cap in policy.renewal.cpd.caps)
    assert all(type(group) is Group for group in policy.documents.employer_letter_for)


def test_a_word_of_a_list_is_read_as_what_it_stands_for() -> None:
    """Not as the text that it is written as."""
    weekend = frozen_policy().working_days.weekend

    assert {type(day) for day in weekend} == {Weekday}
