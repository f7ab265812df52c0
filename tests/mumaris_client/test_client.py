"""The client, over HTTP: both kinds of it, and what the API refuses as an error."""

import asyncio
import inspect
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.clock import utc_now
from mumaris_client import ApiProblem, AsyncMumaris, Mumaris, calls
from mumaris_client.calls import Call
from portal.api.operations import OPERATIONS
from rules.values.dates import riyadh_day
from support.api import wish
from support.api_server import serving
from support.cards import give_card
from support.document_files import EXAMPLES
from support.filing import carried_meanwhile, csv_of
from support.machines import EMPLOYER, key_of
from support.newcomers import LAYLA, registration
from support.patience import Patience
from support.people import NOURA, register_people
from support.uploads import name_a_shelf

NUMBER = NOURA["registration_number"]
PDF = EXAMPLES / "employer-letter.pdf"


@pytest.fixture
async def key(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of an employer, one of whose people has a card that expires in a month."""
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()
    await give_card(NUMBER, expires_on=riyadh_day(utc_now()) + timedelta(days=30))
    return await key_of(now=utc_now())


@pytest.fixture
def api(key: str) -> Iterator[str]:
    """Where the API is."""
    with serving() as address:
        yield address


def test_the_client_has_every_call_but_an_officer_s_decision() -> None:
    """A decision is a person's, who has a page for it."""
    made = {
        (
            call.method.lower(),
            re.sub(r"(?<=requests/)a|(?<=documents/)a|(?<=jobs/)a", "{}", call.path),
        )
        for name, build in inspect.getmembers(calls, inspect.isfunction)
        if not name.startswith("_") and build.__module__ == calls.__name__
        for call in [_built(build)]
    }
    described = {
        (one.method, re.sub(r"\{\w+\}", "{}", one.path))
        for one in OPERATIONS
        if one.id != "carry_officer_decision"
    }

    assert made == described
    public = {name for name in vars(Mumaris) if not name.startswith("_")}
    assert public == {name for name in vars(AsyncMumaris) if not name.startswith("_")}
    assert len(public) == len(described)


def _built(build: object) -> Call[object]:
    assert callable(build)
    wanted = inspect.signature(build).parameters
    values = {"wish": {}, "limit": 1, "minor": 1, "content": b""}
    found = build(**{name: values.get(name, "a") for name in wanted})
    assert isinstance(found, Call)
    return found


def test_a_renewal_is_handed_in_with_its_document(api: str, key: str) -> None:
    """With no ``await``: asked, sent, read, listed, withdrawn."""
    with Mumaris(api, key) as mumaris:
        may = mumaris.check_eligibility(NUMBER)
        letter = mumaris.upload(NUMBER, "employer_letter", PDF.read_bytes())
        renewal = {
            "registration_number": NUMBER,
            "documents": [
                {
                    "kind": "employer_letter",
                    "issuer": EMPLOYER,
                    "issued_on": (riyadh_day(utc_now()) - timedelta(days=9)).isoformat(),
                    "id": letter["id"],
                }
            ],
            "confirmed_by_applicant": True,
        }
        sent = mumaris.submit_card_renewal(renewal, key="renewal-0001")
        read = mumaris.read_request(sent["tracking_code"])
        withdrawn = mumaris.withdraw(sent["tracking_code"])
        page = mumaris.changes()

    assert (may["may_renew"], letter["state"]) == (True, "ready")
    assert read == sent
    assert (withdrawn["status"], page["more"]) == ("withdrawn", False)


def newcomer(employer: str, *documents: str) -> dict[str, Any]:
    """Layla's registration by this employer, with these uploads in the place of particulars."""
    sent = registration(riyadh_day(utc_now()), profile={"employer": employer})
    del sent["idempotency_key"]
    for one, upload in zip(sent["documents"], documents, strict=False):
        del one["sha256"], one["size_bytes"]
        one["id"] = upload
    return sent


def test_somebody_is_registered_with_their_documents(api: str, key: str) -> None:
    """Of another employer nobody is."""
    address = LAYLA["email"]
    with Mumaris(api, key) as mumaris:
        letter = mumaris.upload(None, "employer_letter", PDF.read_bytes(), email=address)
        degree = mumaris.upload(None, "qualification", PDF.read_bytes(), email=address)
        asked = newcomer(EMPLOYER, letter["id"], degree["id"])
        sent = mumaris.submit_registration(asked, key="newcomer-0001")
        read = mumaris.read_request(sent["tracking_code"])
        with pytest.raises(ApiProblem) as refused:
            mumaris.submit_registration(newcomer("Another"), key="newcomer-0002")

    assert (read, sent["kind"], sent["status"]) == (sent, "registration", "submitted")
    assert refused.value.code == "employer_not_of_system"


async def test_with_asyncio_somebody_is_registered_once(api: str, key: str) -> None:
    """However many send it with the same key."""
    async with AsyncMumaris(api, key) as mumaris:
        letter = await mumaris.upload(
            None, "employer_letter", PDF.read_bytes(), email=LAYLA["email"]
        )
        asked = newcomer(EMPLOYER, letter["id"])
        sent = await asyncio.gather(
            *(mumaris.submit_registration(asked, key="newcomer-0001") for _ in range(5))
        )

    assert len({one["tracking_code"] for one in sent}) == 1


async def test_with_asyncio_the_same_key_at_once_is_one_request(api: str, key: str) -> None:
    """However many wait for it."""
    async with AsyncMumaris(api, key) as mumaris:
        sent = await asyncio.gather(
            *(mumaris.submit_profile_update(wish(), key="mobile-0001") for _ in range(5))
        )
        card = await mumaris.look_card_up(NUMBER)
        checked = await mumaris.check_cards(["x" * 22])

    assert len({one["tracking_code"] for one in sent}) == 1
    assert card["registration_number"] == NUMBER
    assert [one["state"] for one in checked["cards"]] == ["unknown"]


def test_a_file_is_handed_in_and_its_rows_are_told(api: str, key: str) -> None:
    """As a job that is asked after until it is done."""
    with Mumaris(api, key) as mumaris, carried_meanwhile():
        sent = mumaris.submit_file(csv_of([NUMBER, "20999999"]), key="file-0001")
        again = mumaris.submit_file(csv_of([NUMBER, "20999999"]), key="file-0001")
        patience = Patience(60)
        while mumaris.read_job(sent["id"])["status"] != "done" and not patience.is_at_its_end:
            time.sleep(0.05)
        done = mumaris.read_job(sent["id"])
        rows = mumaris.job_rows(sent["id"])
        bad = mumaris.job_problems(sent["id"], limit=1)
        request = mumaris.read_request(rows["rows"][0]["tracking_code"] or "")

    assert again["id"] == sent["id"]
    assert (done["status"], done["rows"]["accepted"], done["rows"]["refused"]) == ("done", 1, 1)
    assert [row["outcome"] for row in rows["rows"]] == ["accepted", "refused"]
    assert [row["line"] for row in bad["rows"]] == [3]
    assert request["status"] == "submitted"


def test_what_is_refused_is_an_error_to_act_on(api: str, key: str) -> None:
    """With its code, its fields, and whether it may pass."""
    with Mumaris(api, key) as mumaris, pytest.raises(ApiProblem) as refused:
        mumaris.submit_profile_update(wish(changes={"mobile": "1"}), key="mobile-0001")
    with Mumaris(api, key[:-1] + "x") as nobody, pytest.raises(ApiProblem) as unknown:
        nobody.read_request("K7Q2-M9XD")

    assert [one["field"] for one in refused.value.problems] == ["mobile"]
    assert (refused.value.status, refused.value.may_pass) == (422, False)
    assert (unknown.value.status, unknown.value.code) == (401, "key_refused")


def test_the_walk_and_the_example_of_the_documentation_work(
    api: str, key: str, tmp_path: Path, repository: Path
) -> None:
    """As they are printed, one block after the other."""
    text = (repository / "docs" / "API.md").read_text(encoding="utf-8")
    walk = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    surroundings = {
        "API": api,
        "KEY": key,
        "NUMBER": NUMBER,
        "FILE": str(PDF),
        "DAY": (riyadh_day(utc_now()) - timedelta(days=9)).isoformat(),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(repository),
    }

    with carried_meanwhile():
        walked = _ran(["bash", "-euo", "pipefail", "-c", "\n".join(walk)], tmp_path, surroundings)
    run = _ran([sys.executable, "-c", example], tmp_path, surroundings)

    assert walked.split() == ["True", "submitted", "submitted", "304", "withdrawn", "1", "[]"]
    assert run.split()[1] == "submitted"


def _ran(command: list[str], folder: Path, surroundings: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    return done.stdout.decode()
