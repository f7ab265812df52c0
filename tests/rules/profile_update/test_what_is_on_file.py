"""What a profile update is judged against: the person's own entries on the register."""

from dataclasses import replace
from typing import Any

import pytest

from rules.documents.on_hand import DocumentOnHand, DocumentsOnHand
from rules.documents.states import DocumentState
from rules.findings.problems import problem
from rules.policy.policy import Policy
from rules.profile_update.validation import validate_profile_update
from rules.register.profile import ProfileOnFile
from rules.values.document_kind import DocumentKind
from support.judge import Judge


def judge_of(policy: Policy, on_file: ProfileOnFile, **members: Any) -> Judge:
    """Judges changes of the sample profile with these members changed."""
    return Judge(policy, replace(on_file, **members))


def test_an_update_names_whose_it_is_and_the_language_that_was_asked_for(judge: Judge) -> None:
    """The number as it is on file, however it was typed."""
    asked = judge.says({"mobile": "0555555555"}, preferred_language="en").normalised

    assert (asked.registration_number, asked.preferred_language) == ("12345678", "en")


def test_a_name_on_file_that_nobody_touches_is_not_judged_again(
    policy: Policy, on_file: ProfileOnFile
) -> None:
    """An old gap in the register stops no new mobile number; a new first name asks for it."""
    judge = judge_of(policy, on_file, family_name_en="")

    assert judge.codes({"mobile": "0555555555"}) == set()
    assert judge.codes({"first_name_en": "Sara"}) == {
        ("family_name_en", "family_name_in_one_language")
    }


def test_a_new_number_has_the_form_of_the_kind_on_file(
    policy: Policy, on_file: ProfileOnFile
) -> None:
    """Those of the Gulf states are short."""
    citizen = {"identity_number": "12345", "identity_kind": "gcc_id", "nationality": "OM"}
    judge = judge_of(policy, on_file, **citizen)
    card = judge.document(DocumentKind.IDENTITY, expires_on="2027-01-01")

    assert judge.codes({"identity_number": "54321"}, documents=(judge.letter, card)) == set()


def test_a_document_that_was_uploaded_is_found(
    policy: Policy, on_file: ProfileOnFile, judge: Judge
) -> None:
    """What is known of its file goes onto the update."""
    upload = DocumentOnHand(
        kind=DocumentKind.EMPLOYER_LETTER,
        state=DocumentState.READY,
        readable=True,
        sha256="cd" * 32,
        size_bytes=5,
        media_type="application/pdf",
    )
    letter = replace(judge.letter, id="upload-1", sha256=None)
    submission = judge.submission({"rank": "senior specialist"}, documents=(letter,))

    validation = validate_profile_update(
        submission,
        on_file,
        today=judge.today,
        policy=policy,
        on_hand=DocumentsOnHand(by_id={"upload-1": upload}),
    )

    (found,) = validation.normalised.documents
    assert validation.is_valid
    assert (found.upload_id, found.sha256, found.size_bytes) == ("upload-1", "cd" * 32, 5)


@pytest.mark.parametrize("group", ["residence_card", "medical_report"])
def test_contact_changes_ask_nobody_for_a_document(
    policy: Policy, on_file: ProfileOnFile, group: str
) -> None:
    """Neither who is no Saudi nor who is old."""
    whose: dict[str, dict[str, Any]] = {
        "residence_card": {
            "identity_number": "2000000006",
            "identity_kind": "iqama",
            "nationality": "EG",
        },
        "medical_report": {"birth_date": on_file.birth_date.replace(year=1950)},
    }
    judge = judge_of(policy, on_file, **whose[group])

    assert judge.codes({"mobile": "0555555555"}, documents=()) == set()
    assert ("documents", f"{group}_missing") in judge.codes({"specialty": "pharmacy"})


@pytest.mark.parametrize(
    ("born", "code"),
    [
        ("2008-03-15", None),
        ("2008-03-16", "age_out_of_range"),
        ("1905-03-16", None),
        ("1905-03-15", "age_out_of_range"),
        ("2026-03-15", "age_out_of_range"),
        ("2026-03-16", "date_in_future"),
    ],
)
def test_a_person_is_as_old_as_policy_allows(judge: Judge, born: str, code: str | None) -> None:
    """To the day, on 15 March 2026; a day that is to come is no age."""
    identity = judge.policy.identity
    limits = {"minimum": identity.minimum_age_years, "maximum": identity.maximum_age_years}
    report = judge.document(DocumentKind.MEDICAL_REPORT, issuer="مستشفى النخيل")

    found = judge.says({"birth_date": born}, documents=(judge.letter, report)).problems

    facts = limits if code == "age_out_of_range" else {}
    assert found == (() if code is None else (problem(code, "birth_date", **facts),))
