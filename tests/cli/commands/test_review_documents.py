"""`mumaris review show --documents` and `mumaris review read`: the documents of a case."""

import json
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from desk.clock import utc_now
from desk.documents.adding import add
from desk.requests.withdrawal import withdraw
from models.access_log import AccessLine
from models.database import transaction
from models.documents.documents import Upload
from rules.requests.statuses import Kind
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES, opened
from support.naming import naming, submission
from support.people import NOURA, employer_letter
from support.requests import NOW, request_at_gate
from support.shell import mumaris
from support.signed_in import mumaris_as
from support.uploads import name_a_shelf

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return name_a_shelf(tmp_path, monkeypatch)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Where pictures are written to; it is not there yet."""
    return tmp_path / "pages"


async def sent(file: str = "employer-letter.pdf", **facts: Any) -> Upload:
    """A file of Noura's, ready."""
    kind = facts.pop("kind", DocumentKind.EMPLOYER_LETTER)
    return await add(EXAMPLES / file, kind=kind, owner=NOURA["registration_number"], now=NOW)


async def at_gate(*documents: dict[str, Any]) -> str:
    return await request_at_gate(submission(Kind.PROFILE_UPDATE, *documents))


async def shown(code: str) -> list[Mapping[str, Any]]:
    """The case's documents as programs read them."""
    found = await mumaris_as("amal", "review", "show", code, "--json")
    return list(json.loads(found.stdout)["documents"])


async def written(code: str, folder: Path) -> Any:
    return await mumaris_as("amal", "review", "show", code, "--documents", str(folder))


def names(folder: Path) -> list[str]:
    """What lies in it."""
    return sorted(path.name for path in folder.iterdir())


def modes(folder: Path) -> tuple[int, set[int]]:
    """Who may open it, and what lies in it."""
    files = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    return stat.S_IMODE(folder.stat().st_mode), files


def put(folder: Path, what: str) -> None:
    """Something that was there before, or stands where the folder should be."""
    if what == "a file":
        folder.write_text("")
    elif what == "a link":
        folder.symlink_to(folder.parent)
    elif what != "no parent":
        folder.mkdir(exist_ok=True)
        (folder / what).write_text("mine")


def make_for_everybody(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)


async def looks() -> list[AccessLine]:
    async with transaction() as session:
        query = select(AccessLine).where(col(AccessLine.upload_id).is_not(None))
        return list((await session.exec(query)).all())


async def test_the_pages_of_a_case_are_written_as_pictures(pages: Path) -> None:
    """Their names say code, number, kind and page; nobody else may open them."""
    report = await sent("medical-report.pdf", kind=DocumentKind.MEDICAL_REPORT)
    code = await at_gate(naming(await sent()), naming(report, kind="medical_report"))

    done = await written(code, pages)

    assert done.exit_code == 0, done.output
    assert names(pages) == [
        f"{code}-1-employer_letter-page-1.jpg",
        *(f"{code}-2-medical_report-page-{page}.jpg" for page in range(1, 1 + (report.pages or 0))),
    ]
    assert modes(pages) == (0o700, {0o600})
    assert all(opened((pages / name).read_bytes()).width for name in names(pages))


async def test_each_page_that_is_written_is_a_line(pages: Path) -> None:
    """Officer, case, upload, page and why."""
    upload = await sent()
    code = await at_gate(naming(upload))

    await written(code, pages)
    await written(code, pages)

    lines = await looks()
    assert [(line.viewer, line.upload_id, line.page, line.why) for line in lines] == [
        ("amal", upload.id, 1, "review")
    ] * 2
    assert all(line.request_id for line in lines)


async def test_without_an_officer_nothing_is_written(pages: Path) -> None:
    """Whoever looks has signed in."""
    code = await at_gate(naming(await sent()))

    done = await mumaris("review", "show", code, "--documents", str(pages))

    assert (done.exit_code, await looks()) == (1, [])
    assert "mumaris login" in done.stderr
    assert pages.name not in names(pages.parent)


async def test_a_folder_with_other_files_is_left_alone(pages: Path) -> None:
    """Pictures of people are not mixed with anything, and nothing of anybody's is removed."""
    code = await at_gate(naming(await sent()))
    put(pages, "thesis.odt")

    done = await written(code, pages)

    assert done.exit_code == 2
    assert "holds other files" in done.stderr
    assert names(pages) == ["thesis.odt"]
    assert await looks() == []


async def test_earlier_pictures_of_the_case_are_replaced(pages: Path) -> None:
    """What was written before the correction is not shown beside what is there now."""
    code = await at_gate(naming(await sent()))
    await written(code, pages)
    put(pages, f"{code}-7-other-page-3.jpg")

    done = await written(code, pages)

    assert done.exit_code == 0
    assert names(pages) == [f"{code}-1-employer_letter-page-1.jpg"]


@pytest.mark.parametrize("what", ["a file", "a link", "no parent"])
async def test_what_is_no_folder_is_said(what: str, pages: Path) -> None:
    """In a line, and nothing is written."""
    code = await at_gate(naming(await sent()))
    folder = pages / "deeper" if what == "no parent" else pages
    put(pages, what)

    done = await written(code, folder)

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
    assert await looks() == []


async def test_where_one_page_cannot_be_read_no_picture_is_left(pages: Path, shelf: Path) -> None:
    """Half a document may say the opposite of the whole."""
    upload = await sent("medical-report.pdf", kind=DocumentKind.MEDICAL_REPORT)
    code = await at_gate(naming(await sent()), naming(upload, kind="medical_report"))
    shutil.rmtree(shelf / upload.id)

    done = await written(code, pages)

    assert done.exit_code == 3
    assert names(pages) == []


async def test_what_has_ended_is_not_written(pages: Path) -> None:
    """A report is looked at until the request is decided, and no longer."""
    report = await sent("medical-report.pdf", kind=DocumentKind.MEDICAL_REPORT)
    code = await at_gate(naming(await sent()), naming(report, kind="medical_report"))
    await withdraw(code, now=utc_now())

    done = await written(code, pages)

    assert done.exit_code == 0
    assert names(pages) == [f"{code}-1-employer_letter-page-1.jpg"]
    assert "not shown any more" in " ".join(done.stdout.split())


async def test_the_officer_reads_where_each_file_stands() -> None:
    """State, pages, scan, notes and until when; in JSON in both languages."""
    code = await at_gate(naming(await sent("scripts-and-attachments.pdf")))

    table = " ".join((await mumaris_as("amal", "review", "show", code)).stdout.split())
    [document] = await shown(code)

    for said in ("Ready.", "would run a script", "carries other files", "no scanner is set up"):
        assert said in table
    assert (document["said_en"], document["said_ar"]) == ("Ready.", "الملف جاهز.")
    assert (document["shown"], document["rounds"]) == (True, [1])
    assert document["file"]["pages"] == 1


async def test_a_document_without_its_file_says_so() -> None:
    """Its particulars and its digest are all there is."""
    code = await at_gate(employer_letter(NOW.date()))

    table = (await mumaris_as("amal", "review", "show", code)).stdout
    [document] = await shown(code)

    assert "ab" * 32 in table
    assert (document["file"], document["shown"]) == (None, False)
    assert document["stated"]["sha256"] == "ab" * 32


async def test_an_empty_folder_of_others_is_closed_to_them(pages: Path) -> None:
    """Also one that was made before, for everybody."""
    code = await at_gate(naming(await sent()))
    make_for_everybody(pages)

    done = await written(code, pages)

    assert (done.exit_code, modes(pages)) == (0, (0o700, {0o600}))
