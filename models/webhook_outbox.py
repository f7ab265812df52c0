"""The outbox of webhooks: owe some with the change they tell of, hold some, stamp them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from models.machines import TYPED_EMPLOYER
from models.statements import FRESH_PLANS, execute
from models.webhooks import AT_ONCE
from rules.accounts.machines import MachineKind
from rules.requests.letter_status import LetterStatus
from rules.webhooks.events import Happening

#: A part of the statement that writes the lines of history which they tell of: a change of status
#: asks the database no more often than without it. The requests are `told`. Whether the machine may
#: hear of it is asked again when it leaves (`desk.machines.hearing`).
OWE_FOR_LINES = """
INSERT INTO webhooks (id, subscription_id, event_id, status, created_at, next_attempt_at, attempts)
SELECT gen_random_uuid(), subscriptions.id, lines.id, 'queued', lines.at, lines.at, 0
FROM lines
JOIN webhook_subscriptions AS subscriptions ON lines.to_status = ANY (subscriptions.events)
JOIN machines ON machines.id = subscriptions.machine_id AND machines.revoked_at IS NULL
JOIN told ON told.id = lines.request_id
LEFT JOIN practitioners ON practitioners.id = told.practitioner_id
WHERE machines.kind = 'house' OR EXISTS (SELECT FROM machine_employers AS own
    WHERE own.machine_id = machines.id
        AND own.employer = COALESCE(practitioners.employer, told.typed_employer))
"""
_READY = """
    SELECT id, at_once - (SELECT count(*) FROM webhooks WHERE subscription_id = ready.id
        AND status = 'queued' AND lease IS NOT NULL AND leased_until > clock_timestamp()) AS room
    FROM webhook_subscriptions AS ready
    WHERE state = 'active' AND (rests_until IS NULL OR rests_until <= :now)
"""
_FREE = """
    status = 'queued' AND next_attempt_at <= :now
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
"""
# Due by the caller's clock; held by the database's, as those of machines differ.
_HOLD = text(f"""
WITH ready AS ({_READY} AND id = :receiver), due AS (
    SELECT id FROM webhooks WHERE subscription_id = (SELECT id FROM ready) AND {_FREE}
    ORDER BY next_attempt_at, event_id
    LIMIT LEAST(:limit, GREATEST((SELECT room FROM ready), 0))
), ours AS (
    SELECT id FROM webhooks WHERE id IN (SELECT id FROM due) AND {_FREE} FOR UPDATE SKIP LOCKED
), held AS (
    UPDATE webhooks SET lease = :lease,
        leased_until = clock_timestamp() + CAST(:held_for AS interval)
    FROM ours WHERE webhooks.id = ours.id
    RETURNING webhooks.*
)
SELECT held.id, held.lease, held.subscription_id, subscriptions.url, held.created_at,
    held.attempts, machines.kind, machines.revoked_at IS NOT NULL,
    EXISTS (SELECT FROM machine_employers AS own WHERE own.machine_id = machines.id
        AND own.employer = COALESCE(practitioners.employer, {TYPED_EMPLOYER})),
    EXISTS (SELECT FROM machine_requests AS handed_in WHERE handed_in.request_id = requests.id
        AND handed_in.machine_id = machines.id),
    events.id, requests.id, events.at, requests.tracking_code, requests.kind, events.to_status,
    events.from_status, events.reason_code, events.round
FROM held
JOIN webhook_subscriptions AS subscriptions ON subscriptions.id = held.subscription_id
JOIN machines ON machines.id = subscriptions.machine_id
JOIN request_events AS events ON events.id = held.event_id
JOIN requests ON requests.id = events.request_id
LEFT JOIN practitioners ON practitioners.id = requests.practitioner_id
ORDER BY held.next_attempt_at, held.event_id
""")  # noqa: S608 - texts of this module
_RECEIVERS = text(f"""
WITH ready AS ({_READY})
SELECT ready.id, due.webhooks FROM ready CROSS JOIN LATERAL (
    SELECT count(*) AS webhooks FROM (
        SELECT FROM webhooks WHERE subscription_id = ready.id AND {_FREE}
        LIMIT LEAST(GREATEST(ready.room, 0), CAST(:most AS integer))
    ) AS free
) AS due
WHERE due.webhooks > 0
""")  # noqa: S608 - texts of this module
_STILL_HELD = text("""
SELECT webhooks.id FROM webhooks
JOIN unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[])) AS held (id, lease)
    ON webhooks.id = held.id AND webhooks.lease = held.lease
JOIN webhook_subscriptions AS subscriptions ON subscriptions.id = webhooks.subscription_id
WHERE webhooks.status = 'queued' AND webhooks.leased_until > clock_timestamp()
    AND subscriptions.state = 'active'
""")
# What was taken is sent, whoever holds it by now: not to write it would send it again.
_STAMP = text("""
UPDATE webhooks SET status = stamped.status, reply = stamped.reply,
    next_attempt_at = COALESCE(stamped.again, webhooks.next_attempt_at),
    attempts = webhooks.attempts + stamped.tried, lease = NULL, leased_until = NULL,
    settled_at = CASE WHEN stamped.status <> 'queued' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[]), CAST(:statuses AS text[]),
    CAST(:replies AS text[]), CAST(:again AS timestamptz[]), CAST(:tried AS integer[]))
    AS stamped (id, lease, status, reply, again, tried)
WHERE webhooks.id = stamped.id
    AND ((webhooks.status = 'queued' AND webhooks.lease = stamped.lease)
        OR (stamped.status = 'sent' AND webhooks.status <> 'sent'))
""")
_GIVE_BACK = text("""
UPDATE webhooks SET lease = NULL, leased_until = NULL
FROM unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[])) AS given (id, lease)
WHERE webhooks.id = given.id AND webhooks.lease = given.lease
""")
_TAKES = text("""
UPDATE webhook_subscriptions SET failures = 0, rests_until = NULL,
    at_once = LEAST(at_once * 4, CAST(:most AS integer))
WHERE id = ANY (CAST(:ids AS text[]))
""")
# Those that failed at the same time are one failure.
_FAILS = text("""
UPDATE webhook_subscriptions SET failures = failures + 1, at_once = 1,
    rests_until = CAST(:now AS timestamptz)
        + (CAST(:rests AS interval[]))[LEAST(failures + 1, cardinality(CAST(:rests AS interval[])))]
WHERE id = ANY (CAST(:ids AS text[])) AND (rests_until IS NULL OR rests_until <= :now)
""")
_GONE = text("""
UPDATE webhook_subscriptions SET state = 'gone', state_since = :now, state_by = NULL
WHERE id = ANY (CAST(:ids AS text[])) AND state = 'active'
RETURNING id
""")
_GIVE_UP = text("""
UPDATE webhooks SET status = 'failed', settled_at = :now, lease = NULL, leased_until = NULL,
    reply = COALESCE(reply, 'its receiver was away for too long')
WHERE subscription_id = ANY (CAST(:ids AS text[])) AND status = 'queued' AND created_at <= :before
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWebhook:
    """A webhook that is ours to send until its lease ends."""

    id: UUID
    lease: UUID
    subscription_id: str
    url: str
    owed_since: datetime
    attempts: int
    machine_kind: MachineKind
    is_revoked: bool
    #: Whether the request's person has one of the machine's employers on file, now.
    is_of_own_people: bool
    #: Whether the machine handed the request in.
    is_its_own: bool
    happening: Happening = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookStamp:
    """How an attempt ended, or that there was none (``tried`` is 0)."""

    of: HeldWebhook
    status: LetterStatus
    reply: str
    again: datetime | None
    tried: int = 1


@dataclass(frozen=True, slots=True)
class ReceiversStand:
    """What a set of attempts says of receivers, by their subscriptions."""

    take: Sequence[str] = ()
    fail: Sequence[str] = ()
    gone: Sequence[str] = ()
    #: One of its webhooks was given up.
    given_up: Sequence[str] = ()


async def hold_webhooks(
    session: AsyncSession, subscription_id: str, *, now: datetime, lease: timedelta, limit: int
) -> list[HeldWebhook]:
    """Take up to ``limit`` that are due, oldest first, of this receiver, unless it rests.

    It has no more of them in hand than it is sent at once. A hold ends by itself.
    """
    await execute(session, FRESH_PLANS)
    values = {"now": now, "lease": uuid4(), "held_for": lease, "limit": limit}
    values["receiver"] = subscription_id
    return [_held(*row) for row in await execute(session, _HOLD, values)]


async def receivers_due(connection: AsyncConnection, *, now: datetime, most: int) -> dict[str, int]:
    """By subscription, how many webhooks `hold_webhooks` would find; counted up to ``most``."""
    rows = await connection.execute(_RECEIVERS, {"now": now, "most": most})
    return dict(rows.tuples().all())


async def webhooks_still_held(
    connection: AsyncConnection, webhooks: Sequence[HeldWebhook]
) -> set[UUID]:
    """Those of these that are still wanted, and ours by the database's clock."""
    return set((await connection.execute(_STILL_HELD, _keys(webhooks))).scalars())


async def stamp_webhooks(
    session: AsyncSession, stamps: Sequence[WebhookStamp], *, now: datetime
) -> None:
    """Write how these ended, all in one statement; whoever has lost the lease writes nothing.

    But that one was taken is always written.
    """
    if not stamps:
        return
    values = {
        "statuses": [one.status for one in stamps],
        "replies": [one.reply for one in stamps],
        "again": [one.again for one in stamps],
        "tried": [one.tried for one in stamps],
        "now": now,
    }
    await execute(session, _STAMP, values | _keys([one.of for one in stamps]))


async def give_back_webhooks(session: AsyncSession, webhooks: Sequence[HeldWebhook]) -> None:
    """End our hold of those that were not tried; one that is another's by now stays so."""
    if webhooks:
        await execute(session, _GIVE_BACK, _keys(webhooks))


async def note_receivers(
    session: AsyncSession,
    stand: ReceiversStand,
    *,
    rests: Sequence[timedelta],
    given_up_after: timedelta,
    now: datetime,
) -> list[str]:
    """Write how receivers stand: ``rests`` by failures in a row; the subscriptions now gone.

    Where a webhook was given up, all that have waited as long for that receiver are.
    """
    if stand.take:
        await execute(session, _TAKES, {"ids": sorted(stand.take), "most": AT_ONCE[1]})
    if stand.fail:
        values = {"ids": sorted(stand.fail), "rests": list(rests), "now": now}
        await execute(session, _FAILS, values)
    if stand.given_up:
        values = {"ids": sorted(stand.given_up), "before": now - given_up_after, "now": now}
        await execute(session, _GIVE_UP, values)
    if not stand.gone:
        return []
    gone = await execute(session, _GONE, {"ids": sorted(stand.gone), "now": now})
    return list(gone.scalars())


def _held(*row: Any) -> HeldWebhook:
    return HeldWebhook(
        id=row[0],
        lease=row[1],
        subscription_id=row[2],
        url=row[3],
        owed_since=row[4],
        attempts=row[5],
        machine_kind=MachineKind(row[6]),
        is_revoked=row[7],
        is_of_own_people=row[8],
        is_its_own=row[9],
        happening=Happening(
            number=row[10],
            request_id=row[11],
            at=row[12],
            tracking_code=row[13],
            kind=row[14],
            status=row[15],
            status_before=row[16],
            reason_code=row[17],
            round=row[18],
        ),
    )


def _keys(webhooks: Sequence[HeldWebhook]) -> dict[str, Any]:
    return {"ids": [one.id for one in webhooks], "leases": [one.lease for one in webhooks]}
