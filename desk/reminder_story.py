"""Why one card's holder did or did not get a letter, and when the next one comes."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.card_holders import letters_on, read_holders, suppressed_among
from models.cards import find_card
from models.database import transaction
from models.practitioners import find_practitioner
from models.reminders import Reminder, reminders_of
from rules.reminder_policy import ReminderPolicy
from rules.reminders import Check, current_threshold, explain, next_examination


@dataclass(frozen=True)
class Story:
    """What is known of one card's reminders, without its holder's data."""

    card_id: UUID
    status: str
    expires_on: date
    examine_on: date
    #: The threshold that is current on the day that was asked about.
    threshold: int | None
    #: The next day on which another one becomes current.
    next_on: date | None
    checks: tuple[Check, ...]
    reminders: tuple[Reminder, ...]


async def tell_story(registration_number: str, day: date, policy: ReminderPolicy) -> Story:
    """The card's reminders, and what each rule says of it on this day.

    Raises `models.practitioners.PractitionerUnknown` and `models.cards.CardUnknown`.
    """
    async with transaction() as session:
        practitioner = await find_practitioner(session, registration_number)
        card = await find_card(session, practitioner.id)
        holder = (await read_holders(session, [card.id]))[card.id]
        suppressed = await suppressed_among(session, {holder.address})
        letters = await letters_on(session, day, {holder.address})
        facts = holder.facts(
            suppressed=bool(suppressed), letters_today=letters.get(holder.address, 0)
        )
        return Story(
            card_id=card.id,
            status=card.status,
            expires_on=card.expires_on,
            examine_on=card.examine_on,
            threshold=current_threshold(card.expires_on, day, policy),
            next_on=next_examination(card.expires_on, day, policy),
            checks=explain(facts, day, policy),
            reminders=tuple(await reminders_of(session, card.id)),
        )
