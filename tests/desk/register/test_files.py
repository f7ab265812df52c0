"""The register's CSV files: hostile until every line was judged."""

from datetime import date
from pathlib import Path

import pytest

from desk.register.files import RegisterRefused, read_register_files

TODAY = date(2026, 11, 23)
REGISTER = Path(__file__).parents[3] / "examples" / "register.csv"
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


def test_a_register_is_read_as_a_spreadsheet_wrote_it(tmp_path: Path) -> None:
    """As spreadsheets write them."""
    file = tmp_path / "register.csv"
    titles = TITLES.replace("_", " ").title().replace(",", ";")
    line = HUDA.replace("1990-03-14", "14/03/1990").replace(",ar,", ",AR,").replace(",", ";")
    line = line.replace("national_id", "National ID").replace("+966", "'+966")
    text = f"sep=;\r\n{titles}\r\n{line}\r\n{';' * titles.count(';')}\r\n"
    file.write_bytes(text.encode("utf-16"))

    files = read_register_files(practitioners=file, today=TODAY)

    (huda,) = files.practitioners.values()
    assert (huda["birth_date"], huda["preferred_language"]) == (date(1990, 3, 14), "ar")
    assert (huda["identity_kind"], huda["mobile"]) == ("national_id", "+966550010001")


NAMES_OF_HUDA = "هدى,ناصر,علي,الحربي,Huda,Nasser,Ali,Alharbi"


@pytest.mark.parametrize(
    "names",
    [
        "سوكارنو,,,,Sukarno,,,",
        "هيين,,,نغوين,Hiền,,,Nguyễn",
        "صالح,,,الحمراء,Ṣāliḥ,,,al-Ḥamrāʾ",
        "كورازون,,,بينيا,Ma. Corazon,,,Dela Peña",
        "گل\u200cناز,,,خٹک,Gulnaz,,,Khattak",
        "ئازادە,,,ا\u0656لواحي,Azad,,,Al\u2011Wahi",
        "عبد الله,,,العتيبي,'Abdullah,Sana',,Al - Otaibi",
    ],
)
def test_people_are_registered_with_the_names_they_have(tmp_path: Path, names: str) -> None:
    """One name only, letters of other languages, and the signs that belong to names."""
    file = tmp_path / "register.csv"
    file.write_text(f"{TITLES}\n{HUDA.replace(NAMES_OF_HUDA, names)}\n", encoding="utf-8")

    assert len(read_register_files(practitioners=file, today=TODAY).practitioners) == 1


def test_a_citizen_of_a_gulf_state_is_registered(tmp_path: Path) -> None:
    """With the identity card of their country, in the official records too."""
    file, official = tmp_path / "register.csv", tmp_path / "official.csv"
    line = HUDA.replace("1084702131", "880412345").replace("national_id,SA", "gcc_id,BH")
    file.write_text(f"{TITLES}\n{line}\n", encoding="utf-8")
    official.write_text("identity_number,nationality,birth_date\n880412345,BH,1990-03-14\n")

    files = read_register_files(practitioners=file, official=official, today=TODAY)

    assert [row["identity_kind"] for row in files.practitioners.values()] == ["gcc_id"]
    assert files.official["880412345"].nationality == "BH"


def test_a_short_number_of_a_saudi_is_told_with_all_the_rest(tmp_path: Path) -> None:
    """It is no number of another country."""
    line = HUDA.replace("1084702131", "108470213").replace("+966550010001", "1")

    assert problems_of(tmp_path, TITLES, line) == [
        (2, "mobile", "mobile_form"),
        (2, "identity_number", "identity_number_form"),
    ]


def test_a_family_name_in_one_language_is_told(tmp_path: Path) -> None:
    """Somebody forgot the other."""
    line = HUDA.replace(",Alharbi,", ",,")

    assert problems_of(tmp_path, TITLES, line) == [
        (2, "family_name_en", "family_name_in_one_language")
    ]


def test_marks_around_numbers_are_no_part_of_them(tmp_path: Path) -> None:
    """As chat programs and PDF files leave them in every cell."""
    line = HUDA
    for typed in ("20-150001", "1084702131", "national_id", "+966550010001", "1990-03-14"):
        line = line.replace(typed, f"\u2066{typed}\u2069\u00a0")

    file = tmp_path / "register.csv"
    file.write_text(f"{TITLES}\n{line}\n", encoding="utf-8")

    (huda,) = read_register_files(practitioners=file, today=TODAY).practitioners.values()
    assert (huda["identity_number"], huda["birth_date"]) == ("1084702131", date(1990, 3, 14))


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
        (",ar,", ",fr,", (2, "preferred_language", "choice_unknown")),
        ("national_id", "passport", (2, "identity_kind", "choice_unknown")),
        ("1990-03-14", "14/03/90", (2, "birth_date", "date_form")),
        ("1990-03-14", "32946", (2, "birth_date", "date_serial")),
        ("1990-03-14", "03/04/1990", (2, "birth_date", "date_order_unknown")),
        ("1084702131", "1.08E+09", (2, "identity_number", "number_shortened")),
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
        (1, "file", "columns_missing"),
        (1, "file", "columns_repeated"),
        (1, "file", "columns_unknown"),
    ]


def test_two_practitioners_with_one_identity_number_are_told(tmp_path: Path) -> None:
    """A number is one person's; the earlier line is named."""
    other = HUDA.replace("20-150001", "20-150099")

    found = problems_of(tmp_path, TITLES, HUDA, "", other)

    assert found == [(4, "identity_number", "identity_number_repeated")]


def test_what_a_refused_file_holds_is_not_in_the_error(tmp_path: Path) -> None:
    """Errors end in logs; the screen alone shows the values."""
    file = tmp_path / "register.csv"
    file.write_text(f"{TITLES}\n{HUDA.replace('1990-03-14', '03/04/1990')}\n", encoding="utf-8")

    with pytest.raises(RegisterRefused) as refused:
        read_register_files(practitioners=file, today=TODAY)

    assert [each.value for each in refused.value.problems] == ["03/04/1990"]
    assert "1990" not in str(refused.value)


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
