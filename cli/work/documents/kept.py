"""What the commands of `mumaris document` do; imported when one of them runs."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import typer

from cli.errors import refuse
from cli.running import operations, run
from cli.show.documents import (
    DOCUMENT_TITLES,
    document_cells,
    document_facts,
    document_json,
    history_rows,
    look_rows,
    whole_json,
)
from cli.show.output import print_json, show_facts, show_table
from cli.show.shapes import REQUEST_TITLES, request_cells
from cli.work.files import readable_file
from desk.cases.uploads import UploadFile, UploadStanding, list_uploads, read_upload
from desk.clock import utc_now
from desk.documents import adding
from desk.documents.faults import UploadRefused
from models.documents.documents import Upload
from rules.documents.states import BEING_CHECKED
from rules.documents.words import STATES
from rules.values.document_kind import DocumentKind

T = TypeVar("T")


def add(file: Path, kind: DocumentKind, owner: str, *, as_json: bool, language: str) -> None:
    """Send the file in and print its number."""
    path = readable_file(file)
    sent = _send(lambda: adding.add(path, kind=kind, owner=owner), language)
    _tell(sent, as_json=as_json, language=language)


def replace(document: str, file: Path, *, as_json: bool, language: str) -> None:
    """Send the file in, in the other's place, and print its number."""
    path = readable_file(file)

    async def work() -> Upload:
        old = await read_upload(document, by=operations(), now=utc_now())
        return await adding.add(path, kind=old.upload.kind, owner=old.owner, replaces=document)

    _tell(_send(work, language), as_json=as_json, language=language)


def list_documents(owner: str, limit: int, *, as_json: bool) -> None:
    """The practitioner's documents, newest first."""

    async def work() -> tuple[UploadStanding, ...]:
        listed = list_uploads(owner, by=operations(), now=utc_now(), limit=limit)
        return await _with_lines(listed, "en")

    found = run(work)
    if as_json:
        print_json([document_json(one) for one in found])
    else:
        show_table(DOCUMENT_TITLES, [document_cells(one) for one in found])


def show(document: str, *, as_json: bool, language: str) -> None:
    """One document: where it stands, what has happened to it, what names it, who looked."""
    found = run(lambda: read_upload(document, by=operations(), now=utc_now()))
    if as_json:
        print_json(whole_json(found))
        return
    show_facts(document_facts(found, language))
    for title, titles, rows in (
        ("Used by", REQUEST_TITLES, [request_cells(one) for one in found.requests]),
        ("Looks", ("when (Riyadh)", "who", "what", "why"), look_rows(found.looks)),
        ("History", ("when (Riyadh)", "state", "by"), history_rows(found.history)),
    ):
        if rows:
            typer.echo()
            show_table(titles, rows, title=title)


def _send(work: Callable[[], Awaitable[Upload]], language: str) -> UploadFile:
    """The document as it stands now; raises `ProblemsFound` where it is of no use."""

    async def sent() -> UploadFile:
        return await read_upload(
            (await _with_lines(work(), language)).id, by=operations(), now=utc_now()
        )

    found = run(sent)
    if found.fault is not None:
        raise refuse([found.fault], language=language)
    return found


async def _with_lines(work: Awaitable[T], language: str) -> T:
    """The work, with what it refuses said one problem a line."""
    try:
        return await work
    except UploadRefused as refused:
        raise refuse(refused.problems, language=language) from None


def _tell(sent: UploadFile, *, as_json: bool, language: str) -> None:
    """Its number alone on stdout; whoever waits for more is told on stderr."""
    if as_json:
        print_json(document_json(sent))
        return
    typer.echo(sent.upload.id)
    if sent.upload.state in BEING_CHECKED:
        typer.echo(STATES[sent.upload.state].in_(language), err=True)
