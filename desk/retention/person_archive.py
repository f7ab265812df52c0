"""Everything that is held about one person as one archive: the answer to an access request.

Its tables are found by `models.own_rows`, as those of the copy that the person takes in the portal:
none can be forgotten. Beside them are the files of documents that are kept, and the e-mails that
were sent, as they were written, without what opens something.
"""

import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from desk.accounts.own_details import table_json
from desk.documents.looking import is_shown
from desk.documents.shelf import shelf
from desk.policy import current_policy
from documents.media_types import MediaType
from documents.receiving import ORIGINAL, content_of
from mail.composing.rendering import render
from mail.facts.stored import facts_from_json, secrets_of
from mail.settings import MailSettings
from models.access_log import AccessLine, Looked, Viewer
from models.database import transaction
from models.documents.documents import Upload, uploads_of
from models.documents.uses import lives_of
from models.officers import find_officer
from models.own_rows import OwnTable, Row, own_rows, own_tables
from models.practitioners import Practitioner, find_practitioner
from rules.errors import MumarisError
from rules.values.registration_number import clean_registration_number

#: Documents of one person that are looked for; policy lets nobody send so many.
_MOST_DOCUMENTS = 100_000
_AT_ONCE = 200
_SUFFIX = {
    MediaType.PDF: "pdf",
    MediaType.JPEG: "jpg",
    MediaType.PNG: "png",
    MediaType.HEIC: "heic",
}
#: In the place of a code or a link, which are kept nowhere.
_NOT_KEPT = "(not kept)"


@dataclass(frozen=True)
class ArchiveWritten:
    """What an archive holds."""

    tables: int
    documents: int
    emails: int
    #: Documents whose content could not be read; the index names them.
    missing: int


async def write_archive(
    registration_number: str, out: IO[bytes], *, officer: str, now: datetime
) -> ArchiveWritten:
    """Write the archive of the person with this number into an open file.

    The line of the access log, and one for each document, is kept before the first byte is written.
    Tables are read one after the other, each at its own moment. A document whose content cannot be
    read is named in the index, and stops nothing. Raises `ValueRefused` for what is no number,
    `models.practitioners.PractitionerUnknown`, `models.officers.OfficerUnknown`, and as
    `desk.documents.shelf.shelf` where there are documents.
    """
    pattern = current_policy().registration_number.pattern
    number = clean_registration_number(registration_number, pattern=pattern)
    async with transaction() as session:
        person = await find_practitioner(session, number)
        viewer = (await find_officer(session, officer)).user_name
        uploads = await uploads_of(session, person.id, limit=_MOST_DOCUMENTS)
        lives = await lives_of(session, uploads)
        shown = [one for one in reversed(uploads) if is_shown(lives[one.id], now)]
        lines = [(Looked.OWN_COPY, None), *((Looked.DOCUMENT_ORIGINAL, one.id) for one in shown)]
        session.add_all(
            AccessLine(
                at=now,
                viewer_kind=Viewer.OFFICER,
                viewer=viewer,
                what=what,
                practitioner_id=person.id,
                upload_id=upload_id,
                why="an access request",
            )
            for what, upload_id in lines
        )
    # To be moved about and opened anywhere: nothing in it is named after the person.
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = [table.name for table in own_tables() if await _table(archive, table, person)]
        emails = await _emails(archive, person)
        read, unread = await _documents(archive, shown)
        archive.writestr("index.txt", _index(now, tables, emails, read, unread))
    return ArchiveWritten(len(tables), len(read), len(emails), len(unread))


async def _table(archive: zipfile.ZipFile, table: OwnTable, person: Practitioner) -> bool:
    """Write the table's rows, where it holds any about the person."""
    if not await _rows(table, person, after=None, limit=1):
        return False
    with archive.open(f"tables/{table.name}.json", "w", force_zip64=True) as out:
        async for piece in table_json(table, person):
            out.write(piece.encode())
    return True


async def _emails(archive: zipfile.ZipFile, person: Practitioner) -> list[str]:
    settings, names = MailSettings(), list[str]()
    async for row in _all_rows(next(one for one in own_tables() if one.name == "letters"), person):
        if row["status"] != "sent":
            continue
        letter = str(row["letter"])
        name = f"emails/{len(names) + 1:04}-{letter}"
        secrets = dict.fromkeys(secrets_of(letter), _NOT_KEPT)
        try:
            words = render(facts_from_json(letter, row["facts"], **secrets), settings)
        except MumarisError:
            # Of a version whose letter had other facts: they are in the table as they were kept.
            name = f"{name}.json"
            archive.writestr(name, json.dumps(row["facts"], ensure_ascii=False))
        else:
            name = f"{name}.txt"
            head = f"To: {row['to_address']}\nDate: {row['settled_at']}\nSubject: {words.subject}\n"
            archive.writestr(name, f"{head}\n{words.text}")
        names.append(name)
    return names


async def _documents(
    archive: zipfile.ZipFile, uploads: Sequence[Upload]
) -> tuple[list[str], list[str]]:
    """The names of those that were written, and of those whose content could not be read."""
    read, unread = list[str](), list[str]()
    if not uploads:
        return read, unread
    here = shelf()
    for number, upload in enumerate(uploads, start=1):
        name = f"documents/{number:04}-{upload.kind}.{_SUFFIX[MediaType(upload.media_type)]}"
        try:
            pieces = content_of(
                here.store,
                here.keys,
                document_id=upload.id,
                wrapped_key=str(upload.wrapped_key),
                what=ORIGINAL,
            )
            content = b"".join([piece async for piece in pieces])
        except MumarisError:
            unread.append(name)
        else:
            archive.writestr(name, content)
            read.append(name)
    return read, unread


async def _all_rows(table: OwnTable, person: Practitioner) -> AsyncIterator[Row]:
    after: Row | None = None
    while found := await _rows(table, person, after=after, limit=_AT_ONCE):
        for row in found:
            yield row
        after = found[-1]


async def _rows(
    table: OwnTable, person: Practitioner, *, after: Row | None, limit: int
) -> Sequence[Row]:
    async with transaction() as session:
        return await own_rows(session, table, person.id, after=after, limit=limit)


def _index(
    now: datetime,
    tables: Sequence[str],
    emails: Sequence[str],
    read: Sequence[str],
    unread: Sequence[str],
) -> str:
    """What is in the archive, in both languages."""
    parts = [
        "جميع البيانات المحفوظة عن شخص واحد",
        "Everything that is held about one person",
        now.isoformat(timespec="seconds"),
        "",
        "الجداول، ملف لكل جدول (JSON) / Tables, a file each (JSON):",
        *(f"  tables/{name}.json" for name in tables),
        "",
        "رسائل البريد الإلكتروني كما أُرسلت، دون الروابط والرموز السرية /",
        "E-mails as they were sent, without secret links and codes:",
        *(f"  {name}" for name in emails or ["-"]),
        "",
        "المستندات / Documents:",
        *(f"  {name}" for name in read or ["-"]),
    ]
    if unread:
        parts += ["", "مستندات تعذرت قراءتها / Documents that could not be read:"]
        parts += [f"  {name}" for name in unread]
    return "\n".join(parts) + "\n"
