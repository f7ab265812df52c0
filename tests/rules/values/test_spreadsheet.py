"""Cells as spreadsheets leave them: what can only mean one thing is read, the rest is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.register.card import ActivityKind, Category
from rules.values.spreadsheet import (
    choice,
    column_names,
    one_line,
    refuse_damage,
    whole_number,
    yes_or_no,
)

MARKS = ["", "\u200e", "\u200f", "\u2066", "\u2069", "\u00a0", "\u200b", "\ufeff", "\ufe0f", " "]


def refused(code: str) -> pytest.RaisesExc[ValueRefused]:
    """A refusal with this code."""
    return pytest.RaisesExc(ValueRefused, check=lambda error: error.code == code)


@given(name=st.sampled_from(["registration_number", "first_name_ar", "birth_date"]), data=st.data())
def test_a_column_is_known_by_its_name_however_it_is_dressed(
    name: str, data: st.DataObject
) -> None:
    """Capitals, spaces, dashes, dots, brackets and marks that nobody sees."""
    joint = data.draw(st.sampled_from(["_", " ", "-", ".", "\u00a0", "\u2011", "", " (", "\n"]))
    dress = data.draw(st.sampled_from([str.upper, str.title, str.lower]))
    mark = data.draw(st.sampled_from(MARKS))

    typed = mark + dress(joint.join(name.split("_"))) + mark

    assert column_names(
        [typed, "no such"], {"registration_number", "first_name_ar", "birth_date"}
    ) == [
        name,
        None,
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("TRUE", True),
        ("yes", True),
        ("1", True),
        ("١", True),
        ("نعم", True),
        ("صح", True),
        (" Y ", True),
        ("\u200fنعم\u200f", True),
        ("FALSE", False),
        ("No", False),
        ("0", False),
        ("لا", False),
        ("خطأ", False),
    ],
)
def test_yes_and_no_are_read_in_both_languages(cell: str, expected: bool) -> None:
    """And as spreadsheets write them."""
    assert yes_or_no(cell) is expected


@pytest.mark.parametrize("cell", ["maybe", "2", "", "نعم لا"])
def test_what_is_neither_yes_nor_no_is_named(cell: str) -> None:
    """Nothing is taken for no."""
    with refused("yes_or_no"):
        yes_or_no(cell)


@given(member=st.sampled_from(list(Category)), data=st.data())
def test_a_choice_is_known_whatever_its_capitals(member: Category, data: st.DataObject) -> None:
    """And its spaces, dashes and marks."""
    dress = data.draw(st.sampled_from([str.upper, str.title, str.lower]))
    joint = data.draw(st.sampled_from(["_", " ", "-", "/", " / "]))
    mark = data.draw(st.sampled_from(MARKS))

    assert choice(Category, mark + dress(member.replace("_", joint)) + mark) is member


def test_an_unknown_choice_is_told_all_that_there_are() -> None:
    """So that nobody has to look them up."""
    with refused("choice_unknown") as told:
        choice(ActivityKind, "nap")

    assert "conference, course, workshop, online, internal, other" in str(told.value)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1000000008.0", "1000000008"),
        ("1000000008,00", "1000000008"),
        ("1,000,000,008", "1000000008"),
        ("\u200e1000000008.0", "1000000008"),
        ("20-150004", "20-150004"),
        ("1,000,008", "1000008"),
        ("12,345", "12,345"),
        ("King Road, 9", "King Road, 9"),
        ("0550010001", "0550010001"),
        ("AB123456", "AB123456"),
    ],
)
def test_a_number_that_lost_nothing_is_read(cell: str, expected: str) -> None:
    """Written as an amount it is the same number; anything else is for the rule of its field."""
    assert whole_number(cell) == expected


@pytest.mark.parametrize("cell", ["1.0E+09", "1,07E+09", "1e9", "9.66550310001E+11", "١٫٠E+٠٩"])
def test_a_shortened_number_is_named(cell: str) -> None:
    """Its last digits are gone, and no rule may take what is left for a number."""
    if "٫" in cell:
        cell = cell.replace("٫", ".")
    with refused("number_shortened"):
        whole_number(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Building 9\r\nKing Road\nRiyadh", "Building 9 King Road Riyadh"),
        (" a\u2028b\t c ", "a b c"),
        ('="0550010001"', "0550010001"),
        ("'0550010001", "0550010001"),
        ("'+966550010001", "+966550010001"),
        ("'Abdullah", "'Abdullah"),
        ("'0'5", "0'5"),
        ("'0 '5", "0 '5"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
    ],
)
def test_a_cell_is_one_line(cell: str, expected: str) -> None:
    """A number that was kept as a text is the text."""
    assert one_line(cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('=HYPERLINK("http://x.example")', "cell_formula"),
        ("=A1+1", "cell_formula"),
        ("+SUM(A1)", "cell_formula"),
        ("@SUM(A1)", "cell_formula"),
        ("#N/A", "cell_error"),
        ("#REF!", "cell_error"),
        ("#VALUE!", "cell_error"),
        ("########", "cell_too_narrow"),
        ("????", "letters_lost"),
        ("??? ????", "letters_lost"),
        ("?", "letters_lost"),
        ("????? 12, Riyadh", "letters_lost"),
        ("Se\ufffdor", "letters_lost"),
    ],
)
def test_what_a_spreadsheet_left_instead_of_a_value_is_named(cell: str, code: str) -> None:
    """With the cure, which a rule of the field would not know."""
    with refused(code):
        refuse_damage(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "KSU(Riyadh)",
        "+966550010001",
        "-",
        "= see file",
        "#12 King Road",
        "Who? Me",
        "a@b.example",
    ],
)
def test_ordinary_cells_are_not_damage(cell: str) -> None:
    """An address may hold nearly anything."""
    refuse_damage(cell)
