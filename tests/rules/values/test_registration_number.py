"""Registration numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.policy.policy import Policy
from rules.values.registration_number import clean_registration_number, shown_registration_number

NUMBERS = st.from_regex(r"[A-Z]{0,3}[0-9]{6,12}", fullmatch=True)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@given(NUMBERS, st.data())
def test_a_number_is_the_same_with_its_dash_and_without(
    policy: Policy, number: str, data: st.DataObject
) -> None:
    """As printed on the card, or typed as the portal asks; in any digits and case."""
    at = data.draw(st.integers(0, len(number)))
    digits = data.draw(st.sampled_from([ARABIC, PERSIAN, {}]))
    typed = f" {number[:at]}-{number[at:]} ".lower().translate(digits)

    assert clean_registration_number(typed, pattern=policy.registration_number.pattern) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "1234567890123",
        "ABCD123456",
        "12-34567a",
        "1234_5678",
        "1234567²",
        "1' OR '1'='1",
        "1" * 10_000_000,
    ],
)
def test_what_is_no_registration_number_is_refused(policy: Policy, text: str) -> None:
    """The pattern must match all of it."""
    with pytest.raises(ValueRefused) as refused:
        clean_registration_number(text, pattern=policy.registration_number.pattern)

    assert refused.value.code == "registration_number_form"


def test_the_form_is_a_matter_of_policy() -> None:
    """The authority's form is not known (DOMAIN.md 1.1)."""
    assert clean_registration_number("12-rc-0042", pattern="[0-9]{2}RC[0-9]{4}") == "12RC0042"


@given(st.text(max_size=30))
def test_what_is_accepted_is_ascii_and_stays_the_same(policy: Policy, text: str) -> None:
    """No letter of another script upper-cases its way in."""
    pattern = policy.registration_number.pattern
    try:
        number = clean_registration_number(text, pattern=pattern)
    except ValueRefused:
        return

    assert number.isascii()
    assert clean_registration_number(number, pattern=pattern) == number


@given(NUMBERS)
def test_a_number_is_shown_with_one_dash_and_read_back(policy: Policy, number: str) -> None:
    """As the card prints it; the dash adds nothing to the number."""
    pattern = policy.registration_number.pattern

    shown = shown_registration_number(number, pattern=pattern)

    assert shown.count("-") == 1
    assert clean_registration_number(shown, pattern=pattern) == number


@pytest.mark.parametrize(
    ("number", "pattern", "shown"),
    [
        ("20104567", "([A-Z]{0,3}[0-9]{2})([0-9]{4,10})", "20-104567"),
        ("AB20104567", "([A-Z]{0,3}[0-9]{2})([0-9]{4,10})", "AB20-104567"),
        ("20104567", "([A-Z]*)([0-9]{3})([0-9]{3})([0-9]+)", "201-045-67"),
        ("20104567", "[0-9]{8}", "20104567"),
        ("20104567", "([0-9]{2})[0-9]{6}", "20104567"),
        ("20104567", "([0-9]{2})([0-9]{2})", "20104567"),
        ("", "([0-9]{2})([0-9]{4})", ""),
    ],
)
def test_the_dash_stands_where_policy_has_its_groups(number: str, pattern: str, shown: str) -> None:
    """Where the groups are not all of the number, it is shown as it is."""
    assert shown_registration_number(number, pattern=pattern) == shown
