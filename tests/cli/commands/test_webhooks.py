"""`mumaris webhook`: telling other systems."""

import json

import pytest
from sqlmodel import update

from desk.clock import utc_now
from documents.keys import new_master_key
from models.database import transaction
from models.webhooks import Webhook
from rules.requests.letter_status import LetterStatus
from support.machines import key_of
from support.requests import request_at_gate
from support.shell import mumaris

pytestmark = pytest.mark.usefixtures("people")
URL = "https://hr.example.org/mumaris"


@pytest.fixture(autouse=True)
async def hospital(people: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that may be told, and by what its secrets are wrapped."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await key_of()


async def added(*more: str) -> dict[str, str]:
    """A new subscription, and its secret."""
    made = await mumaris("webhook", "add", "hospital", URL, *more, "--json")
    found: dict[str, str] = json.loads(made.stdout)
    return found


async def listed() -> dict[str, object]:
    """The one that there is."""
    (found,) = json.loads((await mumaris("webhook", "list", "--json")).stdout)
    return dict(found)


async def test_a_secret_is_shown_once_and_alone() -> None:
    """On stdout, for a file or a pipe; a list never has it."""
    made = await mumaris("webhook", "add", "hospital", URL, "--event", "activated")
    shown = await mumaris("webhook", "list")

    secret = made.stdout.strip()
    assert (made.exit_code, len(made.stdout.splitlines())) == (0, 1)
    assert secret.startswith("whsec_")
    assert "shown this once" in made.stderr
    assert "hospital" in shown.stdout
    assert secret not in shown.stdout


async def test_pausing_and_resuming_say_what_they_changed() -> None:
    """And the list says how it stands, and who said so."""
    number = (await added())["subscription"]

    paused = [(await mumaris("webhook", "pause", number)).stdout for _ in "12"]
    standing = await listed()
    resumed = [(await mumaris("webhook", "resume", number)).stdout for _ in "12"]

    assert paused == ["paused\n", "was paused before\n"]
    assert (standing["state"], bool(standing["state_by"])) == ("paused", True)
    assert resumed == ["resumed\n", "was active already\n"]


async def test_rotating_gives_another_secret() -> None:
    """And says until when the one before signs too."""
    made = await added()
    rotated = await mumaris("webhook", "rotate", made["subscription"])

    assert rotated.stdout.strip() != made["secret"]
    assert "The one before signs too until" in rotated.stderr


async def test_removing_asks_first() -> None:
    """Nobody is there to answer in a script, which must say so beforehand."""
    number = (await added())["subscription"]

    assert (await mumaris("webhook", "remove", number)).exit_code == 2
    assert (await mumaris("webhook", "remove", number, "--yes")).stdout == "removed\n"
    assert (await mumaris("webhook", "remove", number, "--yes")).exit_code == 3


async def test_what_was_given_up_is_listed_and_sent_again() -> None:
    """Of a request, or all of it."""
    number = (await added())["subscription"]
    code = await request_at_gate()
    async with transaction() as session:
        await session.exec(
            update(Webhook).values(
                status=LetterStatus.FAILED, settled_at=utc_now(), reply="it answered 500"
            )
        )

    given_up = json.loads((await mumaris("webhook", "failed", "--json")).stdout)
    shown = await mumaris("webhook", "failed", "--subscription", number)
    before = await listed()
    again = [(await mumaris("webhook", "replay", number, "--request", code)).stdout for _ in "12"]

    assert {(each["tracking_code"], each["why"]) for each in given_up} == {
        (code, "it answered 500")
    }
    assert code in shown.stdout
    assert (before["given_up"], before["waiting"]) == (2, 0)
    assert again == ["2 to be sent again\n", "0 to be sent again\n"]


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("add", "hospital", "http://hr.example.org"), 1),
        (("add", "hospital", URL, "--event", "claimed"), 2),
        (("add", "nobody", URL), 3),
        (("pause", "nothing"), 3),
        (("failed", "--subscription", "nothing"), 3),
    ],
)
async def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], exit_code: int) -> None:
    """With the exit code of its kind."""
    refused = await mumaris("webhook", *arguments)

    assert (refused.exit_code, len(refused.stderr.splitlines())) == (exit_code, 1)
