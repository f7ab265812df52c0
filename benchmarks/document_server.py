"""The servers that benchmarks of documents ask: ``python -m benchmarks.document_server KIND PORT``.

- ``ours`` is the application of documents, as it is.
- ``keeping`` is the same, and answers when a file is kept: it is not scanned and not drawn.
- ``bare`` is FastAPI, which writes the same bytes to the disk: ``/form`` with its own `UploadFile`,
  ``/body`` as they come, without looking for a form in them.

All are served as the portal is.
"""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import uvicorn
from fastapi import FastAPI, Form, Request, UploadFile

from desk.documents import adding
from desk.looks import Looker
from models.database import transaction
from models.documents.documents import Upload, find_upload
from portal.documents.app import documents_app
from portal.web.serving import configuration

#: Where the bare side writes.
BARE_FOLDER = "MUMARIS_BENCHMARK_FOLDER"
_READ_BYTES = 256 * 1024


async def who_says(request: Request) -> Looker:
    """The practitioner whom a header names."""
    return Looker.owner(request.headers["x-owner"])


def _ours() -> FastAPI:
    return documents_app(who_says)


def _keeping() -> FastAPI:
    async def as_kept(upload_id: str, *, now: datetime | None = None) -> Upload:  # noqa: ARG001
        async with transaction() as session:
            return await find_upload(session, upload_id)

    vars(adding)["check"] = as_kept
    return _ours()


def _bare() -> FastAPI:
    app = FastAPI()
    folder = Path(os.environ[BARE_FOLDER])
    numbers = iter(range(10**9))

    def to_be_written() -> BinaryIO:
        return (folder / f"{next(numbers)}").open("wb")

    @app.post("/form")
    async def form(document: UploadFile, kind: Annotated[str, Form()]) -> str:
        with to_be_written() as file:
            while piece := await document.read(_READ_BYTES):
                file.write(piece)
            _settle(file)
        return kind

    @app.post("/body")
    async def body(request: Request) -> None:
        with to_be_written() as file:
            async for piece in request.stream():
                file.write(piece)
            _settle(file)

    return app


def _settle(file: BinaryIO) -> None:
    """On the disk, and its name as well, as we promise it."""
    file.flush()
    os.fsync(file.fileno())
    folder = os.open(os.path.dirname(file.name), os.O_RDONLY)  # noqa: PTH120 - of an open file
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


SERVERS: Mapping[str, Callable[[], FastAPI]] = {
    "ours": _ours,
    "keeping": _keeping,
    "bare": _bare,
}


def main(kind: str, port: int) -> None:
    """Serve until stopped."""
    config = configuration(SERVERS[kind](), "127.0.0.1", port)
    config.log_level = "warning"
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
