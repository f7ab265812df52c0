"""The runs of a worker, and which of them are asked about."""

from uuid import uuid4

from worker.runs import ActiveRuns

NEVER = 3_600.0


async def test_a_run_that_has_just_begun_is_not_asked_about() -> None:
    """Claiming it has told that nobody had stopped it."""
    active = ActiveRuns()
    claimed, looked_at = active.add(uuid4()), active.add(uuid4())
    claimed.claimed = True

    assert active.carried_for(NEVER) == []
    assert active.carried_for(0) == [claimed]
    assert active.has(looked_at)
