"""Every file that people send, or would rather not have sent: what they read of it.

`tests/documents/rendering/test_every_file_to_try.py` has the same files below the desk.
"""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from desk.documents import checking
from desk.documents.adding import add
from desk.documents.faults import UploadRefused, what_stands_in_the_way
from desk.policy import current_policy
from documents.rendering.limits import Limits
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from rules.findings.problems import Problem
from rules.values.document_kind import DocumentKind
from support.document_files import (
    EXAMPLES,
    REFUSED,
    costly_pdf,
    pdf_of,
    picture_of,
    png_claiming,
)
from support.documents import cut, files_below, whole
from support.people import NOURA
from support.policies import policy_with
from support.requests import NOW
from support.shelved import dump
from support.uploads import all_uploads

pytestmark = pytest.mark.usefixtures("folder")
MINE = NOURA["registration_number"]
ALL_TYPES = (
    'media_types = ["application/pdf", "image/jpeg"]',
    'media_types = ["application/pdf", "image/jpeg", "image/png", "image/heic"]',
)
EMPTY = ("file_empty", "The file is empty. Choose another one.", "الملف فارغ. يُرجى اختيار ملف آخر.")
WRONG_TYPE = (
    "file_wrong_type",
    "This type of file is not accepted. Upload a PDF or a JPEG.",
    "نوع الملف غير مقبول. يُرجى رفعه بصيغة PDF أو JPEG.",
)
TWO_TYPES = (
    "file_two_types",
    "The file is of two types. Save it as a PDF again and upload that.",
    "يحمل الملف أكثر من صيغة. يُرجى حفظه بصيغة PDF من جديد ورفعه.",
)
PROTECTED = (
    "file_protected",
    "The file is protected by a password. Upload a copy without one.",
    "الملف محمي بكلمة مرور. يُرجى رفع نسخة دون كلمة مرور.",
)
DAMAGED = (
    "file_damaged",
    "The file is damaged or incomplete. Upload a sound copy.",
    "الملف تالف أو غير مكتمل. يُرجى رفع نسخة سليمة.",
)
TOO_LARGE = (
    "file_too_large_a_picture",
    "The picture has too many pixels. Upload a smaller one.",
    "أبعاد الصورة أكبر من المسموح به. يُرجى رفع صورة أصغر.",
)
TOO_COSTLY = (
    "file_too_costly",
    "The file is too complex to be shown. Print it to a new PDF and upload that.",
    "تعذّر عرض الملف لتعقيده. يُرجى طباعته بصيغة PDF من جديد ورفعه.",
)


def too_many(pages: int) -> tuple[str, str, str]:
    return (
        "file_too_many_pages",
        f"The file has {pages} pages; the limit is 40. Upload only the pages needed.",
        f"عدد صفحات الملف {pages}، والحد الأقصى 40. يُرجى رفع الصفحات المطلوبة وحدها.",
    )


async def sent(content: Any) -> Upload:
    return await add(content, kind=DocumentKind.EMPLOYER_LETTER, owner=MINE, now=NOW)


async def read_of(content: Any) -> tuple[str, str, str]:
    """What its sender reads, whether the file was refused or could not be shown."""
    try:
        found = what_stands_in_the_way(await sent(content))
    except UploadRefused as refused:
        (found,) = refused.problems
    assert isinstance(found, Problem)
    return found.code, found.sentence.en, found.sentence.ar


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.pdf", EMPTY),
        ("a-program.pdf", WRONG_TYPE),
        ("web-page-and-pdf.pdf", WRONG_TYPE),
        ("../qualification.heic", WRONG_TYPE),
        ("password.pdf", PROTECTED),
        ("cut-off.pdf", DAMAGED),
        ("cut-off.jpg", DAMAGED),
        ("41-pages.pdf", too_many(41)),
        ("pdf-and-zip.pdf", TWO_TYPES),
        ("pdf-and-web-page.pdf", TWO_TYPES),
        ("jpeg-and-zip.jpg", TWO_TYPES),
        ("50000-points-a-side.jpg", TOO_LARGE),
    ],
)
async def test_a_file_that_cannot_be_used_is_told_with_its_cure(
    name: str, said: tuple[str, str, str], folder: Path
) -> None:
    """In both languages; and nothing of its content stays."""
    assert await read_of(REFUSED / name) == said

    assert list(files_below(folder)) == []
    assert all(each.wrapped_key is None for each in await all_uploads())


@pytest.mark.parametrize("tenth", range(10))
@pytest.mark.parametrize("name", ["medical-report.pdf", "life-support.jpg"])
async def test_a_file_cut_off_at_any_tenth_is_told_as_incomplete(
    name: str, tenth: int, folder: Path
) -> None:
    """An empty one as empty; never shown in part, as if it were the whole."""
    content = (EXAMPLES / name).read_bytes()

    said = await read_of(cut(content[: len(content) * tenth // 10]))

    assert said == (DAMAGED if tenth else EMPTY)
    assert list(files_below(folder)) == []


async def test_five_thousand_pages_are_told_with_both_numbers() -> None:
    """Counted, and none of them drawn."""
    assert await read_of(cut(pdf_of(5000))) == too_many(5000)


@pytest.mark.parametrize("extra", [0, 1])
async def test_the_limit_is_allowed_and_one_byte_more_is_not(extra: int) -> None:
    """To the byte: what fills the limit is received, and judged by what it is."""
    limit = current_policy().limits.document_bytes
    content = b"%PDF-1.7\n" + bytes(limit - 9 + extra)

    code, english, arabic = await read_of(cut(content))

    if not extra:
        assert (code, english, arabic) == DAMAGED
    else:
        assert code == "file_too_big"
        assert english == "The file is too big. The limit is 10 MB. Upload a smaller copy."
        assert "10 ميغابايت" in arabic


async def test_a_png_that_claims_2500_million_points_is_told(tmp_path: Path) -> None:
    """Where policy takes PNG; by what its head claims."""
    with policy_with(tmp_path, ALL_TYPES):
        assert await read_of(cut(png_claiming(50_000))) == TOO_LARGE


@pytest.mark.parametrize("limits", [Limits(pages=1, seconds=2), Limits(pages=1, cpu_seconds=1)])
async def test_a_page_that_paints_without_end_is_told(
    limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the clock on the wall and by the processor's."""
    monkeypatch.setattr(checking, "drawing_limits", lambda: limits)

    assert await read_of(cut(costly_pdf())) == TOO_COSTLY


async def test_a_photograph_that_takes_too_much_memory_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of the child's, and of nobody else's."""
    limits = Limits(pages=1, memory_bytes=160 * 2**20)
    monkeypatch.setattr(checking, "drawing_limits", lambda: limits)

    with policy_with(tmp_path, ALL_TYPES):
        assert await read_of(cut(picture_of("PNG", (7000, 7000)))) == TOO_COSTLY


@pytest.mark.parametrize(
    ("name", "pages", "notes", "kept_as"),
    [
        ("employer-letter.pdf", 1, [], "application/pdf"),
        ("medical-report.pdf", 3, [], "application/pdf"),
        ("life-support.jpg", 1, [], "image/jpeg"),
        ("printed-colours.jpg", 1, [], "image/jpeg"),
        ("qualification.heic", 1, [], "image/jpeg"),
        (
            "scripts-and-attachments.pdf",
            1,
            ["has_attachments", "has_scripts"],
            "application/pdf",
        ),
    ],
)
async def test_an_honest_file_is_ready(
    name: str, pages: int, notes: list[str], kept_as: str, tmp_path: Path
) -> None:
    """Nothing stands in its way; a photograph is kept as it was written anew."""
    with policy_with(tmp_path, ALL_TYPES):
        upload = await sent(EXAMPLES / name)

    assert upload.state is DocumentState.READY
    assert what_stands_in_the_way(upload) is None
    assert (upload.pages, upload.notes, upload.media_type) == (pages, notes, kept_as)


@pytest.mark.parametrize("name", ["\u202efdp.exe", "نورة القحطاني.pdf", "n" * 250, "..;rm -rf"])
async def test_a_file_s_name_reaches_nothing(
    name: str, tmp_path: Path, folder: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the database nor the store nor the log: it is not kept."""
    file = tmp_path / name
    file.write_bytes((EXAMPLES / "employer-letter.pdf").read_bytes())

    with caplog.at_level(logging.DEBUG):
        await sent(file)

    rows = (await whole(dump(database))).decode()
    assert MINE in rows
    assert name not in rows + str(files_below(folder)) + caplog.text


async def half_of(content: bytes) -> AsyncIterator[bytes]:
    yield content[: len(content) // 2]
    raise ConnectionResetError


async def test_a_connection_cut_at_half_is_told_as_that(folder: Path) -> None:
    """Not as a damaged file: it was sound where it came from."""
    content = (EXAMPLES / "medical-report.pdf").read_bytes()

    code, english, _ = await read_of(half_of(content))

    assert code == "file_cut_off"
    assert english == "The connection was lost before the whole file arrived. Upload it again."
    assert list(files_below(folder)) == []
    assert await all_uploads() == []


def test_every_file_of_the_examples_is_tried() -> None:
    """A file that is added there is added here."""
    source = Path(__file__).read_text(encoding="utf-8")

    assert [path.name for path in EXAMPLES.rglob("*.*") if path.name not in source] == []
