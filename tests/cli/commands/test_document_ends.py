"""`mumaris document destroy` and `retention`: what ends, told before and after."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from desk.clock import utc_now
from documents.keys import new_master_key
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.documents import ID
from support.requests import NOW, request_at_gate
from support.shell import mumaris
from support.shelved import certificates, name, row, shelved, stored

pytestmark = pytest.mark.usefixtures("people")
WHY = ("--reason", "Sent by mistake", "--by", "salma", "--yes")
LONG_AGO = timedelta(days=31)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where documents are kept."""
    folder = tmp_path / "documents"
    monkeypatch.setenv("MUMARIS_DOCUMENTS", folder.as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    return folder


async def test_a_document_is_destroyed_and_its_certificate_shown(folder: Path) -> None:
    """Content and all; whoever does it again is shown the same."""
    upload = await shelved(utc_now())

    done = await mumaris("document", "destroy", upload.id, *WHY)
    again = await mumaris("document", "destroy", upload.id, *WHY, "--json")

    (certificate,) = await certificates()
    assert (done.exit_code, again.exit_code) == (0, 0)
    assert "Sent by mistake" in done.stdout
    assert "salma" in done.stdout
    assert json.loads(again.stdout)["sha256"] == upload.sha256
    assert certificate.ordered_by == "salma"
    assert stored(folder, upload) == []


async def test_it_is_asked_first() -> None:
    """Nobody can answer here, so nothing is destroyed."""
    upload = await shelved(utc_now())

    done = await mumaris("document", "destroy", upload.id, "--reason", "Sent by mistake")

    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert (await row(upload)).state is DocumentState.READY


async def test_what_officers_need_is_refused_with_what_to_do_instead() -> None:
    """It names the request."""
    upload = await shelved(utc_now())
    code = await request_at_gate()
    await name(code, upload, now=NOW)

    done = await mumaris("document", "destroy", upload.id, *WHY)
    told = json.loads((await mumaris("document", "destroy", upload.id, *WHY, "--json")).stdout)

    assert done.exit_code == 1
    assert code in done.stderr
    assert "decide or withdraw" in done.stderr
    assert told["code"] == "named_by_request"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        ([ID, "--reason", " ", "--yes"], 1, "needs a reason"),
        ([ID, "--reason", "x" * 501, "--yes"], 1, "reason"),
        ([ID, "--reason", "why", "--by", "a b", "--yes"], 2, "user name"),
        (["no-such-id", "--reason", "why", "--yes"], 2, "not a document's number"),
        ([ID, "--reason", "why", "--yes"], 3, ""),
        ([ID], 2, "--reason"),
    ],
)
async def test_a_wrong_order_is_refused(arguments: list[str], exit_code: int, said: str) -> None:
    """With what is wrong in it."""
    done = await mumaris("document", "destroy", *arguments)

    assert done.exit_code == exit_code
    assert said in done.stderr


async def test_retention_counts_first_and_then_destroys(folder: Path) -> None:
    """The same figures by kind and rule, before and after."""
    upload = await shelved(utc_now() - LONG_AGO)
    await shelved(utc_now() - LONG_AGO, DocumentKind.MEDICAL_REPORT)
    await shelved(utc_now())

    before = await mumaris("document", "retention", "--dry-run", "--json")
    kept = await row(upload)
    after = await mumaris("document", "retention", "--yes", "--json")

    counted = [
        {"kind": "employer_letter", "rule": "unused", "documents": 1},
        {"kind": "medical_report", "rule": "unused", "documents": 1},
    ]
    assert json.loads(before.stdout) == {"dry_run": True, "by_kind_and_rule": counted}
    assert kept.state is DocumentState.READY
    assert json.loads(after.stdout) == {
        "dry_run": False,
        "by_kind_and_rule": counted,
        "failed": 0,
        "removed_from_store": 2,
        "left_in_store": 0,
    }
    assert stored(folder, upload) == []


async def test_retention_asks_before_it_destroys_anything() -> None:
    """With the number; where nothing is due there is nothing to ask."""
    nothing = await mumaris("document", "retention")
    upload = await shelved(utc_now() - LONG_AGO)

    asked = await mumaris("document", "retention")

    assert nothing.exit_code == 0
    assert "0 documents destroyed" in nothing.stdout
    assert asked.exit_code == 2
    assert "Destroy 1 documents?" in asked.stderr
    assert (await row(upload)).state is DocumentState.READY


async def test_a_store_that_is_not_emptied_is_told_and_fails(folder: Path) -> None:
    """What is destroyed is destroyed."""
    upload = await shelved(utc_now() - LONG_AGO)
    elsewhere = folder.parent / "elsewhere"
    (folder / upload.id).rename(elsewhere)
    (folder / upload.id).symlink_to(elsewhere)  # a folder that the store will not remove

    done = await mumaris("document", "retention", "--yes")

    assert done.exit_code == 1
    assert "1 documents destroyed, 0 removed" in done.stdout
    assert "may still hold 1 destroyed" in done.stderr
    assert (await row(upload)).wrapped_key is None
