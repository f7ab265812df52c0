"""Sending a file as its user does: wrong input first, then what is kept."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from desk.documents import adding
from desk.documents.adding import add
from desk.documents.faults import PathUnreadable, ScannerMissing, UploadRefused
from desk.policy import current_policy
from documents.keys import MasterKeys
from documents.receiving import content_of
from documents.store import Store, StoreAway
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown
from models.practitioners import PractitionerUnknown, find_practitioner
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES
from support.documents import cut, files_below, put_a_file_there, stream, whole
from support.people import NOURA
from support.policies import policy_with
from support.racing import until_somebody_waits
from support.requests import NOW
from support.uploads import all_uploads, told_of

pytestmark = pytest.mark.usefixtures("folder")
LETTER = EXAMPLES / "employer-letter.pdf"
MINE = NOURA["registration_number"]


async def sent(content: Any = LETTER, **more: Any) -> Upload:
    """What becomes of a file of Noura's."""
    wish = {"kind": DocumentKind.EMPLOYER_LETTER, "owner": MINE, "now": NOW} | more
    return await add(content, **wish)


async def refusal(content: Any = LETTER, **more: Any) -> tuple[str, str]:
    """The code and the field of what is said against it."""
    with pytest.raises(UploadRefused) as refused:
        await sent(content, **more)
    (found,) = refused.value.problems
    return found.code, found.field


async def nothing_is_kept(folder: Path) -> bool:
    return await all_uploads() == [] and not files_below(folder)


async def test_a_letter_is_ready_when_it_has_been_sent() -> None:
    """Kept with what was learnt of it, and with each step in its history."""
    upload = await sent()

    assert (upload.state, upload.pages, upload.media_type) == (
        DocumentState.READY,
        1,
        "application/pdf",
    )
    assert (upload.size_bytes, upload.scan) == (LETTER.stat().st_size, "no_scanner")
    assert upload.received_at == upload.state_since == NOW
    assert [(line.to_state, line.actor_kind) for line in await told_of(upload.id)] == [
        (DocumentState.RECEIVED, "owner"),
        (DocumentState.UNSCANNED, "scanner"),
        (DocumentState.READY, "renderer"),
    ]


async def test_what_is_kept_can_be_read_with_its_key(folder: Path) -> None:
    """As it was sent; without the key it is noise."""
    upload = await sent()

    keys = MasterKeys.from_text(os.environ["MUMARIS_DOCUMENT_KEYS"])
    which = {"document_id": upload.id, "wrapped_key": str(upload.wrapped_key)}
    content = await whole(content_of(Store.at(folder.as_uri()), keys, **which))

    assert content == LETTER.read_bytes()
    assert all(b"%PDF" not in file.read_bytes() for file in files_below(folder))


@pytest.mark.parametrize("owner", ["2010-4567", "٢٠١٠-٤٥٦٧", " 20104567 "])
async def test_a_number_is_read_however_it_is_typed(owner: str) -> None:
    """As on the card, in any digits."""
    assert (await sent(owner=owner)).state is DocumentState.READY


@pytest.mark.parametrize(
    "content",
    [
        LETTER,
        str(LETTER),
        BytesIO(LETTER.read_bytes()),
        cut(LETTER.read_bytes(), 1000),
    ],
    ids=["path", "text", "open file", "stream"],
)
async def test_a_file_is_sent_from_wherever_it_is(content: Any) -> None:
    """A path, an open file, a stream."""
    assert (await sent(content)).size_bytes == LETTER.stat().st_size


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing.pdf", "No such file or directory"),
        (".", "Is a directory"),
        ("a\0b", "not a path"),
        ("/dev/null", "not a regular file"),
        ("n" * 300, "File name too long"),
    ],
)
async def test_what_is_no_file_is_told_and_not_quoted(
    path: str, reason: str, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the reason alone: a file's name may be a person's."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(PathUnreadable) as refused:
        await sent(path)

    assert str(refused.value) == f"the file cannot be read: {reason}"
    assert await nothing_is_kept(folder)


async def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    """It is no file either."""
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(PathUnreadable, match="not a regular file"):
        await sent(tmp_path / "pipe")


@pytest.mark.parametrize("content", [b"%PDF-1.7", None, 7, [b"%PDF-1.7"]])
async def test_what_is_no_content_is_a_type_error(content: Any, folder: Path) -> None:
    """A mistake of whoever wrote the call, and said so."""
    with pytest.raises(TypeError, match="a path, an open binary file or an async iterable"):
        await sent(content)

    assert await nothing_is_kept(folder)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"owner": "20-1"}, ("registration_number_form", "registration_number")),
        ({"owner": ""}, ("registration_number_form", "registration_number")),
        ({"owner": "2010\u200b4567\0"}, ("hidden_characters", "registration_number")),
        ({"kind": "passport"}, ("document_kind_unknown", "kind")),
        ({"kind": DocumentKind.IDENTITY}, ("document_kind_not_accepted", "kind")),
        ({"kind": DocumentKind.RESIDENCE_CARD}, ("document_kind_not_accepted", "kind")),
    ],
)
async def test_what_cannot_be_is_refused_before_a_byte_is_read(
    more: dict[str, Any], said: tuple[str, str], folder: Path
) -> None:
    """With the field to blame, in both languages."""
    read = []

    async def content() -> AsyncIterator[bytes]:
        read.append(True)
        yield b"%PDF-1.7"

    assert await refusal(content(), **more) == said
    assert read == []
    assert await nothing_is_kept(folder)


async def test_somebody_who_is_not_on_the_register_is_unknown(folder: Path) -> None:
    """A number of the right form that nobody has."""
    with pytest.raises(PractitionerUnknown):
        await sent(owner="20999999")
    assert await nothing_is_kept(folder)


async def test_where_policy_wants_a_scan_and_no_scanner_is_named_no_file_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    """It would wait for ever; operations are told what to set."""
    with (
        policy_with(tmp_path, ('unscanned = "accept"', 'unscanned = "refuse"')),
        pytest.raises(ScannerMissing, match="MUMARIS_CLAMD"),
    ):
        await sent()
    assert await nothing_is_kept(folder)


async def test_a_path_over_the_limit_is_told_with_both_sizes(folder: Path, tmp_path: Path) -> None:
    """Before a byte of it is read."""
    limit = current_policy().limits.document_bytes
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(limit + 1)

    with pytest.raises(UploadRefused) as refused:
        await sent(large)

    (found,) = refused.value.problems
    assert (found.code, found.field) == ("file_too_big_by", "document")
    assert found.sentence.en == ("The file is 10.1 MB; the limit is 10 MB. Upload a smaller copy.")
    assert "10.1 ميغابايت" in found.sentence.ar
    assert await nothing_is_kept(folder)


async def test_a_stream_over_the_limit_is_told_when_it_passes_it(folder: Path) -> None:
    """How large it is nobody knows then."""
    limit = current_policy().limits.document_bytes

    assert await refusal(cut(b"%PDF-1.7" + bytes(limit))) == ("file_too_big", "document")
    assert await nothing_is_kept(folder)


class Gone(Exception):
    """Whoever sends has gone."""


@pytest.mark.parametrize("error", [Gone(), ValueError("half")])
async def test_what_a_stream_raises_is_raised(error: Exception, folder: Path) -> None:
    """At half, and nothing is kept of that half."""
    with pytest.raises(type(error)):
        await sent(broken(error))
    assert await nothing_is_kept(folder)


async def broken(error: Exception) -> AsyncIterator[bytes]:
    yield LETTER.read_bytes()[:5000]
    raise error


@pytest.mark.parametrize("error", [ConnectionResetError(104, "reset"), TimeoutError()])
async def test_a_connection_that_breaks_is_not_a_store_that_is_away(
    error: OSError, folder: Path
) -> None:
    """Both are errors of the operating system; the person hears which it was."""
    assert await refusal(broken(error)) == ("file_cut_off", "document")
    assert await nothing_is_kept(folder)


async def test_a_store_that_is_away_is_told_as_such(folder: Path) -> None:
    """Nothing is kept, also no row."""
    await sent()
    put_a_file_there(folder)

    with pytest.raises(StoreAway):
        await sent()

    assert len(await all_uploads()) == 1


@pytest.mark.parametrize("after", [0, 1, 3])
async def test_an_upload_that_is_cancelled_keeps_nothing(after: int, folder: Path) -> None:
    """However much of it had come."""
    came = asyncio.Event()

    async def content() -> AsyncIterator[bytes]:
        for _ in range(after):
            yield b"%PDF-1.7" + bytes(300_000)
        came.set()
        await asyncio.Event().wait()

    sending = asyncio.create_task(sent(content()))
    await came.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending

    assert await nothing_is_kept(folder)


async def test_a_row_and_its_file_stay_together_where_the_caller_goes(folder: Path) -> None:
    """Cancelled while the row waits to be written: it is written, and its file stays."""
    async with transaction() as session:
        await find_practitioner(session, MINE, lock=True)
        sending = asyncio.create_task(sent())
        await until_somebody_waits()
        sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending

    (upload,) = await all_uploads()
    assert upload.state is DocumentState.RECEIVED
    assert [file.parent.name for file in files_below(folder)] == [upload.id]


async def test_the_same_file_twice_is_two_documents() -> None:
    """Each with a key of its own."""
    one, other = await asyncio.gather(sent(), sent())

    assert one.sha256 == other.sha256
    assert one.wrapped_key != other.wrapped_key


async def test_of_two_at_once_the_last_of_a_day_is_one(folder: Path, tmp_path: Path) -> None:
    """The second is counted after the first, and leaves nothing."""
    with policy_with(tmp_path, ("uploads_a_day = 60", "uploads_a_day = 3")):
        await sent()
        await sent()
        async with transaction() as session:
            await find_practitioner(session, MINE, lock=True)
            sending = [asyncio.create_task(sent()) for _ in range(3)]
            await until_somebody_waits()
        ended = await asyncio.gather(*sending, return_exceptions=True)

    refused = [each for each in ended if isinstance(each, UploadRefused)]
    assert [each.problems[0].code for each in refused] == ["too_many_uploads"] * 2
    assert len({file.parent for file in files_below(folder)}) == len(await all_uploads()) == 3


async def test_a_day_later_a_file_may_be_sent_again(tmp_path: Path) -> None:
    """The limit is for 24 hours, of one person."""
    with policy_with(tmp_path, ("uploads_a_day = 60", "uploads_a_day = 1")):
        await sent()
        assert (await refusal(now=NOW + timedelta(hours=23)))[0] == "too_many_uploads"
        await sent(owner="30207788")
        await sent(now=NOW + timedelta(hours=24))


async def test_what_was_to_be_replaced_is_looked_at_before_a_byte_is_read() -> None:
    """An id of nobody's, in any shape."""
    for replaces in ("0" * 32, "no id", "\0"):
        with pytest.raises(UploadUnknown):
            await sent(replaces=replaces)


async def test_a_slow_sender_s_document_is_checked_by_whoever_received_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is held from its last byte on, though the instant given is that of the first one."""
    clock = iter([0.0, 600.0])
    monkeypatch.setattr(adding, "monotonic", lambda: next(clock))

    upload = await sent(stream(LETTER.read_bytes()))

    assert upload.checked_at == NOW + timedelta(minutes=10)
    assert upload.received_at == NOW
