"""The bell that loops wait for."""

from worker.bell import Bell


async def test_a_ring_ends_the_wait() -> None:
    """At once, and says so."""
    bell = Bell()
    bell.ring()

    assert await bell.wait(60) is True


async def test_many_rings_during_the_work_are_one() -> None:
    """The loop goes round once more, not once for each."""
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.ring()

    assert await bell.wait(60) is True
    assert await bell.wait(0.01) is False


async def test_silence_ends_the_wait_too() -> None:
    """After the seconds given."""
    assert await Bell().wait(0.01) is False
