"""The arguments and options that several commands share."""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from rules.requests.correctable import Correctable
from rules.requests.statuses import Kind
from rules.values.document_kind import DocumentKind
from rules.values.tracking_code import parse_tracking_code


class LanguageOption(StrEnum):
    """The language of the sentences that say what to put right."""

    AR = "ar"
    EN = "en"


def _complete_reason(incomplete: str) -> Iterator[tuple[str, str]]:
    from rules.requests.review import RejectionReason, ReturnReason

    for reason in (*ReturnReason, *RejectionReason):
        if reason.startswith(incomplete):
            yield reason.value, reason.sentence.en


def parse_day(text: str) -> date:
    """The day that was typed, Hijri or Gregorian; a usage error where it is none."""
    from rules.findings.problems import ValueRefused
    from rules.values.dates import parse_date

    try:
        return parse_date(text)
    except ValueRefused as refused:
        raise typer.BadParameter(str(refused)) from None


def parse_document_kind(text: str) -> DocumentKind:
    """The kind that was typed, with dashes or blanks too; a usage error with what comes close."""
    name = text.strip().lower().replace("-", "_").replace(" ", "_")
    if name in set(DocumentKind):
        return DocumentKind(name)
    close: list[str] = [kind for kind in DocumentKind if name and name in kind.split("_")]
    close = close or get_close_matches(name, list(DocumentKind), n=1)
    hint = f"did you mean {close[0]}?" if len(close) == 1 else f"one of {', '.join(DocumentKind)}"
    raise typer.BadParameter(f"{text!r} is not a kind of document: {hint}")


def complete_document_kind(incomplete: str) -> Iterator[str]:
    """The kinds that begin so."""
    return (kind.value for kind in DocumentKind if kind.startswith(incomplete))


def parse_attachment(text: str) -> tuple[DocumentKind, Path]:
    """``KIND=FILE`` as it was typed; a usage error where it is not that."""
    kind, sign, file = text.partition("=")
    if not sign or not file:
        raise typer.BadParameter(f"{text!r} is not KIND=FILE, such as employer_letter=letter.pdf")
    return parse_document_kind(kind), Path(file)


def Day(name: str, help_: str) -> Any:  # noqa: N802 - stands in annotations, beside `typer.Option`
    """An option that is a day, Hijri or Gregorian."""
    return typer.Option(name, parser=parse_day, metavar="DATE", help=help_)


Code = Annotated[
    str,
    typer.Argument(
        parser=parse_tracking_code,
        metavar="CODE",
        help="The tracking code; lower case, without dash and in Arabic digits is understood.",
    ),
]
ReasonOption = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar="CODE",
        help="The coded reason of a return or a rejection.",
        autocompletion=_complete_reason,
    ),
]
ActReason = Annotated[
    str, typer.Option("--reason", help="Why; kept with what is done. Name no person.")
]
Attach = Annotated[
    list[Any] | None,
    typer.Option(
        "--attach",
        metavar="KIND=FILE",
        parser=parse_attachment,
        help="Add this file as the document of this kind that FILE states; give it once for each.",
    ),
]
KindOption = Annotated[Kind, typer.Option("--kind", help="The kind of request.")]
KindFilter = Annotated[Kind | None, typer.Option("--kind", help="Only this kind.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Maximum number of rows.")]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Do it without asking; needed where nobody can answer.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, also when refused.")]
Lang = Annotated[
    LanguageOption,
    typer.Option("--lang", envvar="MUMARIS_LANG", help="Language of the problems."),
]

#: For files in which a date may be written in several ways.
DayFirst = Annotated[
    bool, typer.Option("--day-first", help="Read dates such as 11/04/1988 as day, month, year.")
]
#: What is to be corrected, of one request or of many.
FieldOption = Annotated[
    list[Correctable] | None,
    typer.Option("--field", metavar="FIELD", help="A field to correct; give it once for each."),
]
