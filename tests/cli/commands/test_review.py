"""`mumaris review`, on a real database."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from desk.clock import utc_now
from models.access_log import AccessLine
from models.database import transaction
from models.official_register import OfficialEntry
from models.requests import find_request
from rules.accounts.kinds import Role
from rules.findings.doubts import Doubt
from rules.register.fields import Field
from support.people import NOURA, RAHUL, contact_change, employer_letter, specialty_change
from support.requests import NOW, request_at_gate, returned
from support.shell import mumaris
from support.signed_in import mumaris_as
from tasks.steps import validation

pytestmark = pytest.mark.usefixtures("people")


async def test_the_queue_says_why_a_person_is_needed() -> None:
    """Coded reasons, and how many officers have approved of how many."""
    code = await request_at_gate()

    [waiting] = json.loads((await mumaris("review", "queue", "--json")).stdout)

    assert waiting["tracking_code"] == code
    assert waiting["reasons"] == ["specialty_or_rank_changed", "certificates_added"]
    assert (waiting["approvals"], waiting["approvals_needed"]) == (0, 1)
    assert (waiting["overdue"], waiting["claimed_by"]) == (False, None)


async def test_an_overdue_review_is_marked() -> None:
    """In the table and in the JSON."""
    code = await request_at_gate()
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.review_due_at = utc_now() - timedelta(minutes=1)

    table = await mumaris("review", "queue")
    [waiting] = json.loads((await mumaris("review", "queue", "--json")).stdout)

    assert "OVERDUE" in table.stdout
    assert waiting["overdue"] is True


async def test_four_eyes_are_counted_in_the_queue() -> None:
    """After the first approval it waits for the second, of another officer."""
    code = await request_at_gate()
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2

    first = await mumaris_as("amal", "request", "decide", code, "--approve")
    [waiting] = json.loads((await mumaris("review", "queue", "--json")).stdout)
    again = await mumaris_as("amal", "request", "decide", code, "--approve")
    second = await mumaris_as("basim", "request", "decide", code, "--approve")

    assert first.stdout == "under review\n"
    assert (waiting["approvals"], waiting["approvals_needed"]) == (1, 2)
    assert again.exit_code == 1
    assert second.stdout == "approved\n"


async def test_the_queue_holds_no_personal_data() -> None:
    """It may hang on a wall."""
    await request_at_gate()

    queue = await mumaris("review", "queue")

    assert queue.exit_code == 0
    assert NOURA["registration_number"] not in queue.output
    assert NOURA["family_name_en"] not in queue.output


async def test_a_claimed_request_is_not_decided_by_another() -> None:
    """The line names the officer who has it."""
    code = await request_at_gate()

    claimed = await mumaris_as("amal", "review", "claim", code)
    decided = await mumaris_as("basim", "request", "decide", code, "--approve")

    assert claimed.exit_code == 0
    assert decided.exit_code == 1
    assert "claimed by amal" in decided.stderr


async def test_a_released_request_is_free_again() -> None:
    """Another officer claims it."""
    code = await request_at_gate()
    await mumaris_as("amal", "review", "claim", code)

    released = await mumaris_as("amal", "review", "release", code)
    claimed = await mumaris_as("basim", "review", "claim", code)

    assert (released.exit_code, claimed.exit_code) == (0, 0)


async def test_a_supervisor_gives_a_claimed_request_to_somebody_else() -> None:
    """Whoever has it now."""
    code = await request_at_gate()
    await mumaris_as("amal", "review", "claim", code)

    assigned = await mumaris_as(
        "rahul", "review", "assign", code, "--officer", "basim", roles=[Role.SUPERVISOR]
    )

    [waiting] = json.loads((await mumaris("review", "queue", "--json")).stdout)
    assert assigned.exit_code == 0
    assert waiting["claimed_by"] == "basim"


async def test_an_officer_never_decides_their_own_request() -> None:
    """Rahul is an officer and a practitioner."""
    submission = specialty_change(NOW.date(), registration_number=RAHUL["registration_number"])
    card = {
        "kind": "residence_card",
        "issuer": "Directorate of Passports",
        "issued_on": NOW.date().isoformat(),
        "expires_on": (NOW.date() + timedelta(days=300)).isoformat(),
        "sha256": "cd" * 32,
    }
    code = await request_at_gate(submission | {"documents": [*submission["documents"], card]})

    decided = await mumaris_as("rahul", "request", "decide", code, "--approve")

    assert decided.exit_code == 1
    assert "own" in decided.stderr


async def test_the_officer_sees_from_and_to_and_the_documents() -> None:
    """What is needed to decide, with the reasons in words."""
    code = await request_at_gate()

    shown = await mumaris_as("amal", "review", "show", code)

    needed = [
        "Noura Salem Hamad Alqahtani",
        "nursing",
        "critical care nursing",
        "employer letter",
        "Critical care course",
        "The specialty or the rank changes.",
    ]
    assert shown.exit_code == 0
    assert [each for each in needed if each not in shown.stdout] == []


async def test_what_has_passed_by_policy_is_not_in_the_queue() -> None:
    """A contact change needs nobody."""
    await request_at_gate(contact_change())

    queue = await mumaris("review", "queue", "--json")

    assert json.loads(queue.stdout) == []


async def test_the_officer_sees_each_doubt_with_its_values() -> None:
    """Which field, which doubt, what was asked for and what it stands against."""
    code = await request_at_gate()
    doubt = Doubt("identity_number_held", Field.IDENTITY_NUMBER, RAHUL["registration_number"])
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.normalised = {**request.normalised, "warnings": [doubt.to_json()]}

    shown = await mumaris_as("amal", "review", "show", code)

    told = " ".join(shown.stdout.split())
    assert "Identity or residence number" in told
    assert "Another practitioner has this identity number." in told
    assert NOURA["identity_number"] in told
    assert RAHUL["registration_number"] in told


async def renamed() -> str:
    """A new family name, which the official register writes otherwise."""
    async with transaction() as session:
        row = await session.get_one(OfficialEntry, NOURA["identity_number"])
        row.record = row.record | {"family_name_en": "AL-ḤARBI"}
    changes = {"family_name_en": "Alharbi", "mobile": "0551112233"}
    letter = employer_letter(NOW.date())
    return await request_at_gate(contact_change(changes=changes, documents=[letter]))


async def test_the_official_record_has_a_column_beside_the_changes() -> None:
    """On file, new, official; programs get it by field, where there is one."""
    code = await renamed()

    table = (await mumaris_as("amal", "review", "show", code)).stdout
    told = json.loads((await mumaris_as("amal", "review", "show", code, "--json")).stdout)

    [titles] = [line for line in table.splitlines() if "FROM (ON FILE)" in line]
    name, _ = [line for line in table.splitlines() if line.startswith("Family name in English")]
    assert titles.split()[-2:] == ["OFFICIAL", "RECORD"]
    assert name.split()[-3:] == ["Alqahtani", "Alharbi", "AL-ḤARBI"]
    assert told["on_file"] == {"family_name_en": "Alqahtani", "mobile": NOURA["mobile"]}
    assert told["official"] == {"family_name_en": "AL-ḤARBI"}


async def test_where_nobody_asked_the_register_there_is_no_column_of_it() -> None:
    """A specialty is not its business."""
    code = await request_at_gate()

    table = (await mumaris_as("amal", "review", "show", code)).stdout
    told = json.loads((await mumaris_as("amal", "review", "show", code, "--json")).stdout)

    assert "OFFICIAL" not in table
    assert told["official"] == {}
    assert told["asks_for"]["changes"] == {"specialty": "critical care nursing"}


async def test_next_hands_out_one_after_the_other_and_then_nothing() -> None:
    """What was passed on today is not brought back; the queue says how much there is of what."""
    code = await request_at_gate()

    given = await mumaris_as("amal", "review", "next", "--json")
    nothing = await mumaris_as("basim", "review", "next")
    mine = await mumaris_as("amal", "review", "queue", "--queue", "mine", "--json")
    skipped = await mumaris_as("amal", "review", "skip", code, "--reason", "on leave")
    again = await mumaris_as("amal", "review", "next", "--json")
    table = await mumaris_as("amal", "review", "queue", "--queue", "to_take")

    assert json.loads(given.stdout)["claimed_by"] == "amal"
    assert nothing.stdout == "nothing waits for you\n"
    assert json.loads(mine.stdout)["counts"]["mine"] == 1
    assert [one["tracking_code"] for one in json.loads(mine.stdout)["requests"]] == [code]
    assert skipped.exit_code == 0
    assert json.loads(again.stdout) is None
    assert "to take: 1" in table.stdout
    assert code in table.stdout


async def test_what_is_put_aside_is_in_its_own_queue() -> None:
    """A day that is none of the next days is refused."""
    code = await request_at_gate()
    tomorrow = (utc_now() + timedelta(days=2)).date().isoformat()
    words = ("review", "hold", code, "--reason", "asked the hospital")

    refused = await mumaris_as("amal", *words, "--until", "2020-01-01")
    put_aside = await mumaris_as("amal", *words, "--until", tomorrow)
    held = await mumaris_as("basim", "review", "queue", "--queue", "held", "--json")

    assert refused.exit_code == 1
    assert "choose a day after today" in refused.stderr
    assert put_aside.stdout == f"put aside until {tomorrow}\n"
    assert json.loads(held.stdout)["counts"] == {
        "mine": 0,
        "to_take": 0,
        "second_officer": 0,
        "held": 1,
        "late": 0,
        "all": 1,
    }


async def test_all_that_an_officer_holds_is_put_back() -> None:
    """They are away, or have left."""
    code = await request_at_gate()
    await mumaris_as("basim", "review", "claim", code)

    words = ("review", "release-all", "basim", "--reason", "On leave")
    released = await mumaris_as("rahul", *words, roles=[Role.OPERATOR])

    [waiting] = json.loads((await mumaris("review", "queue", "--json")).stdout)
    assert released.stdout == "1 request released\n"
    assert waiting["claimed_by"] is None


async def test_the_e_mails_of_a_decision_are_shown_before_it() -> None:
    """Nothing is decided, and the look is a line of the access log."""
    code = await request_at_gate()
    words = ("request", "decide", code, "--reject", "--reason", "other_see_note", "--note", "Why")

    shown = await mumaris_as("amal", *words, "--preview")

    assert shown.exit_code == 0
    assert "Subject: " in shown.stdout
    assert "Why" in shown.stdout
    async with transaction() as session:
        request = await find_request(session, code)
        [line] = (await session.exec(select(AccessLine))).all()
    assert request.status == "under_review"
    assert (line.viewer, line.request_id) == ("amal", request.id)


async def test_a_case_tells_how_many_days_were_used_before_its_correction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those of the applicant do not count; before a return there is nothing to tell."""
    monkeypatch.setattr(validation, "utc_now", lambda: NOW)
    code = await request_at_gate()
    before = await mumaris_as("amal", "review", "show", code)
    await returned(code, at=NOW + timedelta(days=2))

    table = await mumaris_as("amal", "review", "show", code)
    told = json.loads((await mumaris_as("amal", "review", "show", code, "--json")).stdout)

    assert "Working days used before" not in before.stdout
    assert " ".join(table.stdout.split()).count("Working days used before: 2 of 5") == 1
    assert told["working_days_used_before"] == 2
