"""`mumaris policy`: what is wrong in a file, and what it would change."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from desk.clock import utc_now
from desk.requests.submission import accept
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day
from support.cards import give_card
from support.people import NOURA, contact_change, register_people
from support.policies import FROZEN, changed_policy
from support.shell import mumaris


def line_of(key: str, file: Path) -> int:
    """The line that begins with this key."""
    lines = enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
    return next(number for number, line in lines if line.startswith(key))


async def test_a_file_that_is_right_says_how_much_of_it_is_assumed(tmp_path: Path) -> None:
    """Exit code 0; no database is asked."""
    file = changed_policy(tmp_path, ("contact = 0 ", "contact = 2 "))

    checked = await mumaris("policy", "check", str(file))

    assert checked.exit_code == 0
    assert "can be put in force" in checked.stdout


async def test_all_that_is_wrong_is_told_with_line_and_key(tmp_path: Path) -> None:
    """A line each on stderr, for programs an object each; exit code 1."""
    file = changed_policy(
        tmp_path, ("contact = 0 ", "contact = -1 "), ("put_aside_days = 14", 'put_aside_days = "x"')
    )

    people = await mumaris("policy", "check", str(file))
    programs = await mumaris("policy", "check", str(file), "--json")
    compared = await mumaris("policy", "compare", str(file))

    assert (people.exit_code, people.stdout) == (1, "")
    aside, contact = line_of("put_aside_days", file), line_of("contact", file)
    assert people.stderr.splitlines() == [
        f"{file}:{aside}: review.put_aside_days: must be a whole number",
        f"{file}:{contact}: review.approvals.contact: must be 0 or more",
    ]
    assert (compared.exit_code, compared.stderr) == (1, people.stderr)
    answer = json.loads(programs.stdout)
    assert (programs.exit_code, answer["code"]) == (1, "policy_invalid")
    assert [(each["line"], each["field"]) for each in answer["problems"]] == [
        (aside, "review.put_aside_days"),
        (contact, "review.approvals.contact"),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"[a]\nb = 1\n\xff\n", ":3: (the file): this is not text", id="no text"),
        pytest.param(b"[a]\nb = \n", ":2: (the file): this is not TOML", id="broken"),
        pytest.param(b"a = " + b"[" * 100_000, ":1: (the file): this is not TOML", id="deep"),
        pytest.param(b"a = " + b"9" * 10_000, ":1: (the file): this is not TOML", id="long"),
    ],
)
async def test_what_is_no_policy_file_is_told_with_its_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """It is refused, and is no fault in the program."""
    file = tmp_path / "policy.toml"
    file.write_bytes(content)

    checked = await mumaris("policy", "check", str(file))

    assert (checked.exit_code, checked.stdout) == (1, "")
    assert said in checked.stderr
    assert len(checked.stderr.splitlines()) == 1


async def test_a_file_that_is_not_there_is_told() -> None:
    """Exit code 2, as of any file."""
    checked = await mumaris("policy", "check", "/no/such/policy.toml", "--json")

    assert (checked.exit_code, json.loads(checked.stdout)["code"]) == (2, "file_unusable")


async def test_the_same_file_would_change_nothing() -> None:
    """Exit code 0."""
    compared = await mumaris("policy", "compare", str(FROZEN))

    assert compared.exit_code == 0
    assert "nothing would change" in compared.stdout


@pytest.mark.usefixtures("database")
async def test_keys_that_differ_are_told_with_their_line(tmp_path: Path) -> None:
    """And whether the value is assumed."""
    file = changed_policy(tmp_path, ("put_aside_days = 14 ", "put_aside_days = 7 "))

    compared = await mumaris("policy", "compare", str(file), "--json")

    assert json.loads(compared.stdout)["keys"] == [
        {
            "key": "review.put_aside_days",
            "in_force": 14,
            "proposed": 7,
            "line": line_of("put_aside_days", file),
            "was_assumed": True,
            "is_assumed": True,
        }
    ]


@pytest.fixture
async def register(database: str) -> None:
    """A submitted change of contact details, and a card in its window."""
    await register_people()
    today = riyadh_day(utc_now())
    await give_card(NOURA["registration_number"], expires_on=today + timedelta(days=70))
    await accept(Kind.PROFILE_UPDATE, contact_change(), now=utc_now())


@pytest.mark.usefixtures("register")
async def test_what_would_be_treated_differently_is_counted_by_rule(tmp_path: Path) -> None:
    """Requests, cards and reminders, each by what the file changes for them."""
    file = changed_policy(
        tmp_path,
        ("contact = 0 ", "contact = 2 "),
        ("opens_before_expiry_days = 90", "opens_before_expiry_days = 60"),
        ("days_before = [90, 60, 30, 14, 7, 1, 0]", "days_before = [45, 30, 14, 7, 1, 0]"),
    )

    compared = await mumaris("policy", "compare", str(file), "--examples", "1", "--json")

    assert compared.exit_code == 0
    answer = json.loads(compared.stdout)
    assert {each["key"] for each in answer["keys"]} == {
        "review.approvals.contact",
        "renewal.opens_before_expiry_days",
        "reminders.days_before",
    }
    updates = answer["requests"]["by_kind"]["profile_update"]
    assert (updates["looked_at"], updates["differ"]) == (1, 1)
    (approvals,) = [each for each in updates["by_rule"] if each["rule"] == "approvals"]
    assert (approvals["in_force"], approvals["proposed"], approvals["number"]) == ("0", "2", 1)
    assert len(approvals["examples"]) == 1
    assert {each["rule"] for each in answer["cards"]["by_rule"]} == {
        "may_renew",
        "opens_days_before_expiry",
        "rule:window",
    }
    reminders = {each["days_left"]: each["difference"] for each in answer["reminders"]["card"]}
    assert (reminders[90], reminders[60], reminders[45]) == (-1, -1, 1)


@pytest.mark.usefixtures("register")
async def test_people_read_tables_and_no_person(tmp_path: Path) -> None:
    """By rule; a code is named only where it was asked for."""
    file = changed_policy(tmp_path, ("contact = 0 ", "contact = 2 "))

    compared = await mumaris("policy", "compare", str(file))

    assert compared.exit_code == 0
    assert (
        "Requests (profile update) that are not approved yet: 1 looked at, "
        "1 would be treated differently." in compared.stdout
    )
    assert (
        "Cards that expire within 90 days: 1 looked at, 0 would be treated differently."
        in compared.stdout
    )
    assert "SUCH AS" not in compared.stdout
    assert not any(str(value) in compared.stdout for value in NOURA.values() if value != "SA")


@pytest.mark.usefixtures("register")
async def test_a_key_that_decides_nothing_of_what_is_open_differs_as_a_key_alone(
    tmp_path: Path,
) -> None:
    """And is told as that."""
    file = changed_policy(tmp_path, ("put_aside_days = 14 ", "put_aside_days = 7 "))

    compared = await mumaris("policy", "compare", str(file), "--json")

    answer = json.loads(compared.stdout)
    assert [each["key"] for each in answer["keys"]] == ["review.put_aside_days"]
    assert all(each["differ"] == 0 for each in answer["requests"]["by_kind"].values())
    assert answer["cards"]["differ"] == 0
    assert not any(
        each["difference"] for letters in answer["reminders"].values() for each in letters
    )


async def test_a_value_that_is_only_assumed_no_more_changes_nothing(tmp_path: Path) -> None:
    """No database is asked for it."""
    pages = "pages = 40                                  # assumed"
    file = changed_policy(tmp_path, (pages, "pages = 40"))

    compared = await mumaris("policy", "compare", str(file), "--json")

    answer = json.loads(compared.stdout)
    assert [each["key"] for each in answer["keys"]] == ["documents.pages"]
    assert (compared.exit_code, answer["requests"]) == (0, None)
