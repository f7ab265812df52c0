"""`mumaris document`: the files that people send with their requests."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import (
    AsJson,
    Lang,
    LanguageOption,
    Limit,
    complete_document_kind,
    parse_document_kind,
)
from rules.values.document_id import parse_document_id
from rules.values.document_kind import DocumentKind

app = typer.Typer(name="document", help="Add, list, show and replace documents.")


Id = Annotated[
    str,
    typer.Argument(parser=parse_document_id, metavar="ID", help="The document's number."),
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A PDF or a JPEG, as policy allows.")]
Owner = Annotated[
    str,
    typer.Option(
        "--owner",
        metavar="NUMBER",
        help="The registration number of whose it is, with its dash or without it.",
    ),
]
KindOfDocument = Annotated[
    DocumentKind,
    typer.Option(
        "--kind",
        parser=parse_document_kind,
        metavar="KIND",
        autocompletion=complete_document_kind,
        help=f"One of {', '.join(DocumentKind)}.",
    ),
]


@app.command()
def add(
    file: File,
    *,
    kind: KindOfDocument,
    owner: Owner,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Add a file for a practitioner and print its number.

    It is sealed, scanned for viruses where a scanner is set up, and its pages are drawn. A
    submission then names it by its number. The same file twice is two documents; what no request
    names is destroyed after the days that policy says.

    Example: mumaris document add letter.pdf --kind employer_letter --owner 20-150002
    """
    from cli.work.documents import kept as work

    work.add(file, kind, owner, as_json=as_json, language=lang)


@app.command()
def replace(
    document: Id, file: File, *, as_json: AsJson = False, lang: Lang = LanguageOption.EN
) -> None:
    """Put a file in another one's place and print its number.

    It is of the same kind and the same practitioner. A document of a request that is being reviewed
    stays; once that request is returned, it can be replaced.

    Example: mumaris document replace 9b1c5c3a7f2e4d60a8b7c6d5e4f30211 letter.pdf
    """
    from cli.work.documents import kept as work

    work.replace(document, file, as_json=as_json, language=lang)


@app.command("list")
def list_(*, owner: Owner, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List a practitioner's documents, newest first.

    Example: mumaris document list --owner 20-150002
    """
    from cli.work.documents import kept as work

    work.list_documents(owner, limit, as_json=as_json)


@app.command()
def show(document: Id, *, as_json: AsJson = False, lang: Lang = LanguageOption.EN) -> None:
    """Show where a document stands, what uses it, who looked.

    It says until when it is kept and why, but shows nothing of its content.

    Example: mumaris document show 9b1c5c3a7f2e4d60a8b7c6d5e4f30211
    """
    from cli.work.documents import kept as work

    work.show(document, as_json=as_json, language=lang)
