"""`mumaris document`: sending files and looking at where they stand."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from desk.clock import utc_now
from documents.key_file import make_key_file
from rules.values.dates import riyadh_day
from support.document_files import EXAMPLES, REFUSED
from support.documents import ID
from support.people import NOURA, RAHUL
from support.shell import mumaris, write_json

pytestmark = pytest.mark.usefixtures("people")
NUMBER = NOURA["registration_number"]
LETTER = EXAMPLES / "employer-letter.pdf"
KIND = ("--kind", "employer_letter")
OWNER = ("--owner", NUMBER)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with keys, where documents are kept."""
    monkeypatch.setenv("MUMARIS_HOME", str(tmp_path))
    make_key_file(tmp_path / "document-keys")
    return tmp_path


async def added(file: Path = LETTER, *options: str) -> str:
    """A document of Noura's; its number."""
    done = await mumaris("document", "add", str(file), *KIND, *OWNER, *options)
    assert done.exit_code == 0, done.stderr
    return str(done.stdout.strip())


async def shown(document: str) -> Mapping[str, Any]:
    """The document as programs read it."""
    found = await mumaris("document", "show", document, "--json")
    return dict(json.loads(found.stdout))


async def test_a_letter_is_added_and_can_be_named() -> None:
    """Its number alone is printed; it is ready, and ends by itself unless a request names it."""
    document = await added()

    found = await shown(document)
    assert (found["state"], found["pages"], found["scan"]) == ("ready", 1, "no_scanner")
    assert (found["registration_number"], found["kind"]) == (NUMBER, "employer_letter")
    assert found["kept_rule"] == "unused"
    assert [line["to"] for line in found["history"]] == ["received", "unscanned", "ready"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Ready.", "Not scanned: no scanner is set up.", "No request uses it."]),
        ("ar", ["الملف جاهز.", "لا يوجد برنامج فحص مُعدّ.", "لا يتضمنه أي طلب."]),
    ],
)
async def test_where_it_stands_is_said_in_words(language: str, said: list[str]) -> None:
    """State, scan, and until when it is kept and why, in both languages; nobody's name."""
    document = await added()

    found = await mumaris("document", "show", document, "--lang", language)

    assert all(sentence in found.stdout for sentence in said)
    assert "20-104567" in found.stdout
    assert "Noura" not in found.stdout


async def test_an_officer_is_told_what_a_file_would_do() -> None:
    """It can be shown, and carries a script and another file."""
    document = await added(EXAMPLES / "scripts-and-attachments.pdf")

    found = await mumaris("document", "show", document)

    assert "would run a script when opened" in found.stdout
    assert "carries other files" in found.stdout


async def test_documents_are_listed_newest_first() -> None:
    """Of this practitioner alone, by the number with its dash too."""
    first, second = await added(), await added(EXAMPLES / "life-support.jpg")

    listed = await mumaris("document", "list", "--owner", "20-104567", "--json")
    of_rahul = await mumaris("document", "list", "--owner", RAHUL["registration_number"])

    assert [one["id"] for one in json.loads(listed.stdout)] == [second, first]
    assert first not in of_rahul.stdout


async def test_a_file_takes_another_ones_place() -> None:
    """Of the same kind and person; the old one says what took its place."""
    old = await added()

    replaced = await mumaris("document", "replace", old.upper(), str(LETTER), "--json")

    new = json.loads(replaced.stdout)
    before = await shown(old)
    assert (new["replaces"], new["state"]) == (old, "ready")
    assert (before["state"], before["replaced_by"]) == ("replaced", new["id"])


async def test_a_file_replaced_already_is_not_replaced_again() -> None:
    """The second is told, and nothing of it is kept."""
    old = await added()
    await mumaris("document", "replace", old, str(LETTER))

    again = await mumaris("document", "replace", old, str(LETTER))

    listed = await mumaris("document", "list", *OWNER, "--json")
    assert again.exit_code == 1
    assert len(json.loads(listed.stdout)) == 2


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("empty.pdf", "file_empty"),
        ("a-program.pdf", "file_wrong_type"),
        ("password.pdf", "file_protected"),
        ("cut-off.pdf", "file_damaged"),
        ("41-pages.pdf", "file_too_many_pages"),
        ("pdf-and-zip.pdf", "file_two_types"),
    ],
)
async def test_a_file_that_is_of_no_use_is_refused_with_its_cure(file: str, code: str) -> None:
    """One sentence with its code, in the language that was asked for."""
    refused = await mumaris("document", "add", str(REFUSED / file), *KIND, *OWNER, "--lang", "ar")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("document: ")
    assert refused.stderr.endswith(f"({code})\n")
    assert "يُرجى" in refused.stderr


async def test_a_refusal_is_an_object_for_programs() -> None:
    """With the field, the code and the sentence."""
    refused = await mumaris("document", "add", str(REFUSED / "empty.pdf"), *KIND, *OWNER, "--json")

    answer = json.loads(refused.stdout)
    assert (answer["code"], refused.exit_code) == ("refused", 1)
    assert [(one["field"], one["code"]) for one in answer["problems"]] == [
        ("document", "file_empty")
    ]


async def test_a_kind_of_which_no_copies_are_taken_is_refused() -> None:
    """Before the file is read."""
    refused = await mumaris("document", "add", str(LETTER), "--kind", "identity", *OWNER)

    assert refused.exit_code == 1
    assert refused.stderr.endswith("(document_kind_not_accepted)\n")


async def test_what_is_no_file_is_wrong_usage(tmp_path: Path) -> None:
    """Missing, a folder, a pipe, a name that no system takes: named, and nothing is begun."""
    os.mkfifo(tmp_path / "pipe")
    wrong = {
        "missing.pdf": "No such file",
        ".": "is a folder",
        "pipe": "not a file",
        "a" * 300: "File name too long",
    }

    said = {
        name: await mumaris("document", "add", str(tmp_path / name), *KIND, *OWNER)
        for name in wrong
    }

    assert {name: done.exit_code for name, done in said.items()} == dict.fromkeys(wrong, 2)
    assert [done.stderr for name, done in said.items() if wrong[name] not in done.stderr] == []


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("employer_leter", "did you mean employer_letter?"),
        ("medical", "did you mean medical_report?"),
        ("letter", "did you mean employer_letter?"),
        ("<script>", "one of employer_letter, residence_card"),
    ],
)
async def test_an_unknown_kind_is_answered_with_what_comes_close(kind: str, hint: str) -> None:
    """Else with all there are."""
    refused = await mumaris("document", "add", str(LETTER), "--kind", kind, *OWNER)

    assert refused.exit_code == 2
    assert hint in " ".join(refused.stderr.split())


async def test_a_kind_may_be_typed_with_dashes() -> None:
    """As people read it."""
    sent = await mumaris("document", "add", str(LETTER), "--kind", "Employer-Letter", *OWNER)

    assert (await shown(sent.stdout.strip()))["kind"] == "employer_letter"


async def test_nobody_s_number_and_no_number_are_told_apart() -> None:
    """Not found, and refused by its field."""
    nobody = await mumaris("document", "add", str(LETTER), *KIND, "--owner", "99-999999")
    wrong = await mumaris("document", "list", "--owner", "x")

    assert nobody.exit_code == 3
    assert (wrong.exit_code, wrong.stderr.split()[-1]) == (1, "(registration_number_form)")


async def test_an_unknown_document_and_no_number_are_told_apart() -> None:
    """Not found, and wrong usage."""
    unknown = await mumaris("document", "show", ID)
    replaced = await mumaris("document", "replace", ID, str(LETTER))
    wrong = await mumaris("document", "show", "K7Q2-M9XD")

    assert (unknown.exit_code, replaced.exit_code, wrong.exit_code) == (3, 3, 2)
    assert "32 digits" in wrong.stderr


async def test_without_keys_nothing_is_taken(home: Path) -> None:
    """The error says which file is missing, and what to do; that does it."""
    (home / "document-keys").unlink()

    refused = await mumaris("document", "add", str(LETTER), *KIND, *OWNER)
    made = await mumaris("document", "keys", "make")

    assert refused.exit_code == 1
    assert f"there is no {home / 'document-keys'}" in refused.stderr
    assert "mumaris document keys make" in refused.stderr
    assert "back it up" in made.stdout
    assert await added()


async def test_keys_that_are_there_stay(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made once; where the environment holds them, a file beside them is refused."""
    keys = (home / "document-keys").read_text()

    again = json.loads((await mumaris("document", "keys", "make", "--json")).stdout)
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", keys)
    (home / "document-keys").unlink()
    refused = await mumaris("document", "keys", "make")

    assert again == {"file": str(home / "document-keys"), "made": False}
    assert refused.exit_code == 1
    assert not (home / "document-keys").exists()


def new_specialty(folder: Path) -> str:
    """A submission of Noura's that states a letter of today; the name of its file."""
    today = riyadh_day(utc_now()).isoformat()
    letter = {"kind": "employer_letter", "issuer": NOURA["employer"], "issued_on": today}
    return write_json(
        folder,
        {
            "registration_number": NUMBER,
            "changes": {"specialty": "critical care nursing"},
            "documents": [letter],
            "confirmed_by_applicant": True,
            "idempotency_key": "noura-specialty",
        },
    )


async def test_an_update_is_submitted_with_its_letter(tmp_path: Path) -> None:
    """By one command; once more it is the same request, and the letter is not added again."""
    file = new_specialty(tmp_path)

    sent = await mumaris("request", "submit", file, "--attach", f"employer-letter={LETTER}")
    again = await mumaris("request", "submit", file, "--attach", f"employer_letter={LETTER}")

    (letter,) = json.loads((await mumaris("document", "list", *OWNER, "--json")).stdout)
    found = await shown(letter["id"])
    assert sent.exit_code == 0, sent.stderr
    assert again.stdout == sent.stdout
    assert [request["tracking_code"] for request in found["requests"]] == [sent.stdout.strip()]
    assert found["kept_until"] is None


@pytest.mark.parametrize(
    ("attached", "said"),
    [
        ("letter.pdf", "is not KIND=FILE"),
        ("employer_letter=", "is not KIND=FILE"),
        ("employer_leter=x.pdf", "did you mean employer_letter?"),
        ("employer_letter=missing.pdf", "missing.pdf: No such file"),
        (f"qualification={LETTER}", "states no qualification"),
    ],
)
async def test_what_cannot_be_attached_is_wrong_usage(
    attached: str, said: str, tmp_path: Path
) -> None:
    """Told before anything is sent."""
    refused = await mumaris("request", "submit", new_specialty(tmp_path), "--attach", attached)

    listed = await mumaris("document", "list", *OWNER, "--json")
    assert refused.exit_code == 2
    assert said in " ".join(refused.stderr.split())
    assert json.loads(listed.stdout) == []


async def test_a_file_of_no_use_is_told_by_its_document(tmp_path: Path) -> None:
    """With its cure; no request is kept."""
    file = new_specialty(tmp_path)
    wrong = f"employer_letter={REFUSED / 'password.pdf'}"

    refused = await mumaris("request", "submit", file, "--attach", wrong)

    assert refused.exit_code == 1
    assert refused.stderr.startswith("documents[0]: The file is protected by a password.")
    assert json.loads((await mumaris("request", "list", "--json")).stdout) == []


async def test_a_setting_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the program; its value, which may be a secret, is not told."""
    monkeypatch.setenv("MUMARIS_CLAMD", "secret@nowhere")

    refused = await mumaris("document", "add", str(LETTER), *KIND, *OWNER)

    assert refused.exit_code == 1
    assert refused.stderr == "the environment is wrong: MUMARIS_CLAMD\n"
