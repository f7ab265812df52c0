"""A file's chunk is as large as a step that somebody may wait for."""

from tasks.waves.chunk_size import FEWEST, FIRST, MOST, next_size


def test_a_step_of_a_quarter_of_a_second_is_right() -> None:
    """Nothing changes."""
    assert next_size(200, 200, 0.25) == 200


def test_a_slow_machine_carries_fewer() -> None:
    """As many as take a quarter of a second."""
    assert next_size(200, 200, 0.4) == 125


def test_a_quick_machine_carries_more() -> None:
    """As many as take a quarter of a second."""
    assert next_size(200, 200, 0.2) == 250


def test_one_step_changes_it_by_half_or_twice_at_most() -> None:
    """A machine that stood still for a minute, and a step that had nothing to do."""
    assert next_size(200, 200, 60.0) == 100
    assert next_size(200, 200, 0.0) == 400


def test_it_stays_within_its_bounds() -> None:
    """However slow or quick the machine is."""
    slow = quick = FIRST
    for _ in range(20):
        slow, quick = next_size(slow, slow, 9.0), next_size(quick, quick, 0.0)

    assert (slow, quick) == (FEWEST, MOST)


def test_what_was_not_full_teaches_nothing() -> None:
    """A step has its costs also for one."""
    assert next_size(200, 199, 9.0) == 200
