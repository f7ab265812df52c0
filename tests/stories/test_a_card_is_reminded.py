"""The life of a card, day by day on a clock that we set, with every letter that its holder gets.

PostgreSQL and SMTP are real; a day's run is what `card-reminders` does on that day.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from desk.reminders.links import ReminderLinkState
from desk.reminders.unsubscribing import look, unsubscribe
from rules.requests.statuses import Status
from support.reminding import Runs, card_on_file, noon, text_of, unhurried
from support.smtp import SmtpRecorder

#: A Monday.
EXPIRES_ON = date(2027, 1, 25)


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder() as smtp:
        yield Runs(smtp)


async def subjects(runs: Runs, first: int, last: int) -> list[tuple[int, str]]:
    """The days left and the subject of every letter, from so many days left to so many."""
    found = []
    for left in range(first, last - 1, -1):
        day = EXPIRES_ON - timedelta(days=left)
        found += [(left, str(letter["Subject"])) for letter in await runs.run(day)]
    return found


async def test_a_holder_is_reminded_at_each_threshold_and_never_twice(runs: Runs) -> None:
    """Ninety days before the expiry to sixty days after it, with a run on every single day.

    The day with 30 left is a Saturday: that letter leaves on the Sunday, and says 29.
    """
    await card_on_file(EXPIRES_ON, preferred_language="en")

    assert await subjects(runs, 120, -60) == [
        (90, "Your registration card expires in 90 days"),
        (60, "Your registration card expires in 60 days"),
        (29, "Your registration card expires in 29 days"),
        (14, "Your registration card expires in 14 days"),
        (7, "Your registration card expires in 7 days"),
        (1, "Your registration card expires tomorrow"),
        (0, "Your registration card expires today"),
        (-14, "Your registration card expired 14 days ago"),
    ]


async def test_arabic_readers_get_arabic_first(runs: Runs) -> None:
    """With the right plural of days."""
    await card_on_file(EXPIRES_ON)

    found = await subjects(runs, 7, 0)

    assert [subject for _, subject in found] == [
        "تنتهي صلاحية بطاقتك بعد 7 أيام",
        "تنتهي صلاحية بطاقتك غدًا",
        "تنتهي صلاحية بطاقتك اليوم",
    ]


async def test_missed_days_are_made_good_by_one_letter(runs: Runs) -> None:
    """Nobody ran for two months: the holder gets the threshold that is current, not three."""
    card = await card_on_file(EXPIRES_ON, preferred_language="en")
    await subjects(runs, 100, 88)

    assert await subjects(runs, 21, 21) == [(21, "Your registration card expires in 21 days")]
    assert [row.threshold for row in await card.reminders()] == [90, 30]


async def test_a_renewed_card_is_silent_until_its_new_expiry(runs: Runs) -> None:
    """The renewal moves the expiry; the old one is never spoken of again."""
    card = await card_on_file(EXPIRES_ON, preferred_language="en")
    await subjects(runs, 95, 85)

    await card.change(expires_on=EXPIRES_ON + timedelta(days=730))

    assert await subjects(runs, 84, -60) == []
    assert await subjects(runs, -640, -640) == [(-640, "Your registration card expires in 90 days")]


async def test_a_renewal_that_waits_for_its_holder_is_what_the_letter_is_about(runs: Runs) -> None:
    """While it waits for us there is no letter; the reason is on file."""
    waiting = await card_on_file(EXPIRES_ON, preferred_language="en")
    ours = await card_on_file(EXPIRES_ON, preferred_language="en")
    code = await waiting.open_renewal(Status.AWAITING_ACTIVATION)
    await ours.open_renewal(Status.UNDER_REVIEW)

    found = await subjects(runs, 14, 14)

    assert found == [(14, f"Your card renewal {code} needs action from you")]
    assert [(row.status, row.reason) for row in await ours.reminders()] == [
        ("skipped", "open_renewal")
    ]


async def test_a_profile_not_confirmed_for_long_is_asked_about_in_the_same_letter(
    runs: Runs,
) -> None:
    """One person, one letter."""
    await card_on_file(EXPIRES_ON, confirmed_at=noon(date(2025, 1, 1)))

    letters = await runs.run(EXPIRES_ON - timedelta(days=7))

    assert len(letters) == 1
    assert "https://portal.example.org/confirm/" in text_of(letters[0])


async def test_one_click_ends_the_reminders(runs: Runs) -> None:
    """By the header that mail programs use; later thresholds are skipped with that reason."""
    card = await card_on_file(EXPIRES_ON)
    (letter,) = await runs.run(EXPIRES_ON - timedelta(days=14))
    token = str(letter["List-Unsubscribe"]).strip("<>").rpartition("/")[2]

    pressed = await unsubscribe(token, now=noon(EXPIRES_ON))
    later = await subjects(runs, 13, -40)

    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert pressed.state is ReminderLinkState.DONE
    assert (await look(token, now=noon(EXPIRES_ON))).state is ReminderLinkState.DONE
    assert later == []
    assert {row.reason for row in await card.reminders()} == {None, "suppressed"}


async def test_a_shared_address_is_not_flooded_and_loses_no_letter(runs: Runs) -> None:
    """Two a day: the fifth comes two days later, not never."""
    runs.policy = unhurried(letters_per_address_per_day=2)
    for _ in range(5):
        await card_on_file(EXPIRES_ON, email="Nurses@hospital.example.org")

    found = await subjects(runs, 14, 8)

    assert [left for left, _ in found] == [14, 14, 13, 13, 12]


@pytest.mark.parametrize("status", ["suspended", "revoked"])
async def test_a_card_out_of_use_is_silent_and_speaks_again(runs: Runs, status: str) -> None:
    """Reminding of it would mislead; once it is in use again, the next threshold counts."""
    card = await card_on_file(EXPIRES_ON, status=status, preferred_language="en")

    silent = await subjects(runs, 20, 10)
    await card.change(status="active")
    heard = await subjects(runs, 9, 6)

    assert silent == []
    assert heard == [(7, "Your registration card expires in 7 days")]
