"""The register's CSV files: hostile until every line was judged."""

from datetime import date
from pathlib import Path

import pytest

from desk.register_files import RegisterRefused, read_register_files

TODAY = date(2026, 11, 23)
REGISTER = Path(__file__).parent.parent.parent / "examples" / "register.csv"
TITLES, HUDA, *_ = REGISTER.read_text(encoding="utf-8").splitlines()


def problems_of(folder: Path, *lines: str | bytes) -> list[tuple[int, str, str]]:
    """What is refused in a register of these lines: (line, field, code)."""
    file = folder / "register.csv"
    file.write_bytes(
        b"\n".join(each if isinstance(each, bytes) else each.encode() for each in lines)
    )
    with pytest.raises(RegisterRefused) as refused:
        read_register_files(practitioners=file, today=TODAY)
    return [(each.line, each.problem.field, each.problem.code) for each in refused.value.problems]


def test_a_byte_order_mark_and_windows_line_ends_are_understood(tmp_path: Path) -> None:
    """As spreadsheets write them."""
    file = tmp_path / "register.csv"
    file.write_bytes(f"{TITLES}\r\n{HUDA}\r\n\r\n".encode("utf-8-sig"))

    files = read_register_files(practitioners=file, today=TODAY)

    assert list(files.practitioners) == ["20150001"]


def test_all_problems_of_a_line_are_told(tmp_path: Path) -> None:
    """Not the first alone."""
    line = HUDA.replace("SA,", "XX,").replace("+966550010001", "1").replace("هدى", "Huda")

    assert problems_of(tmp_path, TITLES, line) == [
        (2, "first_name_ar", "arabic_letters_only"),
        (2, "nationality", "nationality_unknown"),
        (2, "mobile", "mobile_form"),
    ]


@pytest.mark.parametrize(
    ("from_", "to", "problem"),
    [
        ("1084702131", "1084702132", (2, "identity_number", "identity_number_check_digit")),
        ("national_id", "iqama", (2, "identity_kind", "identity_kind_disagrees")),
        ("1990-03-14", "2030-03-14", (2, "birth_date", "date_in_future")),
        (",ar,", ",fr,", (2, "preferred_language", "wrong_type")),
        ("20-150001", "abc", (2, "registration_number", "registration_number_form")),
        ("2026-07-12", "12 July", (2, "confirmed_on", "date_form")),
        ("2026-07-12", "2027-07-12", (2, "confirmed_on", "date_in_future")),
        ("14 Palm", "\u202e14 Palm", (2, "address", "hidden_characters")),
        ("14 Palm", "\x0014 Palm", (2, "address", "hidden_characters")),
        ("14 Palm", "<b>14 Palm", (2, "address", "markup_characters")),
        ("Huda", "x" * 20_000, (2, "file", "too_long")),
        (",ar,", ",ar,more,", (2, "file", "cells_miscounted")),
    ],
)
def test_a_wrong_line_is_told_with_its_number(
    tmp_path: Path, from_: str, to: str, problem: tuple[int, str, str]
) -> None:
    """Field and code are those of a submission's rules."""
    assert problem in problems_of(tmp_path, TITLES, HUDA.replace(from_, to))


def test_a_practitioner_twice_is_told_at_the_second_line(tmp_path: Path) -> None:
    """With its dash and without it is the same number."""
    again = HUDA.replace("20-150001", "20150001")

    found = problems_of(tmp_path, TITLES, HUDA, again)

    assert found == [(3, "registration_number", "line_repeated")]


def test_columns_are_checked_before_lines(tmp_path: Path) -> None:
    """Missing, unknown and repeated ones; the name of an unknown one is not repeated."""
    titles = TITLES.replace("mobile", "\x1b[31mphone").replace("address", "email")

    assert problems_of(tmp_path, titles, HUDA) == [
        (1, "address", "field_missing"),
        (1, "mobile", "field_missing"),
        (1, "email", "column_repeated"),
        (1, "column 14", "field_unknown"),
    ]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((b"\xff\xfe\x00",), "not_utf8"),
        ((TITLES, '"an open quote'), "not_csv"),
        ((TITLES, "x" * 200_000), "not_csv"),
    ],
)
def test_what_is_not_a_csv_file_is_refused(
    tmp_path: Path, lines: tuple[str | bytes, ...], code: str
) -> None:
    """One problem, about the file."""
    assert [found[1:] for found in problems_of(tmp_path, *lines)] == [("file", code)]


def test_an_empty_file_misses_every_column(tmp_path: Path) -> None:
    """Rather than loading nobody."""
    assert len(problems_of(tmp_path, "")) == 19


def test_the_problems_of_all_files_are_told_together(tmp_path: Path) -> None:
    """One run shows what to put right everywhere."""
    officers, official = tmp_path / "officers.csv", tmp_path / "official.csv"
    officers.write_text("user_name,active\nNo Such Name,maybe\n")
    official.write_text("identity_number,nationality,birth_date\n3,SA,1990-02-31\n")

    with pytest.raises(RegisterRefused) as refused:
        read_register_files(officers=officers, official=official, today=TODAY)

    assert [(each.file, each.problem.field) for each in refused.value.problems] == [
        ("officers.csv", "user_name"),
        ("officers.csv", "active"),
        ("official.csv", "identity_number"),
        ("official.csv", "birth_date"),
    ]
