"""How fast letters leave."""

from mail.delivering.pace import Pace


def test_letters_leave_no_faster_than_policy_says() -> None:
    """Ten a second: one every tenth."""
    pace = Pace(per_second=10, per_second_per_domain=0)

    at = [pace.reserve(f"a{n}@one.example", 0.0, until=9.0) for n in range(4)]

    assert [round(instant or 0, 3) for instant in at] == [0.0, 0.1, 0.2, 0.3]


def test_a_domain_has_a_pace_of_its_own() -> None:
    """Its letters wait; those of another domain do not wait for them."""
    pace = Pace(per_second=0, per_second_per_domain=2)

    assert pace.reserve("a@big.example", 0.0, until=9.0) == 0.0
    assert pace.reserve("b@BIG.example", 0.0, until=9.0) == 0.5
    assert pace.reserve("c@small.example", 0.0, until=9.0) == 0.0


def test_what_would_leave_too_late_takes_nothing() -> None:
    """Another domain's letter may go first."""
    pace = Pace(per_second=1, per_second_per_domain=1)
    pace.reserve("a@big.example", 0.0, until=0.5)

    assert pace.reserve("b@big.example", 0.0, until=0.5) is None
    assert pace.reserve("c@small.example", 1.0, until=1.5) == 1.0


def test_no_limit_is_no_wait() -> None:
    """Zero in policy."""
    pace = Pace(per_second=0, per_second_per_domain=0)

    assert {pace.reserve("a@one.example", 7.0, until=7.0) for _ in range(100)} == {7.0}
