"""How a practitioner's letter comes before an officer's eyes, and how it ends; nothing is faked.

The file is sealed as it arrives and drawn by a confined process; the officer sees pictures of its
pages and notes what they show; policy says how long it is kept, and then nobody can read it again.
"""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from cli.demo.letters import stamped
from desk.documents.adding import add
from desk.documents.ending import destroy_due, empty_store
from desk.documents.looking import DocumentNotShown, look
from desk.looks import Looker
from desk.requests.handle import RequestHandle
from flows import profile_update
from flows.profile_update import Document, ProfileChanges, ProfileUpdateSubmission
from models.documents.documents import Upload
from rules.documents.states import DocumentState
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind
from stack.running import RunningStack
from support.mailbox import Mailbox
from support.patience import Patience
from support.people import Applicant, register_applicant
from support.shell import mumaris
from support.signed_in import mumaris_as
from support.uploads import load_upload

TODAY = riyadh_day(datetime.now(UTC))
ISSUED = TODAY - timedelta(days=20)
PAPERS = Path(__file__).resolve().parents[2] / "examples" / "submissions" / "documents"
LETTER = PAPERS / "09-employer_letter.pdf"
REPORT = PAPERS / "13-medical_report.pdf"


@pytest.fixture
async def applicant(running: RunningStack) -> Applicant:
    """Somebody who is on the register, and three officers."""
    return await register_applicant()


async def test_a_letter_is_seen_read_and_approved(
    applicant: Applicant, mailbox: Mailbox, tmp_path: Path
) -> None:
    """Sent, named, looked at page by page, read; then the update takes its way."""
    letter = await sent(applicant, LETTER, DocumentKind.EMPLOYER_LETTER, tmp_path)
    assert (letter.state, letter.pages) == (DocumentState.READY, 1)

    request = await profile_update.submit(new_employer(applicant, letter))
    assert await request.wait_until_gate() is Status.UNDER_REVIEW

    pages = await pages_before_the_officer(request, tmp_path / "pages")
    assert [page.name for page in pages] == [
        f"{request.tracking_code}-1-employer_letter-page-1.jpg"
    ]
    assert all(map(is_a_picture, pages))

    noted = await mumaris_as(
        "amal",
        "review",
        "read",
        request.tracking_code,
        "1",
        *("--issuer", "Mountain View Clinic", "--issued-on", str(ISSUED)),
    )
    assert noted.stdout == "noted: as stated\n"

    await request.decide("approve", officer="amal")
    await request.wait_for(Status.AWAITING_ACTIVATION)
    mail = await mailbox.letter("activate", to=applicant.email, about=request.tracking_code)
    async with httpx.AsyncClient(timeout=60) as browser:
        await browser.post(mail.link("activate"), data={"sure": "yes"})
    assert await request.wait_until_done() is Status.ACTIVATED
    assert (await applicant.on_file()).employer == "Mountain View Clinic"

    shown = await on_file(letter)
    assert [(look["who"], look["page"], look["why"]) for look in shown["looks"]] == [
        ("amal", 1, "review")
    ]
    assert shown["kept_rule"] == "kept_long_enough"


async def test_a_letter_that_shows_another_day_than_stated_is_not_approved(
    applicant: Applicant, tmp_path: Path
) -> None:
    """The officer reads that it is four months old; the applicant sends a new one."""
    old = await sent(
        applicant, LETTER, DocumentKind.EMPLOYER_LETTER, tmp_path, day=TODAY - timedelta(days=125)
    )
    request = await profile_update.submit(new_employer(applicant, old))
    await request.wait_until_gate()
    await pages_before_the_officer(request, tmp_path / "pages")

    read = ("review", "read", request.tracking_code, "1", "--issued-on")
    noted = await mumaris_as("amal", *read, str(TODAY - timedelta(days=125)))
    refused = await mumaris_as("amal", "request", "decide", request.tracking_code, "--approve")
    assert noted.stdout == "noted; differs from what is stated in: issued on\n"
    assert refused.exit_code == 1
    assert "documents[0].issued_on: The employer's letter is too old" in refused.stderr

    await request.decide(
        "return", officer="amal", reason_code="differs_from_document", fields=["documents"]
    )
    new = await sent(applicant, LETTER, DocumentKind.EMPLOYER_LETTER, tmp_path, replaces=old.id)
    await request.resubmit(new_employer(applicant, new))
    await request.wait_for(Status.UNDER_REVIEW)
    await mumaris_as("amal", *read, str(ISSUED))
    await request.decide("approve", officer="amal")
    await request.wait_for(Status.AWAITING_ACTIVATION)


async def test_what_is_not_needed_any_more_cannot_come_back(
    applicant: Applicant, home: Path, tmp_path: Path
) -> None:
    """The report goes with the decision, the letter a year after the end; both leave no trace."""
    letter = await sent(applicant, LETTER, DocumentKind.EMPLOYER_LETTER, tmp_path)
    report = await sent(applicant, REPORT, DocumentKind.MEDICAL_REPORT, tmp_path)
    request = await profile_update.submit(new_employer(applicant, letter, report))
    await request.wait_until_gate()
    pages = await pages_before_the_officer(request, tmp_path / "pages")
    secrets = [piece for file in files_in(tmp_path / "papers") for piece in pieces_of(file)]
    secrets += [piece for page in pages for piece in pieces_of(page)]

    await request.decide("reject", officer="amal", reason_code="not_eligible")
    await until_destroyed(report)
    assert (await load_upload(letter.id)).wrapped_key is not None

    in_a_year = datetime.now(UTC) + timedelta(days=366)
    await destroy_due(in_a_year)
    await empty_store(in_a_year)

    for upload, rule in ((report, "decided"), (letter, "kept_long_enough")):
        shown = await on_file(upload)
        assert shown["state"] == "destroyed"
        assert shown["destroyed"]["rule"] == rule
        assert shown["sha256"] == upload.sha256
        with pytest.raises(DocumentNotShown):
            await look(
                upload.id,
                by=Looker.officer("amal"),
                page=1,
                request_code=request.tracking_code,
                why="review",
                now=datetime.now(UTC),
            )
        assert not (home / "documents" / upload.id).exists()
    assert found_below(tmp_path, secrets)  # what was sent and written to look at: the search finds
    assert found_below(home, secrets) == []


async def sent(
    applicant: Applicant,
    file: Path,
    kind: DocumentKind,
    folder: Path,
    *,
    day: date = ISSUED,
    replaces: str | None = None,
) -> Upload:
    """The practitioner sends the file, which bears this day."""
    paper = on_paper(file, folder / "papers", day)
    return await add(paper, kind=kind, owner=applicant.registration_number, replaces=replaces)


def on_paper(file: Path, folder: Path, day: date) -> Path:
    """A copy in this folder with the day stamped on it."""
    folder.mkdir(exist_ok=True)
    paper = folder / file.name
    paper.write_bytes(stamped(file.read_bytes(), day))
    return paper


def new_employer(applicant: Applicant, letter: Upload, *others: Upload) -> ProfileUpdateSubmission:
    """A wish that an officer decides on; it names the documents that were sent."""
    issuers = {
        DocumentKind.EMPLOYER_LETTER: "Mountain View Clinic",
        DocumentKind.MEDICAL_REPORT: "Hail Public Clinic",
    }
    return ProfileUpdateSubmission(
        registration_number=applicant.registration_number,
        changes=ProfileChanges(employer="Mountain View Clinic"),
        documents=tuple(
            Document(kind=one.kind, issuer=issuers[one.kind], issued_on=str(ISSUED), id=one.id)
            for one in (letter, *others)
        ),
        preferred_language="en",
        confirmed_by_applicant=True,
        idempotency_key=f"employer-{letter.id}",
    )


async def pages_before_the_officer(request: RequestHandle, folder: Path) -> list[Path]:
    """The officer has the pages of the case written to a folder; each page is a look."""
    code = request.tracking_code
    done = await mumaris_as("amal", "review", "show", code, "--documents", str(folder))
    assert done.exit_code == 0, done.stderr
    return files_in(folder)


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def is_a_picture(page: Path) -> bool:
    with Image.open(page) as picture:
        return picture.width > 500


async def on_file(upload: Upload) -> dict[str, Any]:
    """What `mumaris document show` tells programs."""
    shown = await mumaris("document", "show", upload.id, "--json")
    return dict(json.loads(shown.stdout))


async def until_destroyed(upload: Upload) -> None:
    """Wait for the worker, which does it soon after the decision."""
    patience = Patience(60)
    while (await load_upload(upload.id)).state is not DocumentState.DESTROYED:
        assert not patience.is_at_its_end
        await asyncio.sleep(0.1)


def pieces_of(file: Path) -> Iterable[bytes]:
    """Pieces of the file that no other has, for a search."""
    content = file.read_bytes()
    return [content[start : start + 64] for start in range(1024, len(content) - 64, 4096)]


def found_below(folder: Path, pieces: Iterable[bytes]) -> list[str]:
    """The files of the stack (its store, its databases, its logs) that hold one of the pieces."""
    wanted = list(pieces)
    assert wanted
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path.name for path in files if holds(path, wanted)]


def holds(file: Path, pieces: Iterable[bytes]) -> bool:
    """Whether it holds one of them; one that PostgreSQL has taken away meanwhile holds nothing."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return False
    return any(piece in content for piece in pieces)
