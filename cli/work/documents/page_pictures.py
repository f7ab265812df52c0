"""Writing the pages of a case's documents to a folder, each page a line of the access log."""

import os
import re
import stat
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from cli.errors import FileUnusable
from desk.cases.case import Case
from desk.documents.looking import look
from desk.looks import Looker

_WHY = "review"
_FOLDER = 0o700
_FILE = 0o600


async def write_pages(case: Case, folder: Path, officer: str, *, now: datetime) -> list[Path]:
    """The pictures of all pages that can be shown, as files for their owner alone; their paths.

    Their names say code, number, kind and page, and nobody's data. The folder is made, or holds
    nothing but such pictures of this very case, which these take the place of: what is there
    otherwise stays, and is a reason to refuse. Where it cannot be done, no picture is left. Raises
    `FileUnusable`, OSError, and as `desk.documents.looking.look`.
    """
    code = case.gate.tracking_code
    _make_room(folder, code)
    written: list[Path] = []
    done = False
    try:
        for document in case.documents:
            if document.file is None or not document.is_shown(now):
                continue
            upload = document.file.upload
            for page in range(1, (upload.pages or 0) + 1):
                seen = await look(
                    upload.id,
                    by=Looker.officer(officer),
                    page=page,
                    request_code=code,
                    why=_WHY,
                    now=now,
                )
                name = f"{code}-{document.number}-{document.kind}-page-{page}.jpg"
                written.append(folder / name)
                await _write(written[-1], seen.pieces)
        done = True
    finally:
        if not done:
            _remove(written)
    return written


def _make_room(folder: Path, code: str) -> None:
    """The folder, for its owner alone, without earlier pictures of the case."""
    ours = re.compile(rf"{re.escape(code)}-[0-9]+-[a-z_]+-page-[0-9]+\.jpg")
    try:
        folder.mkdir(mode=_FOLDER)
    except FileExistsError:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            raise FileUnusable(f"{folder} is not a folder") from None
    earlier = list(folder.iterdir())
    if not all(ours.fullmatch(path.name) for path in earlier):
        raise FileUnusable(
            f"{folder} holds other files: name an empty folder, or one that does not exist"
        )
    folder.chmod(_FOLDER)
    _remove(earlier)


async def _write(path: Path, pieces: AsyncIterator[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE)
    with os.fdopen(descriptor, "wb") as file:
        async for piece in pieces:
            file.write(piece)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
