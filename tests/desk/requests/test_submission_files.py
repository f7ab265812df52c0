"""Files of submissions as people really have them, row by row."""

import json
from pathlib import Path
from typing import Any

import pytest

from desk.policy import current_policy
from desk.requests.submission_files import NotSubmissions, key_of_row, read_rows
from desk.requests.submitting_many import SubmittedRow
from rules.requests.statuses import Kind
from support.people import contact_change

KIND = Kind.PROFILE_UPDATE
HEADER = "registration_number,mobile,birth_date,confirmed_by_applicant"
LIMIT = current_policy().limits.submission_bytes


def csv_rows(folder: Path, content: str | bytes, **how: Any) -> list[SubmittedRow[int]]:
    """The rows of a CSV file with this content."""
    path = folder / "updates.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path, KIND, **how))


def json_rows(folder: Path, content: bytes) -> list[SubmittedRow[int]]:
    """The rows of a file of JSON lines."""
    path = folder / "updates.jsonl"
    path.write_bytes(content)
    return list(read_rows(path, KIND))


def said(row: SubmittedRow[int]) -> dict[str, Any]:
    """What the row asks for, without its key."""
    assert isinstance(row.submission, dict)
    return {name: one for name, one in row.submission.items() if name != "idempotency_key"}


def codes(rows: list[SubmittedRow[int]]) -> list[tuple[int, list[tuple[str, str]]]]:
    """Of each row its line and what was noted of it."""
    return [(row.mark, [(one.field, one.code) for one in row.noted]) for row in rows]


NOURAS = {
    "registration_number": "20104567",
    "changes": {"mobile": "0551112233", "birth_date": "1988-04-17"},
    "preferred_language": None,
    "confirmed_by_applicant": True,
}


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n20104567,0551112233,1988-04-17,yes\n",
        f"\ufeff{HEADER}\r\n20104567,0551112233,17/04/1988,نعم\r\n",
        f"sep=;\n{HEADER}\n20104567,0551112233,17/04/1988,TRUE\n".replace(",", ";"),
        f"{HEADER}\n20104567,0551112233,1988-04-17,yes\n".replace(",", "\t").encode("utf-16"),
        f'\n{HEADER}\n\n20104567,"0551112233\n",1988-04-17,yes\n,,,\n',
        f"{HEADER},employer\n20104567,0551112233,1988-04-17,yes,\n",
    ],
    ids=["plain", "marks", "semicolons", "tabs in UTF-16", "empty lines", "an empty cell"],
)
def test_a_row_is_read_however_a_spreadsheet_wrote_it(tmp_path: Path, content: str | bytes) -> None:
    """An empty cell changes nothing."""
    rows = csv_rows(tmp_path, content)

    assert [said(row) for row in rows] == [NOURAS]
    assert codes(rows)[0][1] == []


def test_arabic_digits_and_hijri_dates_are_left_to_the_rules(tmp_path: Path) -> None:
    """They read them anywhere."""
    rows = csv_rows(tmp_path, f"{HEADER}\n٢٠١٠-٤٥٦٧,٠٥٥١١١٢٢٣٣,1408-09-01,yes\n")

    assert said(rows[0])["registration_number"] == "٢٠١٠-٤٥٦٧"
    assert codes(rows) == [(2, [])]


def test_each_bad_row_is_told_with_its_line_and_stops_no_other(tmp_path: Path) -> None:
    """Formulas, lost digits, cells too many, a NUL, and lines that quotes make longer."""
    rows = csv_rows(
        tmp_path,
        f"{HEADER}\n"
        "20104567,=1+1,1988-04-17,yes\n"
        '20104567,"05511\n12233",1988-04-17,perhaps\n'
        "20104567,9.66501E+11,,yes\n"
        "20104567,0551112233,,yes,,more\n"
        "20104567,0551112233,,yes\n",
    )

    assert codes(rows) == [
        (2, [("mobile", "cell_formula")]),
        (3, [("confirmed_by_applicant", "yes_or_no")]),
        (5, [("mobile", "number_shortened")]),
        (6, [("file", "cells_miscounted")]),
        (7, []),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("registration_number,mobile\n1,2\n", "columns_missing"),
        (f"{HEADER},salary\n1,2,,yes,3\n", "columns_unknown"),
        (f"{HEADER},Mobile\n1,2,,yes,3\n", "columns_repeated"),
        (f"{HEADER}\nنورة,2,,yes\n".encode("cp1256"), "windows_arabic"),
        (b"PK\x03\x04 a workbook", "not_csv"),
        (f'{HEADER}\n"20104567,0551112233,,yes\n', "quote_misplaced"),
        ("", "columns_not_named"),
    ],
)
def test_a_file_that_is_none_has_one_row_that_says_why(
    tmp_path: Path, content: str | bytes, code: str
) -> None:
    """Nothing of it is handed in."""
    rows = csv_rows(tmp_path, content)

    assert code in [one.code for row in rows for one in row.noted]
    assert [row.submission for row in rows] == [None] * len(rows)


def test_days_first_are_asked_about_where_no_date_tells(tmp_path: Path) -> None:
    """And taken as they are said."""
    content = f"{HEADER}\n20104567,,11/04/1988,yes\n"

    assert codes(csv_rows(tmp_path, content)) == [(2, [("birth_date", "date_order_unknown")])]
    first = csv_rows(tmp_path, content, day_first=True)
    assert said(first[0])["changes"] == {"birth_date": "1988-04-11"}


def test_a_line_of_json_is_what_submit_takes(tmp_path: Path) -> None:
    """With its mark at the beginning, and empty lines between."""
    lines = [json.dumps(contact_change()), "", json.dumps(contact_change(), ensure_ascii=False)]

    rows = json_rows(tmp_path, "\ufeff".encode() + "\r\n".join(lines).encode())

    assert [(row.mark, row.submission) for row in rows] == [
        (1, contact_change()),
        (3, contact_change()),
    ]


def test_each_line_that_is_no_json_is_told_and_stops_no_other(tmp_path: Path) -> None:
    """Names twice, numbers that are none, nesting without end, lines without end, other letters."""
    deep = b'{"changes": ' + b"[" * 900 + b"]" * 900 + b"}"
    bad = {
        b'{"changes": {}, "changes": {}}': "name_repeated",
        b'{"changes": NaN}': "not_json",
        b'{"changes": ' + b"[" * 100_000: "not_json",
        b'{"changes": "' + b"x" * LIMIT + b'"}': "submission_too_large",
        b'{"changes": "' + b"x" * 3 * LIMIT + b'"}': "submission_too_large",
        b"[1]": "not_an_object",
        "{نورة".encode("cp1256"): "not_json",
    }

    rows = json_rows(tmp_path, b"\n".join([*bad, deep, json.dumps(contact_change()).encode()]))

    assert [row.mark for row in rows] == list(range(1, len(bad) + 3))
    assert [row.noted[0].code for row in rows[: len(bad)]] == list(bad.values())
    assert rows[-1].submission == contact_change()


def test_the_key_of_a_row_is_its_own_or_its_contents(tmp_path: Path) -> None:
    """The same row has the same, in whatever file and order and however its number is typed."""
    whole = contact_change()
    del whole["idempotency_key"]
    dashed = {**whole, "registration_number": "20104567", "idempotency_key": None}
    other = {**whole, "changes": {"mobile": "0559998877"}}

    rows = json_rows(tmp_path, "\n".join(map(json.dumps, [whole, dashed, other])).encode())

    keys = [row.submission["idempotency_key"] for row in rows if isinstance(row.submission, dict)]
    assert keys[0] == keys[1] != keys[2]
    assert key_of_row(Kind.CARD_RENEWAL, whole) != keys[0]
    named = csv_rows(tmp_path, f"{HEADER},idempotency_key\n1,,,yes,their-own-1\n2,,,yes,\n")
    own = [row.submission["idempotency_key"] for row in named if isinstance(row.submission, dict)]
    assert own[0] == "their-own-1"
    assert own[1].startswith("row-")


def test_rows_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    """A file without end is begun all the same."""
    path = tmp_path / "many.jsonl"
    path.write_text(f"{json.dumps(contact_change())}\n" * 1_000)
    rows = read_rows(path, KIND)

    assert next(rows).mark == 1
    with path.open("a") as more:
        more.write("no json\n")
    assert [row.mark for row in rows if row.noted] == [1_001]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("updates.xlsx", KIND),
        ("updates", KIND),
        ("renewals.csv", Kind.CARD_RENEWAL),
        ("newcomers.csv", Kind.REGISTRATION),
    ],
)
def test_a_file_of_another_kind_is_wrong_usage(tmp_path: Path, name: str, kind: Kind) -> None:
    """Renewals and registrations have documents, which no cell holds."""
    with pytest.raises(NotSubmissions, match=f"of kind {kind} ends in .*jsonl"):
        read_rows(tmp_path / name, kind)
