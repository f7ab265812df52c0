"""What is still to come, by the thresholds of before and by new ones."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from desk.clock import utc_now
from desk.reminders.outlook import forecast, forecasts
from models.database import transaction
from models.reminders.examination_days import say_set_by
from models.reminders.examinations import Decided, stamp_examined, write_decisions
from rules.policy.thresholds import Topic
from rules.reminders.decision import ReminderLetter, ReminderStatus
from support.policies import frozen_policy
from support.reminding import SUNDAY, OnFile, card_on_file

pytestmark = pytest.mark.usefixtures("database")

POLICY = frozen_policy().reminders
OTHER = replace(POLICY, days_before=(30, 21, 7))
EXPIRY = SUNDAY + timedelta(days=30)


async def told(person: OnFile, anchor: date, threshold: int) -> None:
    """A run has written to this person for this threshold, and looks again at the next one."""
    letter = Decided(
        person.practitioner_id,
        anchor,
        threshold,
        ReminderStatus.QUEUED,
        None,
        ReminderLetter.CARD_REMINDER,
        person.email,
    )
    async with transaction() as session:
        await write_decisions(
            session, Topic.CARD, [letter], day=SUNDAY, run="before", now=utc_now()
        )
        await stamp_examined(session, Topic.CARD, [(person.id, anchor - timedelta(days=14))])
        await say_set_by(session, Topic.CARD, POLICY.card, day=SUNDAY)


async def test_new_thresholds_send_nobody_the_same_letter_again() -> None:
    """All cards are examined on the first day; of two one has had its thirty days' letter."""
    await told(await card_on_file(EXPIRY), EXPIRY, 30)
    await card_on_file(EXPIRY)

    now, proposed = await forecasts(Topic.CARD, SUNDAY, 12, [POLICY, OTHER])

    assert [each.letters for each in now if each.letters.total()] == [{30: 1}]
    assert [each.letters for each in proposed if each.letters.total()] == [{30: 1}, {21: 2}]


async def test_a_letter_about_another_expiry_settles_nothing() -> None:
    """The card was extended since; nobody has written to who has its old day."""
    person = await card_on_file(EXPIRY)
    await told(person, EXPIRY, 30)
    await person.change(expires_on=EXPIRY + timedelta(days=1))
    await card_on_file(EXPIRY)

    days = await forecast(Topic.CARD, SUNDAY, 2, OTHER)

    assert [each.letters for each in days] == [{30: 1}, {30: 1}]
