"""What an officer who searches may have typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.requests.reference_number import format_reference
from rules.requests.searched import LONGEST, By, NothingToSearchFor, Searched, read_search
from rules.requests.statuses import Kind

REFERENCE = format_reference(Kind.PROFILE_UPDATE, 1448, 123)


def read(typed: str) -> Searched:
    """The rule, where registration numbers have eight digits."""
    return read_search(typed, registration_pattern="[0-9]{8}")


@pytest.mark.parametrize(
    ("typed", "exact"),
    [
        ("K7Q2-M9XD", {By.TRACKING_CODE: "K7Q2-M9XD"}),
        ("\u2066k7q2 m9xd\u2069", {By.TRACKING_CODE: "K7Q2-M9XD"}),
        (REFERENCE, {By.REFERENCE_NUMBER: REFERENCE}),
        (REFERENCE.lower().replace("-", ""), {By.REFERENCE_NUMBER: REFERENCE}),
        ("1000000008", {By.IDENTITY_NUMBER: "1000000008"}),
        ("١٠٠٠٠٠٠٠٠٨", {By.IDENTITY_NUMBER: "1000000008"}),
        ("Noura@Example.COM", {By.EMAIL: "noura@example.com"}),
        (
            "2010-4567",
            {
                By.REGISTRATION_NUMBER: "20104567",
                By.IDENTITY_NUMBER: "20104567",
                By.TRACKING_CODE: "2010-4567",
            },
        ),
    ],
)
def test_numbers_codes_and_addresses(typed: str, exact: dict[By, str]) -> None:
    """All that the text can be, and no name."""
    found = read(typed)

    assert found.exact == exact
    assert found.name == ()
    assert found.ways == tuple(exact)


def test_a_word_can_be_a_code_and_a_name() -> None:
    """Eight letters, where I and L may stand for 1."""
    found = read("Khaledma")

    assert found.ways == (By.TRACKING_CODE, By.NAME)
    assert found.name == ("khaledma",)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("نورة القحطاني", ("نوره", "القحطاني")),
        ("J Smith", ("smith",)),
        ("Li", ("li",)),
        ("<b>Noura</b>", ("bnourab",)),
        ("ab " * 10, ("ab",) * 10),
        ("n" * 100, ("n" * 100,)),
        (" " * (LONGEST - 2) + "Li", ("li",)),
    ],
)
def test_anything_else_is_a_name(typed: str, name: tuple[str, ...]) -> None:
    """In folded words; a single letter says nothing."""
    assert read(typed) == Searched({}, name)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "%",
        "ن",
        "a b c",
        "12",
        "x1",
        "a@b",
        "\0",
        "ab " * 11,
        "n" * 101,
        "n" * (LONGEST + 1),
        "\ufdfa" * 9,
    ],
)
def test_what_is_nothing_is_refused(typed: str) -> None:
    """Before anybody asks the database."""
    with pytest.raises(NothingToSearchFor):
        read(typed)


@given(st.text(max_size=LONGEST + 10))
def test_any_text_is_read_or_refused(typed: str) -> None:
    """Nothing else, and its `repr` says nothing of it."""
    try:
        found = read(typed)
    except NothingToSearchFor:
        return

    assert found.ways
    assert repr(found).startswith("<")


def test_an_address_beyond_ascii_is_looked_for() -> None:
    """Some mailboxes are named in Arabic."""
    assert read("سارة@example.com").exact == {By.EMAIL: "سارة@example.com"}
