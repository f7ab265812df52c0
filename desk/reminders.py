"""Plan the reminders of a day: examine the cards that are due, chunk by chunk."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.card_holders import letters_on, read_holders, suppressed_among
from models.database import patiently, transaction
from models.examinations import (
    START,
    CardDue,
    Decided,
    close_passed,
    settled_among,
    stamp_cards,
    take_cards,
    write_decisions,
)
from rules.reminder_policy import ReminderPolicy
from rules.reminders import (
    Defer,
    ReminderDecision,
    ReminderStatus,
    Send,
    Skip,
    current_threshold,
    decide,
    next_examination,
)

#: Cards of one transaction: large enough that its cost is shared, short enough that a renewal that
#: waits for one of them does not notice.
CHUNK = 1_000
#: Nothing is left to remind of, until the card is renewed.
NEVER = date(9999, 12, 31)


@dataclass
class Plan:
    """What a planning pass has done so far. It grows with thresholds and reasons, not cards."""

    examined: int = 0
    #: How many, by threshold, status and reason: ``(60, "skipped", "suppressed")``.
    decided: Counter[tuple[int, str, str | None]] = field(default_factory=Counter)
    after: tuple[date, UUID] = START

    @property
    def letters(self) -> int:
        """How many letters are to be sent."""
        return sum(
            n for (_, status, _), n in self.decided.items() if status == ReminderStatus.QUEUED
        )

    def start_over(self) -> None:
        """Look from the front again, for cards that somebody else held."""
        self.after = START


class _OnlyLooking(Exception):  # never leaves this module
    """Undoes a chunk that was planned to be looked at."""


@patiently
async def plan_chunk(
    plan: Plan,
    *,
    day: date,
    now: datetime,
    run: str,
    policy: ReminderPolicy,
    limit: int = CHUNK,
    dry: bool = False,
) -> bool:
    """Examine the next cards in one transaction; False when there were none.

    Safe to repeat and to run in many places at once: a card that was examined is stamped with the
    day of its next threshold, so it is not found again. With ``dry`` nothing is kept.
    """
    before = plan.after
    try:
        async with transaction() as session:
            cards = await take_cards(session, day, after=plan.after, limit=limit)
            counted = await _examine(session, cards, day=day, now=now, run=run, policy=policy)
            if dry:
                raise _OnlyLooking  # noqa: TRY301 - what rolls the transaction back
    except _OnlyLooking:
        pass
    # Not before the commit: a chunk that is repeated must not be counted twice.
    plan.after = (cards[-1].examine_on, cards[-1].id) if cards else before
    plan.examined += len(cards)
    plan.decided += counted
    return bool(cards)


async def _examine(
    session: AsyncSession,
    cards: Sequence[CardDue],
    *,
    day: date,
    now: datetime,
    run: str,
    policy: ReminderPolicy,
) -> Counter[tuple[int, str, str | None]]:
    if not cards:
        return Counter()
    current = [(c.id, c.expires_on, current_threshold(c.expires_on, day, policy)) for c in cards]
    await close_passed(session, current, now=now)
    due = [(card, expiry, left) for card, expiry, left in current if left is not None]
    settled = await settled_among(session, due)
    due = [row for row in due if row[0] not in settled]
    decisions = await _decide(session, [card for card, _, _ in due], day, policy)
    rows = [
        _row(*row, decision, address)
        for row, (decision, address) in zip(due, decisions, strict=True)
    ]
    await write_decisions(session, rows, day=day, run=run, now=now)
    again = {
        row[0]: decision.until
        for row, (decision, _) in zip(due, decisions, strict=True)
        if isinstance(decision, Defer)
    }
    await stamp_cards(session, [
        (card.id, again.get(card.id) or next_examination(card.expires_on, day, policy) or NEVER)
        for card in cards
    ])  # fmt: skip
    return Counter((row.threshold, row.status, row.reason) for row in rows)


async def _decide(
    session: AsyncSession, cards: Sequence[UUID], day: date, policy: ReminderPolicy
) -> list[tuple[ReminderDecision, str | None]]:
    """The decision about each card and its address, in the order of the cards."""
    if not cards:
        return []
    holders = await read_holders(session, cards)
    addresses = {holder.address for holder in holders.values() if holder.address}
    suppressed = await suppressed_among(session, addresses)
    letters = Counter(await letters_on(session, day, addresses))
    found: list[tuple[ReminderDecision, str | None]] = []
    for card in cards:
        holder = holders[card]
        address = holder.address
        facts = holder.facts(suppressed=address in suppressed, letters_today=letters[address])
        decision = decide(facts, day, policy)
        if isinstance(decision, Send):
            letters[address] += 1
        found.append((decision, address or None))
    return found


def _row(
    card_id: UUID, expires_on: date, threshold: int, decision: ReminderDecision, address: str | None
) -> Decided:
    status = {Send: ReminderStatus.QUEUED, Skip: ReminderStatus.SKIPPED}.get(
        type(decision), ReminderStatus.DEFERRED
    )
    return Decided(
        card_id=card_id,
        expires_on=expires_on,
        threshold=threshold,
        status=status,
        reason=None if isinstance(decision, Send) else decision.reason,
        letter=decision.letter if isinstance(decision, Send) else None,
        address=address,
    )
