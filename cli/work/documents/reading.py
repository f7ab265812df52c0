"""What the command `mumaris review read` does; imported when it runs."""

from dataclasses import dataclass, replace
from datetime import date

import typer

from cli.errors import refuse
from cli.show.case_documents import case_document_json
from cli.show.output import print_json, words
from cli.signed_in import run_as_officer
from desk.cases.case import Case, read_case
from desk.cases.documents import CaseDocument
from desk.clock import utc_now
from desk.looks import Looker
from desk.requests.document_reading import ReadingRefused, read_document
from rules.requests.document_readings import UNREADABLE, DocumentRead, Particular, as_stated
from rules.requests.documents import DocumentOnRequest


@dataclass(frozen=True, kw_only=True, repr=False)
class Said:
    """What was typed of a document."""

    as_stated: bool
    issuer: str | None
    issued_on: date | None
    expires_on: date | None
    without_expiry: bool
    unreadable: bool

    def checked(self) -> None:
        """A usage error where nothing was said, or two things that exclude each other."""
        shown = (self.as_stated, self.issuer, self.issued_on, self.expires_on, self.without_expiry)
        says_something = any(part not in {None, False} for part in shown)
        if self.unreadable and says_something:
            raise typer.BadParameter("what cannot be read shows nothing: --unreadable stands alone")
        if not self.unreadable and not says_something:
            raise typer.BadParameter("say what it shows, or --as-stated, or --unreadable")
        if self.without_expiry and self.expires_on is not None:
            raise typer.BadParameter("it shows a last valid day or none: one of the two")

    def of(self, stated: DocumentOnRequest) -> DocumentRead:
        """The reading: what was not said is as it is stated."""
        if self.unreadable:
            return UNREADABLE
        read = as_stated(stated)
        return replace(
            read,
            issuer=read.issuer if self.issuer is None else self.issuer,
            issued_on=self.issued_on or read.issued_on,
            expires_on=None if self.without_expiry else self.expires_on or read.expires_on,
        )


def read(code: str, number: int, said: Said, *, as_json: bool) -> None:
    """Keep what was read, and print in what it differs."""
    said.checked()

    async def work(officer: str) -> tuple[Particular, ...]:
        case = await read_case(code, by=Looker.officer(officer), now=utc_now())
        document = _document(case, number)
        if document.stated is None or document.file is None:
            raise typer.BadParameter(f"document {number} is not read in this round")
        return await read_document(
            code,
            document.file.upload.id,
            officer,
            said.of(document.stated),
            now=utc_now(),
            round_=case.gate.round,
        )

    try:
        differ = run_as_officer(work)
    except ReadingRefused as refused:
        raise refuse(refused.problems, language="en") from None
    if as_json:
        case = run_as_officer(
            lambda officer: read_case(code, by=Looker.officer(officer), now=utc_now())
        )
        print_json(case_document_json(_document(case, number), utc_now()))
    else:
        typer.echo(_said(said, differ))


def _document(case: Case, number: int) -> CaseDocument:
    for document in case.documents:
        if document.number == number:
            return document
    raise typer.BadParameter(f"the request has no document {number}; see `mumaris review show`")


def _said(said: Said, differ: tuple[Particular, ...]) -> str:
    if said.unreadable:
        return "noted: it cannot be read"
    if not differ:
        return "noted: as stated"
    return f"noted; differs from what is stated in: {', '.join(words(each) for each in differ)}"
