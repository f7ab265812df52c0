"""Why one person did or did not get a letter, and when the next one comes."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.reminders.examination_days import examines_all
from models.database import transaction
from models.practitioners import Practitioner, find_practitioner
from models.reminders.examination_days import set_by
from models.reminders.examinations import Standing, standing_of
from models.reminders.people import (
    Person,
    card_letters_of,
    letters_on,
    read_people,
    suppressed_among,
)
from models.reminders.reminders import Reminder, reminders_of
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import About
from rules.reminders.decision import Check, explain


@dataclass(frozen=True)
class Story:
    """What is known of one person's reminders about the card or the profile, without the data."""

    about: About
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


async def tell_stories(
    registration_number: str, day: date, policy: ReminderPolicy
) -> tuple[Story, ...]:
    """The person's reminders, about the card if there is one and about the profile.

    Raises `models.practitioners.PractitionerUnknown`.
    """
    async with transaction() as session:
        practitioner = await find_practitioner(session, registration_number)
        person = (await read_people(session, [practitioner.id]))[practitioner.id]
        suppressed = await suppressed_among(session, {person.address})
        letters = await letters_on(session, day, {person.address})
        told = await card_letters_of(session, [person.id])
        reminders = await reminders_of(session, person.id)
        anew = {about: await _anew(session, about, day, policy) for about in About}
        standing = {about: await _standing(session, about, person, day, policy) for about in About}
    stories = []
    for about in About if person.card_expires_on else (About.PROFILE,):
        facts = person.facts(
            about,
            suppressed=bool(suppressed),
            letters_today=letters.get(person.address, 0),
            day=day,
            card_letters=told.get(person.id),
        )
        thresholds = policy.thresholds(about)
        examine_on = _examine_on(about, practitioner, person.card_examine_on)
        stories.append(
            Story(
                about=about,
                status=facts.card_status if about is About.CARD else None,
                anchor=facts.anchor,
                examine_on=examine_on,
                threshold=thresholds.current(facts.anchor, day),
                next_on=thresholds.next_day(facts.anchor, day),
                checks=explain(facts, day, policy),
                reminders=tuple(row for row in reminders if row.about == about),
                decided=next((row for row in reminders if row.id == standing[about]), None),
                is_examined=examine_on <= day or anew[about],
            )
        )
    return tuple(stories)


async def _anew(session: AsyncSession, about: About, day: date, policy: ReminderPolicy) -> bool:
    return examines_all(await set_by(session, about), about, day, policy)


async def _standing(
    session: AsyncSession, about: About, person: Person, day: date, policy: ReminderPolicy
) -> UUID | None:
    anchor = person.anchor(about)
    threshold = None if anchor is None else policy.thresholds(about).current(anchor, day)
    if anchor is None or threshold is None:
        return None
    found = await standing_of(session, about, [(person.id, anchor, threshold)])
    return found.get(person.id, Standing()).settled_by


def _examine_on(about: About, practitioner: Practitioner, of_card: date | None) -> date:
    return of_card if about is About.CARD and of_card is not None else practitioner.examine_on
