"""Who may change a dead address, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.accounts.address_changes import Objection, objection_to, open_until
from rules.accounts.kinds import Role
from support.policies import frozen_policy

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("roles", "objection"),
    [
        ([], Objection.NO_ROLE),
        ([Role.OPERATOR, Role.AUDITOR], Objection.NO_ROLE),
        ([Role.OFFICER], None),
        ([Role.SUPERVISOR, Role.AUDITOR], None),
    ],
)
def test_officers_and_supervisors_take_part(roles: list[Role], objection: Objection | None) -> None:
    """Nobody else does."""
    assert objection_to(roles, is_own=False) is objection


def test_nobody_changes_their_own_address_or_takes_both_steps() -> None:
    """Whatever their role."""
    both = [Role.OFFICER, Role.SUPERVISOR]

    assert objection_to(both, is_own=True) is Objection.OWN
    assert objection_to(both, is_own=True, is_first=True) is Objection.OWN
    assert objection_to(both, is_own=False, is_first=True) is Objection.SAME_OFFICER
    assert objection_to([Role.AUDITOR], is_own=False, is_first=True) is Objection.NO_ROLE


def test_it_can_be_confirmed_for_as_long_as_policy_says() -> None:
    """From the first officer's step on."""
    policy = frozen_policy().accounts

    assert open_until(NOW, policy) == NOW + timedelta(hours=policy.address_change_hours)
