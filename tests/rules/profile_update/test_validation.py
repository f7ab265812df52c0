"""Validating a whole profile update."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules.findings.doubts import Doubt
from rules.policy.policy import Policy
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import NAMES, Field, Group
from rules.requests.submitted import Certificate, Experience
from rules.values.document_kind import DocumentKind
from support.judge import Judge

COURSE = Certificate(
    title="Infection control", issuer="SCH", issued_on="1447-01-01", cpd_hours=Decimal("6.5")
)
POST = Experience(
    employer="مستشفى النخيل", role="ممرضة", started_on="2024-01-01", cpd_hours=Decimal(2)
)


def test_only_what_differs_from_what_is_on_file_is_a_change(judge: Judge) -> None:
    """The portal sends the whole form; the request holds what is new, normalised."""
    validation = judge.says(
        {
            "mobile": "٠٥١٢٣٤٥٦٧٨",
            "email": " sarah@EXAMPLE.com",
            "first_name_ar": "سَارة",
            "birth_date": "1410-10-25",
            "address": " الرياض،  حي الورود ",
        }
    )

    assert validation.is_valid
    assert validation.normalised.changes == {Field.ADDRESS: "الرياض، حي الورود"}


def test_a_hijri_birth_date_is_kept_as_gregorian(judge: Judge) -> None:
    """One calendar on file."""
    assert judge.says({"birth_date": "1410/10/26"}).normalised.changes == {
        Field.BIRTH_DATE: "1990-05-21"
    }


def test_nothing_changed_is_refused(judge: Judge) -> None:
    """Also where everything was typed again as it is on file."""
    nothing = {("changes", "nothing_changed")}

    assert judge.codes({}) == nothing
    assert judge.codes({"mobile": "0512345678", "rank": " specialist "}) == nothing


def test_a_certificate_alone_is_enough_to_ask_for(judge: Judge) -> None:
    """New certificates are what the update is for."""
    validation = judge.says(certificates=(COURSE,), experience=(POST,))

    assert validation.is_valid
    assert validation.normalised.changed_groups == {Group.CERTIFICATES, Group.EXPERIENCE}
    assert validation.normalised.cpd_hours == Decimal("8.5")


def test_all_problems_come_at_once(judge: Judge) -> None:
    """One correction round, not seven."""
    found = judge.codes(
        {"mobile": "123", "email": "nobody", "rank": ""},
        registration_number="?",
        confirmed_by_applicant=False,
        idempotency_key="?",
        documents=(),
        certificates=(replace(COURSE, issued_on="never"),),
    )

    assert found == {
        ("registration_number", "registration_number_form"),
        ("idempotency_key", "idempotency_key_form"),
        ("confirmed_by_applicant", "not_confirmed"),
        ("mobile", "mobile_form"),
        ("email", "email_form"),
        ("rank", "empty"),
        ("certificates[0].issued_on", "date_form"),
        ("documents", "employer_letter_missing"),
    }


def test_the_registration_number_must_be_that_of_the_profile(judge: Judge) -> None:
    """Typed with or without its dash, in any digits."""
    other = ("registration_number", "registration_number_of_another")

    assert other not in judge.codes({"rank": "x"}, registration_number="١٢-٣٤٥٦٧٨")
    assert other in judge.codes({"rank": "x"}, registration_number="12-345679")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"identity_number": "2000000006"}, ("identity_kind", "identity_kind_disagrees")),
        ({"nationality": "EG"}, ("nationality", "nationality_disagrees")),
        ({"identity_kind": "passport"}, ("identity_kind", "identity_kind_unknown")),
        ({"nationality": "ZZ"}, ("nationality", "nationality_unknown")),
        (
            {"identity_number": "1071724369"},
            ("identity_number", "identity_number_check_digit"),
        ),
        ({"birth_date": "2026-03-16"}, ("birth_date", "date_in_future")),
        ({"birth_date": "2008-03-16"}, ("birth_date", "age_out_of_range")),
        ({"birth_date": "1905-01-01"}, ("birth_date", "age_out_of_range")),
    ],
    ids=str,
)
def test_the_resulting_identity_must_agree_with_itself(
    judge: Judge, changes: dict[str, str], problem: tuple[str, str]
) -> None:
    """What is not changed counts as it is on file."""
    assert problem in judge.codes(changes)


def test_data_on_file_that_nobody_touches_are_not_judged_again(judge: Judge) -> None:
    """An old mistake in the register does not stop a new mobile number."""
    mistaken = type(judge)(judge.policy, replace(judge.on_file, identity_number="2000000006"))

    assert mistaken.codes({"mobile": "0555555555"}) == set()


NO_OTHER_NAMES = dict.fromkeys(
    [field.value for field in NAMES if not field.startswith("first_")], ""
)


def test_a_person_may_have_one_name(judge: Judge) -> None:
    """It stands in the first name, in both languages."""
    validation = judge.says({"first_name_en": "Sukarno", **NO_OTHER_NAMES})

    assert validation.is_valid
    assert validation.normalised.changes[Field.FAMILY_NAME_EN] == ""


@pytest.mark.parametrize("field", ["family_name_ar", "family_name_en"])
def test_a_family_name_stands_in_both_languages_or_in_neither(judge: Judge, field: str) -> None:
    """The field that was left empty is named."""
    assert judge.codes({field: ""}) == {(field, "family_name_in_one_language")}


@pytest.mark.parametrize("field", ["first_name_ar", "first_name_en"])
def test_a_first_name_is_always_there(judge: Judge, field: str) -> None:
    """Whoever has one name has it there."""
    assert judge.codes({field: " "}) == {(field, "empty")}


GULF = {"identity_number": "880412345", "identity_kind": "gcc_id", "nationality": "BH"}


@pytest.mark.parametrize(
    ("shows", "needed"),
    [
        ("identity", {("documents", "identity_missing")}),
        ("residence_card", {("documents", "residence_card_missing")}),
        ("nothing", set()),
    ],
)
def test_what_a_citizen_of_a_gulf_state_shows_is_policy(
    judge: Judge, shows: Any, needed: set[tuple[str, str]]
) -> None:
    """They have no residence card."""
    documents = replace(judge.policy.documents, gulf_citizens_show=shows)
    asked = type(judge)(replace(judge.policy, documents=documents), judge.on_file)

    assert asked.codes(GULF) == needed


@pytest.mark.parametrize(
    ("expires_on", "found"),
    [
        ("2027-01-01", set()),
        (None, set()),
        ("2026-01-01", {("documents[1].expires_on", "identity_expired")}),
    ],
)
def test_the_identity_card_of_a_gulf_state_is_shown_while_it_is_valid(
    judge: Judge, expires_on: str | None, found: set[tuple[str, str]]
) -> None:
    """As other documents that need not expire."""
    card = judge.document(DocumentKind.IDENTITY, issued_on="2025-01-01", expires_on=expires_on)

    assert judge.codes(GULF, documents=(judge.letter, card)) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"identity_number": "100000000"},
        {"identity_number": "100000000", "nationality": "XX"},
        {"identity_number": "30000000", "identity_kind": "iqama", "nationality": "EG"},
    ],
)
def test_a_number_that_has_not_the_form_of_its_kind_is_told_with_all_the_rest(
    judge: Judge, changes: dict[str, str]
) -> None:
    """Whatever else is wrong."""
    assert ("identity_number", "identity_number_form") in judge.codes(changes)


def test_a_wrong_check_digit_may_be_a_warning_or_nothing(judge: Judge) -> None:
    """Its strictness is a setting (DOMAIN.md 2 [35])."""
    changes = {"identity_number": "1071724369"}
    identity = judge.policy.identity
    warn = replace(judge.policy, identity=replace(identity, luhn="warn"))
    ignore = replace(judge.policy, identity=replace(identity, luhn="ignore"))

    warned = type(judge)(warn, judge.on_file).says(changes)
    ignored = type(judge)(ignore, judge.on_file).says(changes)

    assert warned.is_valid
    doubt = Doubt("identity_number_check_digit", Field.IDENTITY_NUMBER)
    assert warned.normalised.warnings == (doubt,)
    assert NormalisedUpdate.from_json(warned.normalised.to_json()) == warned.normalised
    assert ignored.is_valid
    assert ignored.normalised.warnings == ()


def test_a_fathers_name_may_be_emptied_and_a_first_name_may_not(judge: Judge) -> None:
    """Some passports have no father's name."""
    assert judge.says({"father_name_en": " "}).normalised.changes == {Field.FATHER_NAME_EN: ""}
    assert judge.codes({"first_name_en": ""}) == {("first_name_en", "empty")}


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ("-1", "cpd_hours_form"),
        ("1.005", "cpd_hours_form"),
        ("NaN", "cpd_hours_form"),
        ("Infinity", "cpd_hours_form"),
        ("1E-999999", "cpd_hours_form"),
        ("30.01", "cpd_hours_too_many"),
        ("1E+999999", "cpd_hours_too_many"),
    ],
)
def test_hours_are_a_small_number_of_hundredths(judge: Judge, hours: str, code: str) -> None:
    """NaN, infinity and numbers of a million digits included."""
    found = judge.codes(certificates=(replace(COURSE, cpd_hours=Decimal(hours)),))

    assert found == {("certificates[0].cpd_hours", code)}


@pytest.mark.parametrize("hours", ["0", "0.5", "29.99", "30", "1E+1", "-0"])
def test_hours_up_to_the_limit_count(judge: Judge, hours: str) -> None:
    """However the number is written."""
    validation = judge.says(certificates=(replace(COURSE, cpd_hours=Decimal(hours)),))

    assert validation.is_valid
    assert validation.normalised.cpd_hours == Decimal(hours)


def test_the_same_activity_twice_is_refused(judge: Judge) -> None:
    """By its code, or by title, issuer and day; each activity counts once (DOMAIN.md 1.5 [27])."""
    again = replace(COURSE, title="INFECTION  control", cpd_hours=Decimal(1))
    coded = replace(COURSE, activity_code="ACT-1")
    recoded = replace(coded, title="Another title", activity_code="act-1")

    assert judge.codes(certificates=(COURSE, again)) == {("certificates[1]", "entered_twice")}
    assert judge.codes(certificates=(coded, recoded)) == {("certificates[1]", "entered_twice")}
    assert judge.codes(certificates=(COURSE, coded)) == set()
    assert judge.codes(experience=(POST, POST)) == {("experience[1]", "entered_twice")}


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"ended_on": "2023-12-31"}, ("experience[0].ended_on", "ended_before_started")),
        ({"ended_on": "2026-03-16"}, ("experience[0].ended_on", "date_in_future")),
        ({"started_on": "2026-03-16"}, ("experience[0].started_on", "date_in_future")),
        ({"role": "<script>"}, ("experience[0].role", "markup_characters")),
    ],
    ids=str,
)
def test_experience_lies_in_the_past_and_in_order(
    judge: Judge, members: dict[str, Any], problem: tuple[str, str]
) -> None:
    """It may go on, but not begin tomorrow."""
    assert judge.codes(experience=(replace(POST, **members),)) == {problem}


def test_experience_is_kept_with_its_last_day(judge: Judge) -> None:
    """Or without one, where it goes on."""
    ended = replace(POST, ended_on="2025-01-01", role="x")

    kept = judge.says(experience=(POST, ended)).normalised.experience

    assert [entry.ended_on for entry in kept] == [None, date(2025, 1, 1)]


def test_hours_that_cannot_be_are_refused_by_their_place(judge: Judge) -> None:
    """Also those of experience."""
    codes = judge.codes(experience=(replace(POST, cpd_hours=Decimal(-1)),))

    assert {place for place, _ in codes} == {"experience[0].cpd_hours"}


def test_a_day_of_experience_may_begin_and_end_today(judge: Judge) -> None:
    """The day of submission is not the future."""
    today = replace(POST, started_on="2026-03-15", ended_on="2026-03-15")

    assert judge.codes(experience=(today,)) == set()


def test_more_entries_than_policy_allows_are_one_problem(judge: Judge) -> None:
    """Those beyond the limit are not even looked at."""
    many = tuple(replace(COURSE, activity_code=f"ACT-{n}") for n in range(50))
    broken = replace(COURSE, issued_on="never")

    assert judge.codes(certificates=(*many, broken)) == {("certificates", "too_many")}


def test_the_normalised_update_survives_json(judge: Judge) -> None:
    """It is kept on the request's row until it comes into force."""
    ended = replace(POST, ended_on="2025-01-01", role="x")
    update = judge.says(
        {"email": "new@example.com", "birth_date": "1410-10-26"},
        certificates=(COURSE, replace(COURSE, activity_code="ACT-1")),
        experience=(POST, ended),
        documents=(judge.letter, replace(judge.letter, expires_on="1449-01-01", size_bytes=9)),
        preferred_language="en",
    ).normalised

    assert NormalisedUpdate.from_json(update.to_json()) == update


def test_the_profile_after_the_changes_is_typed(judge: Judge) -> None:
    """A birth date is a date again."""
    update = judge.says({"birth_date": "1410-10-26", "rank": "consultant"}).normalised
    after = judge.on_file.with_changes(update.changes)

    assert after.birth_date == date(1990, 5, 21)
    assert after.rank == "consultant"
    assert after.email == judge.on_file.email


def test_which_addresses_and_numbers_are_accepted_is_policy(judge: Judge, policy: Policy) -> None:
    """A local part in Arabic; a Saudi range that the library does not know."""
    arabic, unknown = "سارة@example.com", "0521234567"
    strict = replace(
        policy,
        email=replace(policy.email, allow_non_ascii_local_part=True),
        mobile=replace(policy.mobile, saudi_numbers="known_ranges"),
    )
    other = Judge(strict, judge.on_file)

    assert {field for field, _ in judge.codes({"email": arabic, "mobile": unknown})} == {"email"}
    assert {field for field, _ in other.codes({"email": arabic, "mobile": unknown})} == {"mobile"}
