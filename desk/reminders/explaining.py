"""Why one person did or did not get a letter about the card or the profile."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.looks import Looker, note_look
from models.access_log import Looked
from models.database import transaction
from models.practitioners import Practitioner, find_practitioner
from models.reminders.examination_days import set_by
from models.reminders.examinations import ThresholdStanding, standing_of
from models.reminders.people import (
    Recipient,
    card_letters_of,
    letters_on,
    read_people,
    suppressed_among,
)
from models.reminders.reminders import Reminder, reminders_of
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.reminders.decision import Check, explain


@dataclass(frozen=True)
class Explanation:
    """What is known of one person's reminders about the card or the profile, without the data."""

    topic: Topic
    #: The card's status; None for a profile.
    status: str | None
    #: The day that thresholds count from, and when they are looked at again.
    anchor: date
    examine_on: date
    #: The threshold that is current on the day that was asked about.
    threshold: int | None
    #: The next day on which another one becomes current.
    next_on: date | None
    checks: tuple[Check, ...]
    reminders: tuple[Reminder, ...]
    #: The reminder that settles the current threshold, as the planner finds it: its own, or a later
    #: one's. None where a run has still to decide.
    decided: Reminder | None
    #: Whether a run on that day looks at the card or profile at all.
    is_examined: bool


async def explain_reminders(
    registration_number: str, day: date, policy: ReminderPolicy, *, by: Looker, now: datetime
) -> tuple[Explanation, ...]:
    """The person's reminders, about the card if there is one and about the profile.

    It is a line of the access log.

    Raises `models.practitioners.PractitionerUnknown`.
    """
    async with transaction() as session:
        practitioner = await find_practitioner(session, registration_number)
        await note_look(session, Looked.REMINDERS, by=by, now=now, practitioner_id=practitioner.id)
        person = (await read_people(session, [practitioner.id]))[practitioner.id]
        suppressed = await suppressed_among(session, {person.mailbox})
        letters = await letters_on(session, day, {person.mailbox})
        told = await card_letters_of(session, [person.id])
        reminders = await reminders_of(session, person.id)
        anew = {topic: await _anew(session, topic, day, policy) for topic in Topic}
        standing = {topic: await _standing(session, topic, person, day, policy) for topic in Topic}
    explanations = []
    for topic in Topic if person.card_expires_on else (Topic.PROFILE,):
        facts = person.facts(
            topic,
            suppressed=bool(suppressed),
            letters_today=letters.get(person.mailbox, 0),
            day=day,
            card_letters=told.get(person.id),
        )
        thresholds = policy.thresholds(topic)
        examine_on = _examine_on(topic, practitioner, person.card_examine_on)
        explanations.append(
            Explanation(
                topic=topic,
                status=facts.card_status if topic is Topic.CARD else None,
                anchor=facts.anchor,
                examine_on=examine_on,
                threshold=thresholds.current(facts.anchor, day),
                next_on=thresholds.next_day(facts.anchor, day),
                checks=explain(facts, day, policy),
                reminders=tuple(row for row in reminders if row.topic == topic),
                decided=next((row for row in reminders if row.id == standing[topic]), None),
                is_examined=examine_on <= day or anew[topic],
            )
        )
    return tuple(explanations)


async def _anew(session: AsyncSession, topic: Topic, day: date, policy: ReminderPolicy) -> bool:
    before = await set_by(session, topic)
    return before is None or not before.hold(policy.thresholds(topic), day)


async def _standing(
    session: AsyncSession, topic: Topic, person: Recipient, day: date, policy: ReminderPolicy
) -> UUID | None:
    anchor = person.anchor(topic)
    threshold = None if anchor is None else policy.thresholds(topic).current(anchor, day)
    if anchor is None or threshold is None:
        return None
    found = await standing_of(session, topic, [(person.id, anchor, threshold)])
    return found.get(person.id, ThresholdStanding()).settled_by


def _examine_on(topic: Topic, practitioner: Practitioner, of_card: date | None) -> date:
    return of_card if topic is Topic.CARD and of_card is not None else practitioner.examine_on
