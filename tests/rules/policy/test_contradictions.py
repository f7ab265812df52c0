"""What in a policy file contradicts itself, and what just does not."""

import pytest

from rules.policy.policy import Policy, parse_policy
from rules.policy.reader import PolicyInvalid
from support.policies import FROZEN

DAYS_WITH_KEEP = 'is required with "keep" and not allowed without it'
TEXT = FROZEN.read_text(encoding="utf-8")


def with_values(**values: str) -> str:
    """The tests' policy with these keys set anew; each stands there once."""
    lines = TEXT.splitlines()
    for key, value in values.items():
        (at,) = [number for number, line in enumerate(lines) if line.startswith(f"{key} = ")]
        lines[at] = f"{key} = {value}"
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"days_before": "[]", "days_after": "[]"},
            "reminders.days_before: must name at least one day, here or in days_after",
        ),
        (
            {"days_after": "[10]", "silent_after_days": "10"},
            "reminders.silent_after_days: must be above every number in days_after",
        ),
        ({"days_after": "[0]"}, "reminders.days_after: must not hold 0: it stands in days_before"),
        (
            {"confirm_again_after_days": "[0]"},
            "reminders.confirm_again_after_days: must not hold 0",
        ),
        (
            {"send_from_hour": "9", "send_until_hour": "9"},
            "reminders.send_until_hour: must be after send_from_hour",
        ),
        (
            {"minimum_age_years": "60", "maximum_age_years": "60"},
            "identity.minimum_age_years: must be below maximum_age_years",
        ),
        (
            {"due_working_days": "6", "escalate_after_working_days": "5"},
            "review.escalate_after_working_days: must not be below due_working_days",
        ),
        (
            {"due_working_days": "5", "least_working_days_after_correction": "6"},
            "review.least_working_days_after_correction: must not be above due_working_days",
        ),
        (
            {"link_lifetime_hours": "72", "reminder_before_hours": "72"},
            "activation.reminder_before_hours: must be below link_lifetime_hours",
        ),
        ({"countries": "[]"}, "mobile.countries: must list at least one two-letter country code"),
        (
            {"requests_days": "365", "employer_letter": '{ rule = "keep", days = 366 }'},
            "retention.requests_days: must not be below the days of any of documents.kinds",
        ),
        (
            {"close_after_days": "2"},
            "activation.close_after_days: must not end before the link does",
        ),
        (
            {"number_prefix": '"ABCD"'},
            "registration.number_prefix: must be up to three Latin capitals",
        ),
        (
            {"pattern": '"([0-9]{8})"'},
            (
                "registration.number_prefix: "
                "must make numbers that registration_number.pattern reads"
            ),
        ),
        (
            {"retry_minutes": "[]"},
            "webhooks.retry_minutes: must list at least one number, and none below 1",
        ),
        (
            {"retry_minutes": "[5, 0]"},
            "webhooks.retry_minutes: must list at least one number, and none below 1",
        ),
        (
            {"networks": '["10.20.0.0/16", "10.20.0.0/33"]'},
            "webhooks.networks: '10.20.0.0/33' is no network such as 10.20.0.0/16",
        ),
        ({"reduced_years": "3", "years": "2"}, "renewal.reduced_years: must not be above years"),
        (
            {"late_begins": '"old_expiry"', "latest_after_expiry_days": "264"},
            (
                'renewal.late_begins: may be "old_expiry" only where a late renewal still ends '
                "beyond the next opening"
            ),
        ),
        (
            {"grace_days": "30", "latest_after_expiry_days": "29"},
            "renewal.latest_after_expiry_days: must not be below grace_days",
        ),
        (
            {"opens_before_expiry_days": "365"},
            "renewal.opens_before_expiry_days: must be below the shortest new period",
        ),
        (
            {"password_characters_beside_factor": "16"},
            (
                "accounts.password_characters_beside_factor: "
                "must not be above password_characters_alone"
            ),
        ),
        (
            {"unused_days": "29", "kept_days": "30"},
            "documents.unused_days: must not be below drafts.kept_days",
        ),
        (
            {"session_idle_minutes": "601", "session_hours": "12", "officer_session_hours": "10"},
            "accounts.session_idle_minutes: must not be above the session's hours",
        ),
        (
            {"first_wait_seconds": "901", "longest_wait_minutes": "15"},
            "accounts.first_wait_seconds: must not be above longest_wait_minutes",
        ),
        (
            {"medical_report": '{ rule = "look_and_destroy", days = 1 }'},
            f"documents.kinds.medical_report.days: {DAYS_WITH_KEEP}",
        ),
        (
            {"employer_letter": '{ rule = "keep" }'},
            f"documents.kinds.employer_letter.days: {DAYS_WITH_KEEP}",
        ),
        (
            {"formula": '"fixed"'},
            "renewal.late_fine.minor_units: is required with a formula and not allowed without one",
        ),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value.partition(":")[0],
)
def test_a_contradiction_is_said_with_its_key_and_the_rule(
    values: dict[str, str], said: str
) -> None:
    """Word for word, once."""
    with pytest.raises(PolicyInvalid) as invalid:
        parse_policy(with_values(**values), filename="policy.toml")

    errors = [line.partition(": ")[2] for line in str(invalid.value).splitlines()]
    assert errors.count(said) == 1
    assert invalid.value.errors


def test_who_is_exempt_needs_no_hours() -> None:
    """The key has a twin in another table."""
    text = TEXT.replace("exempt = 0 ", "exempt = 1 ", 1)

    with pytest.raises(PolicyInvalid, match=r"exempt: must be 0: who is exempt needs none$"):
        parse_policy(text, filename="policy.toml")


@pytest.mark.parametrize(
    "values",
    [
        {"days_after": "[1, 9]", "silent_after_days": "10"},
        {"days_before": "[]", "days_after": "[1]"},
        {"confirm_again_after_days": "[1]"},
        {"send_from_hour": "9", "send_until_hour": "10"},
        {"minimum_age_years": "59", "maximum_age_years": "60"},
        {"due_working_days": "6", "escalate_after_working_days": "6"},
        {"due_working_days": "5", "least_working_days_after_correction": "5"},
        {"link_lifetime_hours": "72", "reminder_before_hours": "71"},
        {"reduced_years": "2", "years": "2"},
        {"grace_days": "30", "latest_after_expiry_days": "30"},
        {"late_begins": '"old_expiry"', "latest_after_expiry_days": "263"},
        {"password_characters_beside_factor": "15"},
        {"unused_days": "30", "kept_days": "30"},
        {"requests_days": "366", "employer_letter": '{ rule = "keep", days = 366 }'},
        {"session_idle_minutes": "600", "session_hours": "12", "officer_session_hours": "10"},
        {"retry_minutes": "[1]"},
        {"networks": '["10.20.0.0/16", "fd00::/8"]'},
        {"first_wait_seconds": "900", "longest_wait_minutes": "15"},
    ],
)
def test_what_just_agrees_is_read(values: dict[str, str]) -> None:
    """The last number before each contradiction."""
    assert isinstance(parse_policy(with_values(**values), filename="policy.toml"), Policy)
