"""Reminders that a run for another day has decided, and how they are taken back.

Since such a run only rehearses (docs/decisions/0021) none is made any more; these are of before.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import EXAMINE_NOW
from models.reminders.reminders import reminder_id
from models.statements import execute
from rules.policy.thresholds import Topic
from rules.reminders.decision import NotSent, ReminderLetter

# Decided on one day as if it were another, or on a day that has not come yet: a clock was wrong.
_IS_STRAY = """
(r.examined_on <> CAST(r.created_at AT TIME ZONE 'Asia/Riyadh' AS date) OR r.examined_on > :today)
"""
_RUNS = text(f"""
SELECT r.run, r.about, r.examined_on, min(r.created_at),
    count(*) FILTER (WHERE r.status = 'sent' AND r.copy = 0),
    count(*) FILTER (WHERE r.status <> 'sent' AND r.copy = 0),
    count(*) FILTER (WHERE r.copy > 0)
FROM reminders r WHERE r.copy >= 0 AND {_IS_STRAY}
GROUP BY 1, 2, 3 ORDER BY 4, 2
""")  # noqa: S608 - our own words only
_OF_RUN = text(f"""
SELECT r.id, r.practitioner_id, p.registration_number, r.about, r.anchor, r.threshold, r.copy,
    r.status, r.reason, r.examined_on, r.settled_at, r.undone_at, c.status
FROM reminders r JOIN practitioners p ON p.id = r.practitioner_id
LEFT JOIN reminders c ON r.copy > 0 AND c.practitioner_id = r.practitioner_id
    AND c.about = r.about AND c.anchor = r.anchor AND c.threshold = r.threshold
    AND c.copy = -r.copy
WHERE r.run = :run AND r.copy >= 0 AND {_IS_STRAY}
ORDER BY p.registration_number, r.about
""")  # noqa: S608 - our own words only
_TAKE_BACK = text("""
UPDATE reminders r SET undone_at = :now, copy = 1 + (
    SELECT max(abs(other.copy)) FROM reminders other
    WHERE other.practitioner_id = r.practitioner_id AND other.about = r.about
        AND other.anchor = r.anchor AND other.threshold = r.threshold
)
WHERE r.id = ANY(CAST(:ids AS uuid[])) AND r.copy = 0 AND r.status = 'sent'
""")
_DECIDE_AGAIN = text("""
UPDATE reminders r SET status = 'deferred', reason = :reason, settled_at = NULL
WHERE r.id = ANY(CAST(:ids AS uuid[])) AND r.copy = 0 AND r.status <> 'sent'
""")
_PASSED = text("""
SELECT id, about, anchor, threshold FROM reminders
WHERE practitioner_id = ANY(CAST(:people AS uuid[])) AND copy = 0
    AND status = 'skipped' AND reason = 'too_late'
""")
# In one order, as everybody who changes many of them.
_EXAMINE = text("""
WITH these AS (
    SELECT id FROM cards WHERE practitioner_id = ANY(CAST(:people AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE cards SET examine_on = :now FROM these WHERE cards.id = these.id
""")
_EXAMINE_PROFILES = text("""
WITH these AS (
    SELECT id FROM practitioners WHERE id = ANY(CAST(:people AS uuid[]))
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE practitioners SET examine_on = :now FROM these WHERE practitioners.id = these.id
""")
_CORRECT = text("""
INSERT INTO reminders (id, practitioner_id, about, anchor, threshold, copy, status, letter,
    examined_on, run, created_at, next_attempt_at, attempts)
SELECT id, practitioner_id, about, anchor, threshold, -copy, 'queued', :letter,
    :today, :run, :now, :now, 0
FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:topics AS text[]),
    CAST(:anchors AS date[]), CAST(:thresholds AS int[]), CAST(:copies AS int[]))
    AS wrong (id, practitioner_id, about, anchor, threshold, copy)
ON CONFLICT DO NOTHING
RETURNING id
""")
_TOLD = text("""
SELECT c.id, CAST(r.settled_at AT TIME ZONE 'Asia/Riyadh' AS date)
FROM reminders c JOIN reminders r ON r.practitioner_id = c.practitioner_id AND r.about = c.about
    AND r.anchor = c.anchor AND r.threshold = c.threshold AND r.copy = -c.copy
WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.copy < 0
""")


class StrayRun(NamedTuple):
    """A run that was for another day than that on which it ran."""

    run: str
    topic: Topic
    #: The day that it was for.
    day: date
    ran_at: datetime
    #: Letters that were sent, and said what was not true on that day; and what else it decided.
    sent: int
    other: int
    #: Letters of it that were undone.
    undone: int


class Stray(NamedTuple):
    """One reminder of such a run."""

    id: UUID
    practitioner_id: UUID
    registration_number: str
    topic: Topic
    anchor: date
    threshold: int
    copy: int
    status: str
    reason: str | None
    #: The day that it was decided for, and when it was settled.
    day: date
    settled_at: datetime | None
    undone_at: datetime | None
    #: Where the e-mail that corrects it stands; None where none was written.
    correction: str | None


async def stray_runs(session: AsyncSession, *, today: date) -> list[StrayRun]:
    """The runs that were for another day, oldest first."""
    rows = await execute(session, _RUNS, {"today": today})
    return [StrayRun(*row)._replace(topic=Topic(row[1])) for row in rows]


async def strays_of(session: AsyncSession, run: str, *, today: date) -> list[Stray]:
    """What this run has decided for another day, by registration number."""
    rows = await execute(session, _OF_RUN, {"run": run, "today": today})
    return [Stray(*row)._replace(topic=Topic(row[3])) for row in rows]


async def take_back(session: AsyncSession, strays: Sequence[Stray], *, now: datetime) -> None:
    """Let what was sent not count, and let what was not sent be decided again when it is due."""
    await execute(session, _TAKE_BACK, {"ids": [each.id for each in strays], "now": now})
    await decide_again(session, [each.id for each in strays])


async def decide_again(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Let these reminders, unless they were sent, wait for a run to decide about them anew."""
    await execute(session, _DECIDE_AGAIN, {"ids": list(ids), "reason": NotSent.NOT_YET})


async def closed_as_passed(
    session: AsyncSession, people: Sequence[UUID]
) -> list[tuple[UUID, Topic, date, int]]:
    """The people's reminders that were closed as too late: id, topic, anchor, threshold."""
    rows = await execute(session, _PASSED, {"people": list(people)})
    return [(row[0], Topic(row[1]), row[2], row[3]) for row in rows]


async def examine_again(session: AsyncSession, people: Sequence[UUID]) -> None:
    """Let the next runs look at these people's cards and profiles."""
    for statement in (_EXAMINE_PROFILES, _EXAMINE):
        await execute(session, statement, {"people": list(people), "now": EXAMINE_NOW})


async def write_corrections(
    session: AsyncSession, strays: Sequence[Stray], *, run: str, today: date, now: datetime
) -> int:
    """Owe an e-mail that corrects each of these undone letters; how many are new.

    Each is corrected once, however often this is asked.
    """
    added = await execute(
        session,
        _CORRECT,
        {
            "ids": [
                reminder_id(s.practitioner_id, s.topic, s.anchor, s.threshold, after=-s.copy)
                for s in strays
            ],
            "people": [each.practitioner_id for each in strays],
            "topics": [each.topic for each in strays],
            "anchors": [each.anchor for each in strays],
            "thresholds": [each.threshold for each in strays],
            "copies": [each.copy for each in strays],
            "letter": ReminderLetter.REMINDER_CORRECTION,
            "today": today,
            "run": run,
            "now": now,
        },
    )
    return len(added.all())


async def told_on(session: AsyncSession, corrections: Sequence[UUID]) -> dict[UUID, date]:
    """The days on which what these e-mails correct was sent."""
    if not corrections:
        return {}
    rows = await execute(session, _TOLD, {"ids": list(corrections)})
    return {row[0]: row[1] for row in rows}
