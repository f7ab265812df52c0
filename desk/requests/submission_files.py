"""Files of submissions: CSV with a row for each, or JSON with an object a line. All hostile."""

import codecs
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from desk.kinds.reading import SubmissionRefused, read_json
from desk.policy import current_policy
from desk.register.csv_file import CsvFile, OnHand, ReadLine
from desk.requests.submitting_many import SubmittedRow
from models.submission_keys import content_digest
from rules.errors import WrongUsage
from rules.findings.problems import Problems, ValueRefused, problem
from rules.register.fields import Field
from rules.requests.file_forms import FileForm
from rules.requests.statuses import Kind
from rules.values.registration_number import clean_registration_number
from rules.values.spreadsheet import yes_or_no

#: How the file's name ends.
CSV = frozenset({".csv"})
JSON_LINES = frozenset({".jsonl", ".ndjson"})

_NUMBER = "registration_number"
_KEY = "idempotency_key"
_CONFIRMED = "confirmed_by_applicant"
_LANGUAGE = "preferred_language"
#: The columns that say what is to change; an empty cell leaves it as it is.
_CHANGES: Mapping[Kind, frozenset[str]] = {
    Kind.PROFILE_UPDATE: frozenset(field.value for field in Field),
}
#: Characters of a key that is made of a row's content, after what begins it.
_OF_CONTENT = 40
#: Bytes that are read at once of a line that is too long to be looked at.
_PASSED_OVER = 65_536


class NotSubmissions(WrongUsage):
    """The file's name does not end as that of a file of submissions, or not of this kind."""

    def __init__(self, kind: Kind) -> None:
        endings = " or ".join(sorted(JSON_LINES | (CSV if takes(FileForm.CSV, kind) else set())))
        super().__init__(f"the name of a file of kind {kind} ends in {endings}")
        self.kind = kind


def read_rows(path: Path, kind: Kind, *, day_first: bool = False) -> Iterator[SubmittedRow[int]]:
    """The file's rows, each marked with the line on which it begins; they are read one by one.

    CSV as spreadsheets write it (`desk.register.csv_file`) has the columns ``registration_number``
    and ``confirmed_by_applicant`` (yes or no), the fields to change, and where they are wanted
    ``preferred_language`` and ``idempotency_key``. A line of JSON is what `mumaris request submit`
    takes; renewals and registrations have documents, which no cell holds, so they are JSON alone. A
    row without a key has one that its content makes (`key_of_row`). Raises `NotSubmissions` at
    once, and OSError.
    """
    ending = path.suffix.lower()
    if ending in JSON_LINES:
        return _json_rows_of(path, kind)
    if ending in CSV and takes(FileForm.CSV, kind):
        return _csv_rows(path, kind, day_first=day_first)
    raise NotSubmissions(kind)


def takes(form: FileForm, kind: Kind) -> bool:
    """Whether submissions of this kind can be written in such a file."""
    return form is FileForm.JSON_LINES or kind in _CHANGES


def rows_of(
    content: bytes, form: FileForm, kind: Kind, *, day_first: bool
) -> Iterator[SubmittedRow[int]]:
    """The rows of a file that is here, as `read_rows`; the caller has asked `takes`."""
    if form is FileForm.JSON_LINES:
        return _json_rows(io.BytesIO(content), kind)
    return _csv_rows(_Held(content), kind, day_first=day_first)


def key_of_row(kind: Kind, document: Mapping[str, Any]) -> str:
    """The key of a row that names none: the same row, of whatever file, has the same.

    Of the kind, the registration number however it was typed, and the rest as it was typed.
    """
    number = document.get(_NUMBER)
    if isinstance(number, str):
        pattern = current_policy().registration_number.pattern
        with suppress(ValueRefused):  # it is refused later; until then any key will do
            number = clean_registration_number(number, pattern=pattern)
    content = {**document, _NUMBER: number, _KEY: None, "kind": kind.value}
    return f"row-{content_digest(content)[:_OF_CONTENT]}"


@dataclass(frozen=True, repr=False)
class _Held:
    """A file without a name, in memory."""

    content: bytes
    name: str = "file"

    def read_bytes(self) -> bytes:
        """All of it."""
        return self.content


def _csv_rows(path: OnHand, kind: Kind, *, day_first: bool) -> Iterator[SubmittedRow[int]]:
    file = CsvFile(
        path,
        required=frozenset({_NUMBER, _CONFIRMED}),
        optional=_CHANGES[kind] | {_LANGUAGE, _KEY},
        day_first=day_first,
    )
    for line in file.read_lines():
        yield _csv_row(line, kind)


def _csv_row(line: ReadLine, kind: Kind) -> SubmittedRow[int]:
    if line.cells is None:
        return SubmittedRow(line.number, None, noted=line.problems)
    cells, problems = line.cells, Problems()
    confirmed = problems.read(_CONFIRMED, lambda: yes_or_no(cells[_CONFIRMED] or "no"))
    document: dict[str, Any] = {
        _NUMBER: cells[_NUMBER],
        "changes": {name: cells[name] for name in sorted(_CHANGES[kind]) if cells.get(name)},
        _LANGUAGE: cells.get(_LANGUAGE) or None,
        _CONFIRMED: bool(confirmed),
    }
    document[_KEY] = cells.get(_KEY) or key_of_row(kind, document)
    return SubmittedRow(line.number, document, noted=(*line.problems, *problems.found))


def _json_rows_of(path: Path, kind: Kind) -> Iterator[SubmittedRow[int]]:
    with path.open("rb") as stream:
        yield from _json_rows(stream, kind)


def _json_rows(stream: BinaryIO, kind: Kind) -> Iterator[SubmittedRow[int]]:
    most = current_policy().limits.submission_bytes
    for number, line in _lines(stream, most):
        if not line.strip():
            continue
        try:
            document = dict(read_json(line, most_bytes=most))
            if document.get(_KEY) is None:
                document[_KEY] = key_of_row(kind, document)
        except SubmissionRefused as refused:
            yield SubmittedRow(number, None, noted=refused.problems)
        except RecursionError:  # read, and too deep for anything else
            yield SubmittedRow(number, None, noted=(problem("not_json", "submission"),))
        else:
            yield SubmittedRow(number, document)


def _lines(stream: BinaryIO, most: int) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers; of one that is too long only as much as shows that it is."""
    number = 0
    while read := stream.readline(most + 2):
        number += 1
        line = read.removeprefix(codecs.BOM_UTF8) if number == 1 else read
        yield number, line.rstrip(b"\r\n")
        while read and not read.endswith(b"\n"):
            read = stream.readline(_PASSED_OVER)
