"""CSV files as spreadsheets write them: the same rows, however they were saved."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.register.csv_file import CsvFile
from rules.findings.problems import Problems

REQUIRED = frozenset({"registration_number", "address"})
OPTIONAL = frozenset({"birth_date", "active"})
HEADER = ["registration_number", "address", "birth_date", "active"]
#: What an address may be: with separators, quotes and Arabic letters in it.
TEXTS = st.text("ab ,;\t|\"'شارع\n\r", min_size=1, max_size=12).filter(
    lambda text: text.strip(" \"'\n\r\t,;|") != ""
)


def read(
    folder: Path, data: bytes | str, *, day_first: bool = False
) -> tuple[list[Mapping[str, str]], list[tuple[int, str, str, str]]]:
    """The rows, and the problems: (line, field, code, value)."""
    path = folder / "file.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    file = CsvFile(path, REQUIRED, OPTIONAL, day_first=day_first)

    def judge(cells: Mapping[str, str], _: Problems) -> tuple[str, Mapping[str, str]]:
        return cells["registration_number"], dict(cells)

    rows = list(file.judged(judge, key=lambda _: "registration_number").values())
    return rows, [(p.line, p.problem.field, p.problem.code, p.value) for p in file.problems]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(addresses=st.lists(TEXTS, min_size=1, max_size=4), data=st.data())
def test_a_file_says_the_same_however_it_was_saved(
    tmp_path: Path, addresses: list[str], data: st.DataObject
) -> None:
    """Separator, encoding, line ends, quotes, header, blank rows and blank columns vary."""
    extra = data.draw(st.integers(0, 3), label="blank columns")
    dress = data.draw(st.sampled_from([str, str.title, str.upper]))
    header = [
        dress(name.replace("_", data.draw(st.sampled_from(["_", " ", "-"])))) for name in HEADER
    ]
    records = [header]
    for number, address in enumerate(addresses):
        records += [[""] * 4] * data.draw(st.integers(0, 2), label="blank rows")
        records.append([f"20-15000{number}", address, "1988-04-11", ""])
    records += [[" ", "", "\u200e", ""]] * data.draw(st.integers(0, 2), label="last blank rows")
    text = written(
        [[*record, *[""] * extra] for record in records],
        separator=(separator := data.draw(st.sampled_from(",;\t|"))),
        end=data.draw(st.sampled_from(["\n", "\r\n", "\r"])),
        quotes=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
        if not any(set("\r\n") & set(address) for address in addresses)
        else csv.QUOTE_ALL,
    )
    first = data.draw(st.sampled_from(["", f"sep={separator}\r\n", f'"sep={separator}"\n']))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]))
    mark = "\ufeff" * data.draw(st.integers(0, 2)) if encoding == "utf-8-sig" else ""

    rows, problems = read(tmp_path, (mark + first + text).encode(encoding))

    assert problems == []
    assert [row["address"] for row in rows] == [" ".join(each.split()) for each in addresses]
    assert {row["birth_date"] for row in rows} == {"1988-04-11"}


def written(records: Sequence[Sequence[str]], *, separator: str, end: str, quotes: int) -> str:
    """The records as a CSV text."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator=end, quoting=quotes).writerows(records)  # type: ignore[arg-type] # quotes is one of the module's constants
    return stream.getvalue()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", (1, "file", "columns_not_named", "")),
        ("\n\n", (1, "file", "columns_not_named", "")),
        ("20-150001,Riyadh\n", (1, "file", "columns_not_named", "")),
        ("\nRegister 2026,\n", (2, "file", "columns_not_named", "")),
        ("registration_number\n1,2\n", (1, "file", "columns_missing", "")),
        (
            "registration_number,address,Address\n1,2,3\n",
            (1, "file", "columns_repeated", ""),
        ),
        ("registration_number,address,Phone\n1,2,3\n", (1, "file", "columns_unknown", "")),
        (
            "registration_number,address,\n1,2,\n3,4,5\n6,7,8\n",
            (3, "column 3", "column_without_name", "5"),
        ),
        ("registration_number,address\n1,Riyadh, KSA\n", (2, "file", "cells_miscounted", "")),
        ("registration_number,address\n1\n", (2, "file", "cells_miscounted", "")),
        ('registration_number,address\n1,"Riyadh\n2,b\n', (2, "file", "quote_misplaced", "")),
        ('registration_number,address\n1,"a"b\n', (2, "file", "quote_misplaced", "")),
        ('registration_number,address\n1,"a\nb"\n2,"c\n', (4, "file", "quote_misplaced", "")),
        ("registration_number,address\n1," + "x" * 200_000, (2, "file", "quote_misplaced", "")),
        ("registration_number,address\n1," + "x" * 20_000, (2, "file", "too_long", "")),
        (
            "sep=;\nregistration_number;address\n1;a\n1;b\n",
            (4, "registration_number", "line_repeated", "1"),
        ),
        ("registration_number,address\n1,=A1\n", (2, "address", "cell_formula", "=A1")),
        (
            "registration_number,address\n1E+9,a\n",
            (2, "registration_number", "number_shortened", "1E+9"),
        ),
        ("<html><table>", (1, "file", "not_csv", "")),
    ],
)
def test_one_cause_is_one_problem(
    tmp_path: Path, text: str, problem: tuple[int, str, str, str]
) -> None:
    """With the line on which its record begins, and the value where there is one."""
    assert read(tmp_path, text)[1] == [problem]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_single_column_beside_blank_ones_is_read(tmp_path: Path, separator: str) -> None:
    """One known name is all that tells which separator it is."""
    path = tmp_path / "file.csv"
    path.write_text(f"address{separator * 2}\nRiyadh{separator * 2}\n")
    file = CsvFile(path, frozenset({"address"}))

    rows = file.judged(lambda cells, _: (cells["address"], cells), key=lambda _: "address")

    assert (list(rows), file.problems) == (["Riyadh"], [])


def test_a_record_over_several_lines_counts_where_it_begins(tmp_path: Path) -> None:
    """The next one's line is right as well."""
    text = 'registration_number,address\n1,"Building 9\nKing Road\nRiyadh"\n2,=A1\n'

    rows, problems = read(tmp_path, text)

    assert rows[0]["address"] == "Building 9 King Road Riyadh"
    assert problems == [(5, "address", "cell_formula", "=A1")]


def test_cells_that_spreadsheets_leave_out_at_the_end_are_empty(tmp_path: Path) -> None:
    """Where nothing has to stand in them; and more than there are columns, where all are empty."""
    text = "registration_number,address,birth_date,active\n1,a\n2,b,1988-04-11\n3,c,,,,,\n"

    rows, problems = read(tmp_path, text)

    assert problems == []
    assert [row["active"] for row in rows] == ["", "", ""]


@pytest.mark.parametrize(
    ("dates", "codes"),
    [
        (["11/04/1988", "25/12/1990"], []),
        (["21/07/1402", "11/04/1402"], []),
        (["11/04/1988", "1990-12-25"], ["date_order_unknown"]),
        (["11/04/1988", "12/25/1990"], ["date_month_first"]),
        (["1988-04-11 00:00:00", "32243"], ["date_serial"]),
    ],
)
def test_the_dates_of_a_file_say_in_which_order_they_are(
    tmp_path: Path, dates: list[str], codes: list[str]
) -> None:
    """Each doubtful one is told with its line."""
    lines = [f"{number},a,{day}\n" for number, day in enumerate(dates)]

    _, problems = read(tmp_path, "registration_number,address,birth_date\n" + "".join(lines))

    assert [code for _, _, code, _ in problems] == codes


def test_dates_are_read_with_the_day_first_where_that_is_said(tmp_path: Path) -> None:
    """By whoever knows the file."""
    text = "registration_number,address,birth_date\n1,a,11/04/1988\n"

    rows, problems = read(tmp_path, text, day_first=True)

    assert (rows[0]["birth_date"], problems) == ("1988-04-11", [])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("registration_number,address\n1,ماهر\n".encode("cp1256"), (2, "windows_arabic")),
        ("registration_number,address\n1,Zoë\n".encode("latin-1"), (2, "not_utf8")),
        (b"\xff\xfe\x00", (1, "not_utf8")),
        (b"PK\x03\x04rest", (1, "not_csv")),
        (b"\xd0\xcf\x11\xe0rest", (1, "not_csv")),
        (b"%PDF-1.7", (1, "not_csv")),
    ],
)
def test_what_is_not_text_for_certain_is_named(
    tmp_path: Path, data: bytes, problem: tuple[int, str]
) -> None:
    """A guess would make another name of a name, and nobody would see it."""
    assert read(tmp_path, data) == ([], [(problem[0], "file", problem[1], "")])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    """Nothing that is called a CSV file breaks the reader."""
    rows, problems = read(tmp_path, b"registration_number,address\n" + data)

    assert rows or problems or not any(map(str.isalnum, data.decode(errors="replace")))


def test_the_name_of_an_unknown_column_is_not_repeated(tmp_path: Path) -> None:
    """It may be anything, where the line of names was forgotten."""
    path = tmp_path / "file.csv"
    path.write_text("registration_number,address,\x1b[31mphone\n")
    file = CsvFile(path, REQUIRED, OPTIONAL)

    file.judged(lambda _, __: None, key=lambda _: "")

    (found,) = file.problems
    assert found.problem.sentence.en == (
        "Columns with unknown names, by position: 3. Delete them or correct their names: "
        "active, birth_date."
    )
