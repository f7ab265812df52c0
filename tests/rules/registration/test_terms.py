"""What policy says of a first registration, as terms to compare."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from rules.policy.policy import Policy
from rules.policy.terms import Difference, differences
from rules.registration.normalised import NormalisedRegistration
from rules.registration.submission import RegistrationSubmission
from rules.registration.terms import registration_terms
from rules.registration.validation import validate_registration
from support.newcomers import LAYLA, TODAY, registration


@pytest.fixture
def layla(policy: Policy) -> NormalisedRegistration:
    """Her registration, as the rules made it."""
    typed = TypeAdapter(RegistrationSubmission).validate_python(registration(TODAY))
    return validate_registration(typed, today=TODAY, policy=policy).normalised


def test_the_terms_are_what_it_needs_costs_and_gives(
    layla: NormalisedRegistration, policy: Policy
) -> None:
    """By rule."""
    assert registration_terms(layla, TODAY, policy) == {
        "document:employer_letter": "needed",
        "document:qualification": "needed",
        "years": "2",
        "fee": "240.00 SAR",
        "paid_before_activation": "no",
    }


def test_a_fee_that_policy_does_not_hold_is_the_authority_s(
    layla: NormalisedRegistration, policy: Policy
) -> None:
    """It is not none."""
    unknown = replace(layla, fee=None)

    assert registration_terms(unknown, TODAY, policy)["fee"] == "set by the authority"


def test_what_another_policy_says_is_seen(layla: NormalisedRegistration, policy: Policy) -> None:
    """Its documents on the day, and whether it is paid first."""
    other = replace(
        policy,
        documents=replace(policy.documents, medical_report_above_age_years=29),
        payment=replace(policy.payment, required_before_activation=True),
    )
    birthday = date(TODAY.year, 2, 11)

    def found(on: date, by: Policy) -> set[Difference]:
        return set(
            differences(registration_terms(layla, on, policy), registration_terms(layla, on, by))
        )

    paid = Difference("paid_before_activation", "no", "yes")
    assert found(birthday, other) == {paid, Difference("document:medical_report", None, "needed")}
    assert found(birthday.replace(day=10), other) == {paid}


def test_what_is_put_on_file_is_what_was_typed(layla: NormalisedRegistration) -> None:
    """Under the number that it gets; the day of birth is a day."""
    born = date.fromisoformat(LAYLA["birth_date"])
    expected: dict[str, Any] = LAYLA | {"birth_date": born, "mobile": "+966551112233"}

    found = layla.on_file("N4800001")

    assert found.registration_number == "N4800001"
    assert {name: getattr(found, name) for name in LAYLA} == expected
