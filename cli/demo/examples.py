"""What is in `examples/`, good on any day: submissions, and the files of their documents."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cli.demo.letters import stamped
from desk.documents.attaching import Attachment
from rules.values.document_kind import DocumentKind

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
REGISTER = EXAMPLES / "register.csv"
OFFICERS = EXAMPLES / "officers.csv"
OFFICIAL_RECORDS = EXAMPLES / "official_records.csv"
CARDS = EXAMPLES / "cards.csv"
LEDGER = EXAMPLES / "cpd_ledger.csv"
#: ``NN-kind.pdf``: the document of this kind that the submissions with this number state.
SUBMITTED = EXAMPLES / "submissions" / "documents"

#: The day on which the dates of the cards and the ledger are right as they stand.
WRITTEN_FOR = date(2026, 11, 23)
_DAY = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b")

#: How many days before a run each kind of document was issued.
_ISSUED_DAYS_AGO: Mapping[str, int] = {
    DocumentKind.EMPLOYER_LETTER: 20,
    DocumentKind.MEDICAL_REPORT: 10,
    DocumentKind.RESIDENCE_CARD: 300,
}
_VALID_FOR_DAYS = 400


def read_example(name: str, today: date) -> dict[str, Any]:
    """The submission in ``examples/submissions/<name>``, its documents dated to be good today.

    A letter that may be three months old at most would spoil the file that holds it. The same day,
    the same submission. Raises OSError where there is no such file.
    """
    text = (EXAMPLES / "submissions" / name).read_text(encoding="utf-8")
    submission: dict[str, Any] = json.loads(text)
    for document in submission.get("documents", []):
        _date_again(document, today)
    return submission


def files_of(name: str, submission: Mapping[str, Any], folder: Path) -> list[Attachment]:
    """The files in ``examples/submissions/documents`` of what the submission states, dated so."""
    found: list[Attachment] = []
    for stated in submission.get("documents", []):
        file = SUBMITTED / f"{name[:2]}-{stated['kind']}.pdf"
        if file.exists():
            dated = folder / file.name
            dated.write_bytes(stamped(file.read_bytes(), date.fromisoformat(stated["issued_on"])))
            found.append((DocumentKind(stated["kind"]), dated))
    return found


def dated_again(file: Path, folder: Path, today: date) -> Path:
    """A copy of the CSV file in this folder, all of its days moved as far as today has.

    So that a card which expires in a month always does. Raises OSError.
    """
    moved = today - WRITTEN_FOR
    text = _DAY.sub(
        lambda found: (date.fromisoformat(found[0]) + moved).isoformat(),
        file.read_text(encoding="utf-8"),
    )
    copy = folder / file.name
    copy.write_text(text, encoding="utf-8")
    return copy


def _date_again(document: dict[str, Any], today: date) -> None:
    days_ago = _ISSUED_DAYS_AGO.get(document["kind"])
    if days_ago is None:
        return
    issued_on = today - timedelta(days=days_ago)
    document["issued_on"] = issued_on.isoformat()
    if "expires_on" in document:
        document["expires_on"] = (issued_on + timedelta(days=_VALID_FOR_DAYS)).isoformat()
