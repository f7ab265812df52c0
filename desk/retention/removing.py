"""Removing what policy does not keep any longer, a chunk and a certificate at a time.

What is due follows from the rows, from holds and from policy as it is now, and is asked in the
transaction that removes it. So a run may be missed, killed, repeated, or run twice at once: no row
goes before its day, none is counted twice, and each certificate is kept with what it speaks of, or
not at all.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.policy import current_policy
from models.database import is_passing, snapshot, transaction
from models.retention.certificates import (
    RetentionCertificate,
    begin,
    close,
    count_certificates,
    first_broken,
    newest,
)
from models.retention.holds import count_standing, one_at_a_time
from models.retention.ways import WAYS
from rules.keeping import Keeping, Subject, keeping

logger = logging.getLogger("mumaris.retention")

#: Of one subject, in one transaction.
CHUNK = 500


@dataclass(frozen=True)
class DueSubject:
    """Of one subject: how long it is kept, and how much a run would remove now."""

    kept: Keeping
    number: int


@dataclass
class Removed:
    """What one run removed."""

    #: By subject, rows by table.
    counts: dict[Subject, Counter[str]] = field(default_factory=dict)
    certificates: int = 0
    #: Holds that stood when it began: what they cover was left.
    holds: int = 0
    #: Subjects of which some are left for a reason of their own; the log has it.
    failed: list[Subject] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All rows."""
        return sum(rows.total() for rows in self.counts.values())

    def lines(self) -> Iterator[tuple[Subject, str, int]]:
        """A subject, a table, and how many rows of it, where there were any."""
        for subject, tables in self.counts.items():
            for table, number in sorted(tables.items()):
                if number:
                    yield subject, table, number


@dataclass(frozen=True)
class Certificates:
    """The newest certificates, and whether all that there are follow each other unchanged."""

    newest: tuple[RetentionCertificate, ...]
    number: int
    #: The number of the first that was changed, or before which one is missing.
    first_broken: int | None


async def due(now: datetime) -> tuple[DueSubject, ...]:
    """What a run at this instant would remove, all at one moment; nothing is changed."""
    found = []
    async with snapshot() as session:
        for kept in keeping(current_policy()):
            number = await WAYS[kept.subject].count_due(session, kept.older_than(now))
            found.append(DueSubject(kept, number))
    return tuple(found)


async def remove_due(now: datetime) -> Removed:
    """Remove everything that is older than policy keeps it.

    A subject that cannot be removed holds up no other. Raises the database's error where it is
    away; what was removed before stays removed, with its certificates.
    """
    done = Removed(holds=await standing())
    for kept in keeping(current_policy()):
        rows = done.counts.setdefault(kept.subject, Counter())
        try:
            while chunk := await _remove_chunk(kept, now):
                rows.update(chunk)
                done.certificates += 1
        except Exception as error:
            if is_passing(error):
                raise
            done.failed.append(kept.subject)
            _log(kept.subject, error)
    return done


async def standing() -> int:
    """How many holds stand; what they cover is neither due nor removed."""
    async with transaction() as session:
        return await count_standing(session)


async def certificates(*, limit: int) -> Certificates:
    """The newest certificates; all of them are looked at, whether they are what they were."""
    async with snapshot() as session:
        return Certificates(
            newest=tuple(await newest(session, limit=limit)),
            number=await count_certificates(session),
            first_broken=await first_broken(session),
        )


async def _remove_chunk(kept: Keeping, now: datetime) -> Mapping[str, int]:
    """Remove some, with their certificate; nothing where nothing is due that nobody holds."""
    way = WAYS[kept.subject]
    async with transaction() as session:
        # Before anything is picked: a hold is placed before it or waits for us.
        await one_at_a_time(session)
        picked = await way.pick_due(session, kept.older_than(now), CHUNK)
        if not picked:
            return {}
        certificate = await begin(session, kept, now=now)
        removed = await way.remove(session, picked, now)
        await close(session, certificate, removed)
        return removed


def _log(subject: Subject, error: Exception) -> None:
    """What sort of error, and where; its text may hold a row."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logger.error(
        "of the %s that are due, some cannot be removed: %s at %s:%s",
        subject,
        type(error).__name__,
        frame.filename.rpartition("/")[2],
        frame.lineno,
    )
