"""A profile that nobody confirms, day by day on a clock that we set, until its owner does.

PostgreSQL and SMTP are real; a day's run is what `profile-reminders` does on that day.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from desk.reminders.confirming import confirm, look
from desk.reminders.links import ReminderLinkState
from models.database import transaction
from models.practitioners import Practitioner
from rules.policy.thresholds import Topic
from rules.requests.statuses import Status
from support.reminding import OnFile, Runs, card_on_file, confirm_token, noon, text_of, unhurried
from support.smtp import SmtpRecorder

#: A Sunday.
CONFIRMED_ON = date(2026, 1, 4)
#: Long after everything that is told here.
EXPIRES_ON = date(2029, 1, 1)


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder() as smtp:
        yield Runs(smtp)


async def unconfirmed(**person: object) -> OnFile:
    """Somebody who last confirmed the profile on that Sunday."""
    return await card_on_file(
        EXPIRES_ON, **{"confirmed_at": noon(CONFIRMED_ON), "preferred_language": "en", **person}
    )


async def letters(runs: Runs, first: int, last: int) -> list[tuple[int, EmailMessage]]:
    """Every letter about a profile, by the days since that Sunday."""
    found = []
    for days in range(first, last + 1):
        day = CONFIRMED_ON + timedelta(days=days)
        found += [(days, letter) for letter in await runs.run(day, Topic.PROFILE)]
    return found


async def press(token: str, day: date) -> ReminderLinkState:
    """Open the link's page and press its button."""
    page = await look(token, now=noon(day))
    return (await confirm(token, seen=page.seen, now=noon(day))).state


async def test_whoever_confirms_nothing_is_asked_four_times(runs: Runs) -> None:
    """After a year, and 30, 90 and 180 days later; a Friday waits for its Sunday."""
    await unconfirmed()

    found = await letters(runs, 350, 700)

    assert [days for days, _ in found] == [365, 395, 455, 546]
    assert {str(letter["Subject"]) for _, letter in found} == {
        "Please check and confirm your professional details"
    }


async def test_one_press_ends_the_asking_for_a_year(runs: Runs) -> None:
    """The row says when, and the next letter comes a year after that."""
    person = await unconfirmed()
    ((_, letter),) = await letters(runs, 365, 380)
    pressed_on = CONFIRMED_ON + timedelta(days=380)

    state = await press(confirm_token(letter), pressed_on)

    async with transaction() as session:
        row = await session.get_one(Practitioner, person.practitioner_id)
    assert state is ReminderLinkState.DONE
    assert row.confirmed_at == noon(pressed_on)
    assert [days for days, _ in await letters(runs, 381, 380 + 370)] == [380 + 365]


async def test_opening_the_link_confirms_nothing(runs: Runs) -> None:
    """Mail scanners open every link."""
    person = await unconfirmed()
    ((_, letter),) = await letters(runs, 365, 366)

    view = await look(confirm_token(letter), now=noon(CONFIRMED_ON + timedelta(days=366)))

    async with transaction() as session:
        row = await session.get_one(Practitioner, person.practitioner_id)
    assert view.state is ReminderLinkState.USABLE
    assert row.confirmed_at == noon(CONFIRMED_ON)


async def test_a_letter_about_the_card_asks_as_well_and_is_the_only_one(runs: Runs) -> None:
    """The card expires in thirty days: one person, one letter."""
    day = CONFIRMED_ON + timedelta(days=365)
    person = await card_on_file(day + timedelta(days=30), confirmed_at=noon(CONFIRMED_ON))

    before_the_card = await runs.run(day, Topic.PROFILE)
    about_the_card = await runs.run(day, Topic.CARD)
    later = await letters(runs, 365, 394)

    assert before_the_card == later == []
    assert len(about_the_card) == 1
    assert confirm_token(about_the_card[0])
    assert [(row.status, row.reason) for row in await person.reminders(Topic.PROFILE)] == [
        ("skipped", "asked_with_card")
    ]


async def test_an_update_on_its_way_is_not_asked_for(runs: Runs) -> None:
    """Whoever has just sent one need not be told to."""
    person = await unconfirmed()
    await person.open_request("profile_update", Status.UNDER_REVIEW)

    assert await letters(runs, 365, 380) == []
    assert [row.reason for row in await person.reminders(Topic.PROFILE)] == ["open_update"]


async def test_a_register_that_was_loaded_on_one_day_is_asked_bit_by_bit(runs: Runs) -> None:
    """Two a day; nobody is left out and nobody is asked twice."""
    runs.policy = unhurried(profile_letters_per_day=2)
    for _ in range(5):
        await unconfirmed()

    found = await letters(runs, 365, 372)

    assert [days for days, _ in found] == [365, 365, 366, 366, 367]
    assert len({str(letter["To"]) for _, letter in found}) == 5


async def test_who_never_confirmed_counts_from_the_day_on_file(runs: Runs) -> None:
    """A year after the register was loaded."""
    await unconfirmed(confirmed_at=None, on_file_since=CONFIRMED_ON)

    ((days, letter),) = await letters(runs, 360, 390)

    assert days == 365
    assert "not yet confirmed" in text_of(letter)


async def test_a_planned_letter_stays_when_its_owner_confirms_first(runs: Runs) -> None:
    """Between planning and sending."""
    person = await unconfirmed()
    day = CONFIRMED_ON + timedelta(days=365)
    await runs.plan(day, topic=Topic.PROFILE)
    async with transaction() as session:
        row = await session.get_one(Practitioner, person.practitioner_id)
        row.confirmed_at = noon(day)

    sent = await runs.send(day)

    assert sent["sent"] == 0
    assert [row.reason for row in await person.reminders(Topic.PROFILE)] == ["confirmed"]
