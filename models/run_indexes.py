"""The indexes by which requests are found whose runs need something: a part of their table."""

from sqlalchemy import Index, text

#: What may be in motion at all: whoever waits for people is not, however many they are. PostgreSQL
#: takes an index where a question says its condition.
IN_MOTION = (
    "run_state <> 'settled' AND (run_state <> 'waiting'"
    " OR waits_in IS DISTINCT FROM status OR wake_at IS NOT NULL)"
)
#: Of them, whom somebody waits for at a page.
WAITED_FOR = f"NOT in_bulk AND {IN_MOTION}"

RUNS = (
    # The sweep asks every few seconds; it must not read what is long settled, nor what waits for
    # people.
    Index("requests_to_move", "run_checked_at", postgresql_where=text(IN_MOTION)),
    # And walks through those that wait, longest unseen first: is their run still there?
    Index("waiting_runs_to_see", "run_checked_at", postgresql_where=text("run_state = 'waiting'")),
    # Whom a wave takes before those of a file.
    Index("requests_somebody_waits_for", "submitted_at", postgresql_where=text(WAITED_FOR)),
    # A wave's chunk, whoever is waited for first.
    Index(
        "members_of_waves",
        "wave_id",
        "in_bulk",
        "submitted_at",
        postgresql_where=text("run_state = 'in_wave'"),
    ),
    # Those that a wave has left waiting: `models.waves.WITHOUT_RUN`.
    Index(
        "requests_without_run",
        "status_since",
        postgresql_where=text("run_state = 'waiting' AND flow_run_id IS NULL"),
    ),
)
