"""`mumaris request`, on a real database."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rules.accounts.kinds import Role
from rules.register.fields import Field
from support.people import NOURA, contact_change, employer_letter, specialty_change
from support.requests import request_at_gate, request_awaiting_activation
from support.shell import mumaris, write_json
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


async def test_a_submission_is_answered_with_its_tracking_code(tmp_path: Path) -> None:
    """The code alone, so that a script can keep it."""
    submitted = await mumaris("request", "submit", write_json(tmp_path, contact_change()))

    code = submitted.stdout.strip()
    shown = await mumaris("request", "show", code, "--json")
    assert (submitted.exit_code, submitted.stderr) == (0, "")
    assert json.loads(shown.stdout)["tracking_code"] == code


async def test_a_submission_comes_from_standard_input() -> None:
    """A dash is standard input; the JSON answer has stable keys."""
    document = json.dumps(contact_change()).encode()

    submitted = await mumaris("request", "submit", "-", "--json", stdin=document)

    answer = json.loads(submitted.stdout)
    assert set(answer) == {
        "tracking_code",
        "kind",
        "status",
        "status_since",
        "reference_number",
        "submitted_at",
        "round",
        "closes_at",
    }
    assert datetime.fromisoformat(answer["submitted_at"]).tzinfo is not None


async def test_the_same_submission_twice_is_one_request(tmp_path: Path) -> None:
    """The second time prints the first one's code."""
    file = write_json(tmp_path, contact_change())

    first = await mumaris("request", "submit", file)
    second = await mumaris("request", "submit", file)

    assert first.stdout == second.stdout


async def test_every_problem_is_a_line_with_field_sentence_and_rule(tmp_path: Path) -> None:
    """All problems at once, on stderr, with exit code 1; stdout stays empty."""
    wrong = contact_change(changes={"mobile": "12", "email": "nobody"})

    refused = await mumaris("request", "submit", write_json(tmp_path, wrong))

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "mobile: This is not a mobile number. Write it like 05XXXXXXXX. (mobile_form)",
        "email: This is not an e-mail address. (email_form)",
    ]


async def test_problems_are_said_in_arabic_on_request(tmp_path: Path) -> None:
    """The rule's code stays as it is."""
    wrong = contact_change(changes={"email": "nobody"})

    refused = await mumaris("request", "submit", write_json(tmp_path, wrong), "--lang", "ar")

    assert refused.stderr == "email: البريد الإلكتروني غير صحيح. (email_form)\n"


async def test_an_unknown_kind_is_wrong_usage(tmp_path: Path) -> None:
    """Nothing is submitted under it."""
    file = write_json(tmp_path, contact_change())

    refused = await mumaris("request", "submit", file, "--kind", "no_such_kind")

    assert refused.exit_code == 2


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(lambda code: code.replace("-", ""), id="without dash"),
        pytest.param(lambda code: code.translate(ARABIC_DIGITS), id="Arabic digits"),
        pytest.param(lambda code: code.replace("0", "o").replace("1", "l"), id="misread"),
        pytest.param(lambda code: f"\u2066{code}\u2069", id="isolates"),
        pytest.param(lambda code: f"\u200f{code.replace('-', chr(0x2011))}\u00a0", id="pasted"),
    ],
)
async def test_a_tracking_code_is_understood_however_it_is_typed(typed: object) -> None:
    """As people type what they heard on the phone."""
    code = await request_at_gate()
    assert callable(typed)

    shown = await mumaris("request", "show", typed(code))

    assert shown.exit_code == 0
    assert code in shown.stdout


async def test_a_code_that_no_request_has_is_not_found() -> None:
    """Exit code 3, one line."""
    shown = await mumaris("request", "show", "ABCD-1234")

    assert (shown.exit_code, shown.stdout) == (3, "")
    assert shown.stderr.startswith("no request has this tracking code")


async def test_what_is_not_a_code_is_wrong_usage() -> None:
    """It is not repeated: it may be anything."""
    shown = await mumaris("request", "show", "\x1b[31m")

    assert shown.exit_code == 2
    assert "\x1b" not in shown.stderr


async def test_the_list_is_filtered_by_status() -> None:
    """One at the gate is not among the submitted ones."""
    code = await request_at_gate()

    at_gate = await mumaris("request", "list", "--status", "under_review", "--json")
    submitted = await mumaris("request", "list", "--status", "submitted", "--json")

    assert [found["tracking_code"] for found in json.loads(at_gate.stdout)] == [code]
    assert json.loads(submitted.stdout) == []


async def test_an_approval_opens_the_gate() -> None:
    """The status afterwards is printed."""
    code = await request_at_gate()

    decided = await mumaris_as("amal", "request", "decide", code, "--approve")

    assert (decided.exit_code, decided.stdout) == (0, "approved\n")


async def test_a_decision_says_who_made_it_in_the_timeline() -> None:
    """The officer's user name and the reason are in the JSON of the request."""
    code = await request_at_gate()

    await mumaris_as(
        "amal",
        "request",
        "decide",
        code,
        "--reject",
        "--reason",
        "not_eligible",
        "--yes",
    )

    shown = await mumaris("request", "show", code, "--json")
    last = json.loads(shown.stdout)["timeline"][-1]
    assert (last["to"], last["officer"], last["reason"]) == ("rejected", "amal", "not_eligible")


async def test_a_returned_request_is_corrected_and_reviewed_again(tmp_path: Path) -> None:
    """The return names a field; the correction is a new round of the same request."""
    code = await request_at_gate()
    today = datetime.now(UTC).date()

    returned = await mumaris_as(
        "amal",
        "request",
        "decide",
        code,
        "--return",
        "--reason",
        "unclear",
        "--field",
        Field.SPECIALTY,
    )
    shown = await mumaris("request", "show", code)
    corrected = specialty_change(
        today, changes={"specialty": "intensive care nursing"}, documents=[employer_letter(today)]
    )
    resubmitted = await mumaris("request", "resubmit", code, write_json(tmp_path, corrected))

    again = json.loads((await mumaris("request", "show", code, "--json")).stdout)
    assert returned.stdout == "returned\n"
    assert "to correct: specialty: " in shown.stdout
    assert resubmitted.exit_code == 0
    assert (again["status"], again["round"]) == ("submitted", 2)


@pytest.mark.parametrize(
    "verdicts", [(), ("--approve", "--reject"), ("--approve", "--return", "--reject")]
)
async def test_a_decision_is_exactly_one_verdict(verdicts: tuple[str, ...]) -> None:
    """None or several is wrong usage."""
    decided = await mumaris_as("amal", "request", "decide", "ABCD-1234", *verdicts)

    assert decided.exit_code == 2


async def test_a_decision_without_its_reason_is_told_the_reasons() -> None:
    """The line names the codes that are accepted."""
    code = await request_at_gate()

    decided = await mumaris_as("amal", "request", "decide", code, "--reject", "--yes")

    assert decided.exit_code == 1
    assert "documents_not_authentic" in decided.stderr


async def test_a_hostile_note_is_refused_by_its_field() -> None:
    """A bidi override in a letter would change what its reader sees."""
    code = await request_at_gate()

    decided = await mumaris_as(
        "amal", "request", "decide", code, "--approve", "--note", "ok\u202etxt"
    )

    assert decided.exit_code == 1
    assert decided.stderr.startswith("note: ")
    assert decided.stderr.endswith("(hidden_characters)\n")


async def test_the_applicant_withdraws_until_approval_and_operations_later() -> None:
    """After approval the applicant is refused, operations are not."""
    code = await request_at_gate()
    await mumaris_as("amal", "request", "decide", code, "--approve")

    by_applicant = await mumaris("request", "withdraw", code, "--yes")
    by_operations = await mumaris("request", "withdraw", code, "--operations", "--yes")

    assert by_applicant.exit_code == 1
    assert (by_operations.exit_code, by_operations.stdout) == (0, "withdrawn\n")


async def test_a_new_activation_link_is_asked_for() -> None:
    """The letter is queued once more; the request stays where it is."""
    code, _ = await request_awaiting_activation(contact_change())

    resent = await mumaris("request", "resend", code)

    shown = json.loads((await mumaris("request", "show", code, "--json")).stdout)
    activations = [each for each in shown["letters"] if each["letter"] == "activation"]
    assert resent.exit_code == 0
    assert [each["status"] for each in activations] == ["skipped", "queued"]


async def test_a_link_is_not_resent_where_none_is_waited_for() -> None:
    """Refused, with the status in the line."""
    code = await request_at_gate()

    resent = await mumaris("request", "resend", code)

    assert resent.exit_code == 1
    assert "under_review" in resent.stderr


async def test_list_and_show_hold_no_personal_data() -> None:
    """Neither what is on file nor what is wanted, in text and in JSON."""
    changes = {"mobile": "0551112233", "email": "new.address@example.com"}
    code, _ = await request_awaiting_activation(contact_change(changes=changes))

    outputs = [
        await mumaris("request", *command, *as_json)
        for command in (("show", code), ("list",))
        for as_json in ((), ("--json",))
    ]

    texts = "".join(each.output for each in outputs)
    secret = [str(NOURA[field.value]) for field in Field if field != Field.NATIONALITY]
    secret += ["0551112233", "+966551112233", "new.address"]
    kept_back = [each for each in secret if each in texts]
    assert all(each.exit_code == 0 for each in outputs)
    assert kept_back == []


async def test_another_run_is_asked_for_by_an_operator_who_says_why() -> None:
    """Once: a moment later it is said that it was asked for."""
    code = await request_at_gate()
    words = ("request", "restart", code, "--reason", "Its deployment was made anew")

    unsaid = await mumaris_as("rahul", *words[:3], roles=[Role.OPERATOR])
    twice = [await mumaris_as("rahul", *words, roles=[Role.OPERATOR]) for _ in range(2)]

    assert (unsaid.exit_code, "--reason" in unsaid.stderr) == (2, True)
    assert [each.stdout for each in twice] == [
        "another run is made\n",
        "another run was asked for a moment ago\n",
    ]
