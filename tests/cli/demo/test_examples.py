"""`examples/`: each file does what its README says."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest

from cli.demo.examples import (
    CARDS,
    EXAMPLES,
    LEDGER,
    OFFICERS,
    OFFICIAL_RECORDS,
    REGISTER,
    SUBMITTED,
    dated_again,
    files_of,
    read_example,
)
from desk.register.files import read_register_files
from desk.requests.waiting import load_request
from documents.key_file import make_key_file
from rules.values.dates import riyadh_day
from support.policies import policy_with
from support.shell import mumaris, write_json
from support.signed_in import mumaris_as
from tasks.steps.validation import validate

TODAY = riyadh_day(datetime.now(UTC))
README = (EXAMPLES / "README.md").read_text(encoding="utf-8")
WRONG = re.findall(r"^\| `(submissions/wrong/[^`]+)` \| (.*) \|$", README, re.MULTILINE)


@pytest.fixture(autouse=True)
def files_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Documents come with their files, as in the policy that we ship; they are kept here."""
    home = tmp_path / "home"
    make_key_file(home / "document-keys")
    monkeypatch.setenv("MUMARIS_HOME", str(home))
    with policy_with(tmp_path, ('files = "optional"', 'files = "required"')):
        yield


def attached(name: str, folder: Path) -> list[str]:
    """The options that attach the example's files, dated for today."""
    files = files_of(name, read_example(name, TODAY), folder)
    return [word for kind, file in files for word in ("--attach", f"{kind}={file}")]


def told(cell: str) -> list[tuple[str, str]]:
    """The problems that a line of the README promises: (field, code)."""
    promised: list[tuple[str, str]] = []
    for part in cell.split("; "):
        field, *codes = re.findall(r"`([^`]+)`", part)
        promised += [(field, code) for code in codes]
    return promised


def test_every_wrong_example_is_in_the_readme() -> None:
    """None is forgotten, none is promised that is not there."""
    there = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("submissions/wrong/*")}

    assert {name for name, _ in WRONG} == there


@pytest.mark.usefixtures("example_register")
@pytest.mark.parametrize(("name", "promise"), WRONG)
async def test_a_wrong_example_has_the_problems_that_the_readme_tells(
    name: str, promise: str
) -> None:
    """All of them and no other, with exit code 1; nothing is kept."""
    refused = await mumaris("request", "submit", str(EXAMPLES / name))
    kept = await mumaris("request", "list", "--json")

    lines = refused.stderr.splitlines()
    said = [(line.split(": ")[0], re.findall(r"\((\w+)\)", line)[-1]) for line in lines]
    assert refused.exit_code == 1
    assert said == told(promise)
    assert json.loads(kept.stdout) == []


@pytest.mark.usefixtures("example_register")
async def test_the_first_example_passes_the_gate_by_policy() -> None:
    """As the file stands, on any day."""
    file = EXAMPLES / "submissions" / "01-contact-change.json"

    code = (await mumaris("request", "submit", str(file))).stdout.strip()
    await validate.task.fn(code)

    shown = json.loads((await mumaris("request", "show", code, "--json")).stdout)
    assert shown["status"] == "approved"


@pytest.mark.usefixtures("example_register")
async def test_the_second_example_is_approved_by_an_officer(tmp_path: Path) -> None:
    """Specialty, rank, certificates and experience: one officer."""
    code = await at_the_gate("02-specialty-and-certificates.json", tmp_path)

    decided = await mumaris_as("amal", "request", "decide", code, "--approve")

    assert decided.stdout == "approved\n"


@pytest.mark.usefixtures("example_register")
async def test_the_third_example_is_returned_and_corrected(tmp_path: Path) -> None:
    """The corrected file is accepted for the same request and reviewed again."""
    code = await at_the_gate("03-returned-and-corrected.json", tmp_path)
    returned = await mumaris_as(
        "amal",
        "request",
        "decide",
        code,
        "--return",
        "--field",
        "employer",
        "--reason",
        "differs_from_document",
    )
    corrected = write_json(tmp_path, read_example("03-corrected.json", TODAY))

    files = attached("03-corrected.json", tmp_path)
    resubmitted = await mumaris("request", "resubmit", code, corrected, *files)
    await validate.task.fn(code)
    decided = await mumaris_as("basim", "request", "decide", code, "--approve")

    assert (returned.stdout, resubmitted.exit_code) == ("returned\n", 0)
    assert decided.stdout == "approved\n"


@pytest.mark.usefixtures("example_register")
async def test_the_fourth_example_is_rejected(tmp_path: Path) -> None:
    """By an officer, with a coded reason."""
    code = await at_the_gate("04-rejected.json", tmp_path)

    decided = await mumaris_as(
        "salma",
        "request",
        "decide",
        code,
        "--reject",
        "--yes",
        "--reason",
        "documents_not_authentic",
    )

    assert decided.stdout == "rejected\n"


@pytest.mark.usefixtures("example_register")
@pytest.mark.parametrize(
    ("name", "years", "reasons"),
    [
        ("05-renewal-clean.json", 2, {"policy_asks_for_officer"}),
        ("06-renewal-late.json", 2, {"policy_asks_for_officer", "renewal_late"}),
        ("07-corrected.json", 2, {"policy_asks_for_officer"}),
        (
            "08-renewal-short-hours.json",
            1,
            {"policy_asks_for_officer", "hours_short", "period_reduced"},
        ),
    ],
)
async def test_a_renewal_of_the_examples_is_what_the_readme_tells(
    name: str, years: int, reasons: set[str], tmp_path: Path
) -> None:
    """At the gate, with its reasons; the officer sees for how long, and what it costs."""
    code = await at_the_gate(name, tmp_path, "--kind", "card_renewal")

    request = await load_request(code)
    shown = await mumaris_as("amal", "review", "show", code)
    nobody_scanned_its_letter = {"warnings_raised"}
    assert set(request.review_reasons) == reasons | nobody_scanned_its_letter
    assert request.normalised["years"] == years
    assert f"{years} year" in shown.stdout
    assert "Fee" in shown.stdout


@pytest.mark.usefixtures("example_register")
@pytest.mark.parametrize(
    ("name", "kind", "status", "approvals"),
    [
        ("09-waits-for-review.json", "profile_update", "under_review", 1),
        ("10-second-officer.json", "profile_update", "under_review", 2),
        ("11-returned.json", "profile_update", "under_review", 1),
        ("11-corrected.json", "profile_update", "under_review", 1),
        ("12-waits-for-activation.json", "profile_update", "approved", 0),
        ("13-waits-for-payment.json", "card_renewal", "under_review", 1),
    ],
)
async def test_what_the_demo_leaves_comes_to_its_wait(
    name: str, kind: str, status: str, approvals: int, tmp_path: Path
) -> None:
    """With as many officers as the wait is about."""
    request = await load_request(await at_the_gate(name, tmp_path, "--kind", kind))

    assert (request.status, request.approvals_needed) == (status, approvals)


@pytest.mark.usefixtures("example_register")
async def test_the_registration_of_the_examples_is_what_the_readme_tells(tmp_path: Path) -> None:
    """With its two files the one doubt is that no scanner is here; without them it is refused."""
    name, kind = "15-registration.json", ("--kind", "registration")
    file = write_json(tmp_path, read_example(name, TODAY))

    refused = await mumaris("request", "submit", *kind, file)
    code = await at_the_gate(name, tmp_path, *kind)
    decided = await mumaris_as("amal", "request", "decide", code, "--approve")

    request = await load_request(code)
    assert refused.exit_code == 1
    assert re.findall(r"\((\w+)\)", refused.stderr) == ["document_file_missing"] * 2
    assert {doubt["code"] for doubt in request.normalised["warnings"]} == {"document_not_scanned"}
    assert set(request.review_reasons) == {"registration_to_decide", "warnings_raised"}
    assert (request.normalised["years"], decided.stdout) == (2, "approved\n")


@pytest.mark.usefixtures("example_register")
async def test_a_renewal_without_its_residence_card_is_refused(tmp_path: Path) -> None:
    """One problem, and nothing is kept."""
    name = "07-renewal-lacks-document.json"
    file = write_json(tmp_path, read_example(name, TODAY))

    files = attached(name, tmp_path)
    refused = await mumaris("request", "submit", "--kind", "card_renewal", file, *files)

    assert refused.exit_code == 1
    assert re.findall(r"\((\w+)\)$", refused.stderr) == ["residence_card_missing"]


async def at_the_gate(name: str, folder: Path, *options: str) -> str:
    """Submit the example with its files, dated for today, and validate it; its tracking code."""
    file = write_json(folder, read_example(name, TODAY))
    submitted = await mumaris("request", "submit", *options, file, *attached(name, folder))
    assert submitted.exit_code == 0, submitted.stderr
    code = submitted.stdout.strip()
    await validate.task.fn(code)
    return code


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2028, 2, 29)])
def test_the_cards_of_the_examples_are_clean_on_any_day(today: date, tmp_path: Path) -> None:
    """Every line passes the rules; a card that expires in a month does so whenever it is read."""
    files = read_register_files(
        cards=dated_again(CARDS, tmp_path, today),
        ledger=dated_again(LEDGER, tmp_path, today),
        today=today,
    )

    assert (len(files.cards), len(files.ledger)) == (12, 9)
    assert (files.cards["20150007"].expires_on - today).days == 30


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2031, 2, 28)])
def test_an_example_is_dated_for_its_day(today: date) -> None:
    """The letter is 20 days old, the card has not expired; nothing else changes."""
    example = read_example("03-corrected.json", today)

    letter, card = example["documents"]
    literal = json.loads((EXAMPLES / "submissions" / "03-corrected.json").read_text("utf-8"))
    assert (today - date.fromisoformat(letter["issued_on"])).days == 20
    assert date.fromisoformat(card["issued_on"]) < today < date.fromisoformat(card["expires_on"])
    assert example | {"documents": []} == literal | {"documents": []}


@pytest.mark.parametrize("name", sorted(path.name for path in SUBMITTED.glob("*")))
def test_the_file_of_an_example_bears_its_day(name: str, tmp_path: Path) -> None:
    """As the submission states it, dated for whatever day the demo runs on."""
    (example, *_) = sorted((EXAMPLES / "submissions").glob(f"{name[:2]}-*.json"))
    stated = read_example(example.name, date(2031, 2, 28))

    files = files_of(example.name, stated, tmp_path)

    days = {one["kind"]: one["issued_on"] for one in stated["documents"]}
    page = pypdfium2.PdfDocument(tmp_path / name)[0].get_textpage().get_text_range()
    assert [file.name for _, file in files].count(name) == 1
    assert days[name[3:-4]] in page
    assert len(re.findall(r"\d{4}-\d{2}-\d{2}", page)) == 1


def test_the_register_of_the_examples_is_clean() -> None:
    """Every line passes the rules; one practitioner at least is older than 65."""
    files = read_register_files(
        practitioners=REGISTER, officers=OFFICERS, official=OFFICIAL_RECORDS, today=TODAY
    )

    births = [row["birth_date"] for row in files.practitioners.values()]
    emails = [row["email"] for row in files.practitioners.values()]
    assert (len(files.practitioners), len(files.officers), len(files.official)) == (12, 3, 14)
    assert min(births).year < TODAY.year - 66
    assert all(email.endswith("@example.com") for email in emails)
