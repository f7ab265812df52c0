"""Waves: many requests of one kind that one Prefect run carries together.

A wave takes its members a chunk at a time, right before it carries them, so that whoever dies with
it holds up a chunk. What it has not taken is nobody's, and waits as if there were no wave.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, known, named, optional_instant, quoted
from models.requests import Request
from models.run_indexes import IN_MOTION
from models.run_states import RunState
from models.statements import execute
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL, PIPELINE_S

_PIPELINE_S = quoted(PIPELINE_S)
#: Where there is something to be done: what is activated is still to be seen in force.
_TO_DO = quoted((*PIPELINE_S, Status.ACTIVATED))
#: What a wave may take: a request that wants its first run, or was moved since it waits and has
#: something to be done. Not one that has left a wave to go by itself, nor one that is set aside,
#: nor one that has come to its end and has a run of its own to say so.
WANTS_CARRYING = f"""
    wave_id IS NULL AND {IN_MOTION}
    AND ((run_state = 'wanted' AND flow_run_id IS NULL AND status IN ({_PIPELINE_S}))
        OR (run_state = 'waiting' AND waits_in IS DISTINCT FROM status
            AND (status IN ({_PIPELINE_S})
                OR (status IN ({_TO_DO}) AND flow_run_id IS NULL))))
    AND NOT EXISTS (SELECT FROM setbacks WHERE request_id = requests.id)
"""
#: Word for word the condition of the index `requests_without_run`.
WITHOUT_RUN = text("run_state = 'waiting' AND flow_run_id IS NULL")
_CROWDS = text(f"""
SELECT kind, count(*) FROM (
    SELECT kind FROM requests WHERE {WANTS_CARRYING} LIMIT :most
) AS waiting GROUP BY kind
""")  # noqa: S608 - the same
_LEAVE = text(f"""
UPDATE requests SET
    run_state = CASE WHEN status IN ({quoted(FINAL)}) AND flow_run_id IS NULL
        THEN 'settled' ELSE 'waiting' END,
    waits_in = CASE WHEN status IN ({quoted(FINAL)}) AND flow_run_id IS NOT NULL
        THEN waits_in ELSE status END,
    wake_at = CAST(CAST(:waits AS jsonb) ->> CAST(id AS text) AS timestamptz),
    wave_id = NULL, run_checked_at = :now, run_restarts = 0
WHERE wave_id = :wave AND run_state = 'in_wave' AND id = ANY(:ids)
    AND (status NOT IN ({_PIPELINE_S})
        OR jsonb_exists(CAST(:waits AS jsonb), CAST(id AS text)))
RETURNING status
""")  # noqa: S608 - the same
# Officers, applicants or time have moved these: nothing is to be done but to wait where they stand.
_REST = text(f"""
UPDATE requests SET
    run_state = CASE WHEN status IN ({quoted(FINAL)}) THEN 'settled' ELSE 'waiting' END,
    waits_in = status, run_checked_at = :now
WHERE id IN (
    SELECT id FROM requests
    WHERE run_state = 'waiting' AND flow_run_id IS NULL AND waits_in IS DISTINCT FROM status
        AND status NOT IN ({_TO_DO})
    LIMIT :limit FOR UPDATE SKIP LOCKED
)
RETURNING id, run_state
""")  # noqa: S608 - the same
_RELEASE = text("""
UPDATE requests SET run_state = CASE WHEN flow_run_id IS NULL THEN 'wanted' ELSE 'waiting' END,
    wave_id = CASE WHEN :by_themselves THEN wave_id END
WHERE wave_id = :wave AND run_state = 'in_wave' AND (:all OR id = ANY(:ids))
""")


class WaveEnding(StrEnum):
    """How a wave ended."""

    #: Nobody was left to carry.
    CARRIED = "carried"
    #: Operations cancelled its run.
    CANCELLED = "cancelled"
    #: Its process died, or Prefect lost its run.
    LOST = "lost"
    #: No worker took its run, or there is no deployment for it.
    NOT_TAKEN = "not_taken"


class Wave(SQLModel, table=True):
    """One wave. There is one at a time of each kind."""

    __tablename__ = "waves"
    __table_args__ = (
        known("kind", Kind, name="a_wave_is_of_a_known_kind"),
        known("ending", WaveEnding, name="a_wave_has_a_known_ending"),
        Index(
            "one_wave_of_a_kind_at_a_time",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("waves_by_their_end", "ended_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: Kind = Field(sa_type=named(Kind))
    made_at: datetime = instant()
    #: How many wanted to be carried when it was made.
    expected: int
    #: None until Prefect has its run.
    flow_run_id: UUID | None = Field(default=None)
    #: When its run was made, begun, or seen to be at work.
    checked_at: datetime = instant()
    #: How many it has carried, by the status that they were left in.
    carried: dict[str, int] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    ended_at: datetime | None = optional_instant()
    ending: WaveEnding | None = Field(default=None, sa_type=named(WaveEnding))

    @property
    def size(self) -> int:
        """How many it has carried so far, and no less than were expected."""
        return max(self.expected, sum(self.carried.values()))


async def crowds(session: AsyncSession, *, most: int) -> dict[Kind, int]:
    """How many requests of each kind want to be carried; no more than ``most`` are counted.

    A kind of a newer version is left out.
    """
    rows = await execute(session, _CROWDS, {"most": most})
    return {Kind(kind): number for kind, number in rows if kind in set(Kind)}


async def live_waves(session: AsyncSession) -> list[Wave]:
    """The waves that have not ended, those of a newer version's kinds left out."""
    query = select(Wave).where(col(Wave.ended_at).is_(None), col(Wave.kind).in_(list(Kind)))
    return list((await session.exec(query)).all())


async def stopped_since(session: AsyncSession, since: datetime) -> set[Kind]:
    """The kinds of which a wave was cancelled, or could not begin, since then."""
    query = select(Wave.kind).where(
        col(Wave.ended_at) > since,
        col(Wave.ending).in_([WaveEnding.CANCELLED, WaveEnding.NOT_TAKEN]),
    )
    return {Kind(kind) for kind in (await session.exec(query)).all()}


async def open_wave(session: AsyncSession, kind: Kind, *, expected: int, now: datetime) -> None:
    """Make a wave of this kind, unless there is one: of two who do so at once one does."""
    wave = Wave(kind=kind, made_at=now, expected=expected, checked_at=now)
    await session.exec(insert(Wave).values(wave.model_dump()).on_conflict_do_nothing())


async def note_wave(session: AsyncSession, wave_id: UUID, **values: object) -> bool:
    """Write these columns of a wave that has not ended; whether it had not."""
    noted = await session.exec(
        update(Wave)
        .where(col(Wave.id) == wave_id, col(Wave.ended_at).is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return noted.rowcount > 0


async def end_wave(
    session: AsyncSession, wave_id: UUID, ending: WaveEnding, *, now: datetime
) -> bool:
    """The wave is over, and what it still holds goes on without it; whether it was not over yet.

    One by one where it was stopped, so that no other wave takes up what operations have stopped.
    """
    ended = await note_wave(session, wave_id, ended_at=now, ending=ending)
    await execute(
        session,
        _RELEASE,
        {
            "wave": wave_id,
            "all": True,
            "ids": [],
            "by_themselves": ending in {WaveEnding.CANCELLED, WaveEnding.NOT_TAKEN},
        },
    )
    return ended


async def leave_wave(
    session: AsyncSession,
    wave: Wave,
    ids: Sequence[UUID],
    *,
    waits: Mapping[UUID, datetime],
    now: datetime,
) -> None:
    """Let these members wait where they stand, or be settled where they have come to their end.

    ``waits`` are those that wait for something outside, and until when. A member that was moved
    meanwhile and has something to be done stays in the wave.
    """
    parameters = {
        "wave": wave.id,
        "ids": list(ids),
        "now": now,
        "waits": json.dumps({str(id_): at.isoformat() for id_, at in waits.items()}),
    }
    left = Counter(status for (status,) in await execute(session, _LEAVE, parameters))
    wave.carried = dict(left + Counter(wave.carried))
    session.add(wave)


async def release_members(session: AsyncSession, wave: Wave, ids: Collection[UUID]) -> None:
    """Let these go on by themselves, each with a run of its own: no wave takes them again."""
    await execute(
        session,
        _RELEASE,
        {"wave": wave.id, "all": False, "ids": list(ids), "by_themselves": True},
    )


async def rest_without_runs(
    session: AsyncSession, *, limit: int, now: datetime
) -> dict[UUID, RunState]:
    """Let those that a wave left, and people have moved since, wait where they stand or be settled.

    Nothing is to be done for them, so they need no run. Returns which, and what became of each.
    """
    rows = await execute(session, _REST, {"limit": limit, "now": now})
    return {id_: RunState(state) for id_, state in rows}


async def left_without_runs(session: AsyncSession, *, limit: int) -> list[Request]:
    """Those that wait and have no run of their own in Prefect, longest first."""
    query = (
        select(Request)
        .where(WITHOUT_RUN, col(Request.waits_in) == col(Request.status))
        .order_by(col(Request.status_since))
        .limit(limit)
    )
    return list((await session.exec(query)).all())
