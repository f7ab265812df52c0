"""Planning: any schedule of runs, and what moves while they run."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select, update

from models.cards import Card
from models.columns import EXAMINE_NOW
from models.database import transaction
from models.practitioners import find_practitioner
from models.reminders.reminders import Reminder
from rules.policy.quiet_days import quiet
from rules.policy.thresholds import Topic
from rules.register.card import Category
from support.reminding import SUNDAY, OnFile, Runs, card_on_file, noon, unhurried
from support.smtp import SmtpRecorder
from tasks.reminders.planning import Plan, plan_chunk

POLICY = unhurried()
#: What happens on a day of a schedule: a run, two at once, one that is killed before it sends, and
#: one that only sends what an earlier one has planned.
EVENTS = st.lists(
    st.tuples(st.integers(0, 25), st.sampled_from(["run", "twice", "killed", "late"])),
    min_size=1,
    max_size=14,
)


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder() as smtp:
        yield Runs(smtp)


async def examine_on(card: OnFile) -> date:
    """The day on which the card is examined next."""
    async with transaction() as session:
        query = select(Card.examine_on).where(col(Card.id) == card.id)
        return (await session.exec(query)).one()


async def happen(runs: Runs, day: date, event: str, topic: Topic) -> None:
    """One event of a schedule."""
    if event in {"run", "twice"}:
        await runs.run(day, topic)
    if event == "twice":
        await runs.run(day, topic)
    if event == "killed":
        await runs.plan(day, topic=topic)
    if event == "late" and quiet(day, POLICY) is None:
        await runs.send(day)


#: The anchor of each topic's examples, and the days after it on which schedules begin.
CARD_EXPIRES_ON, PROFILE_CONFIRMED_ON = SUNDAY + timedelta(days=100), date(2026, 11, 1)
STARTS = {Topic.CARD: st.integers(-100, 0), Topic.PROFILE: st.integers(330, 560)}


@pytest.mark.parametrize("topic", list(Topic))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(schedule=EVENTS, data=st.data())
async def test_any_schedule_sends_each_threshold_once_and_never_one_that_has_passed(
    runs: Runs, topic: Topic, schedule: list[tuple[int, str]], data: st.DataObject
) -> None:
    """Missed, doubled, late and killed runs; a whole run on a working day always catches up."""
    is_card = topic is Topic.CARD
    anchor = CARD_EXPIRES_ON if is_card else PROFILE_CONFIRMED_ON
    # The other topic of the same person lies far away.
    person = await card_on_file(
        CARD_EXPIRES_ON if is_card else date(2040, 1, 1), confirmed_at=noon(PROFILE_CONFIRMED_ON)
    )
    day, seen = anchor + timedelta(days=data.draw(STARTS[topic], label="start")), set()
    for gap, event in schedule:
        day += timedelta(days=gap)
        before = len(runs.smtp.accepted)
        await happen(runs, day, event, topic)
        current = POLICY.thresholds(topic).current(anchor, day)
        for letter in runs.letters()[before:]:
            if person.email not in str(letter["To"]):
                continue  # left over from another example's killed run
            assert current is not None
            # The Message-ID is made of the threshold, so this is the current one and no other.
            wanted = f"<{person.reminder_id(anchor, current, topic)}@example.org>"
            assert letter["Message-ID"] == wanted
            assert wanted not in seen
            seen.add(wanted)
        if event in {"run", "twice"} and current is not None and quiet(day, POLICY) is None:
            assert f"<{person.reminder_id(anchor, current, topic)}@example.org>" in seen


async def test_a_card_that_is_not_due_is_looked_at_once(runs: Runs) -> None:
    """It is stamped with the day of its first threshold."""
    card = await card_on_file(SUNDAY + timedelta(days=400))

    first, second = await runs.plan(SUNDAY), await runs.plan(SUNDAY)

    assert (first.examined, second.examined) == (1, 0)
    assert await examine_on(card) == SUNDAY + timedelta(days=310)


@pytest.mark.parametrize(
    "change", [{"expires_on": SUNDAY + timedelta(days=800)}, {"status": "suspended"}]
)
async def test_a_card_that_changes_is_examined_by_the_next_run(
    runs: Runs, change: dict[str, object]
) -> None:
    """Whoever changed it: the trigger is in the database."""
    card = await card_on_file(SUNDAY + timedelta(days=400))
    await runs.plan(SUNDAY)

    await card.change(**change)

    assert await examine_on(card) == EXAMINE_NOW


async def test_a_change_of_anything_else_leaves_the_stamp(runs: Runs) -> None:
    """The category has nothing to do with reminders."""
    card = await card_on_file(SUNDAY + timedelta(days=400))
    await runs.plan(SUNDAY)

    await card.change(category="pharmacist")

    assert await examine_on(card) == SUNDAY + timedelta(days=310)


async def test_a_card_that_somebody_holds_is_left_to_the_next_look(runs: Runs) -> None:
    """A renewal in the middle of its transaction stops no run."""
    held = await card_on_file(SUNDAY + timedelta(days=14))
    free = await card_on_file(SUNDAY + timedelta(days=14))
    async with transaction() as session:
        await session.get_one(Card, held.id, with_for_update=True)
        during = await runs.plan(SUNDAY)

    after = await runs.plan(SUNDAY)

    assert (during.letters, after.letters) == (1, 1)
    assert len(await free.reminders()) == 1


async def test_a_dry_run_keeps_nothing(runs: Runs) -> None:
    """It counts what a run would do."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    plan = Plan()
    while await plan_chunk(plan, day=SUNDAY, now=noon(SUNDAY), run="test", policy=POLICY, dry=True):
        pass

    assert plan.letters == 1
    assert await card.reminders() == []
    assert await examine_on(card) == EXAMINE_NOW


async def test_small_chunks_examine_every_card(runs: Runs) -> None:
    """Whatever their size, and cards with the same day of examination among them."""
    for _ in range(7):
        await card_on_file(SUNDAY + timedelta(days=14))
    plan = Plan()
    while await plan_chunk(plan, day=SUNDAY, now=noon(SUNDAY), run="test", policy=POLICY, limit=2):
        pass

    assert (plan.examined, plan.letters) == (7, 7)


async def test_two_planners_keep_the_daily_cap(runs: Runs) -> None:
    """They take turns, so an address that both meet is counted rightly."""
    runs.policy = unhurried(letters_per_address_per_day=2)
    for _ in range(6):
        await card_on_file(SUNDAY + timedelta(days=14), email="shared@example.com")

    plans = await asyncio.gather(*(runs.plan(SUNDAY) for _ in range(3)))

    assert sum(plan.letters for plan in plans) == 2


async def test_a_holder_without_an_address_is_on_file_with_that_reason(runs: Runs) -> None:
    """Somebody has to call them."""
    card = await card_on_file(SUNDAY + timedelta(days=14), email="")

    await runs.run(SUNDAY)

    assert [(row.status, row.reason) for row in await card.reminders()] == [
        ("skipped", "no_address")
    ]


async def test_a_quiet_day_puts_a_letter_off_with_its_reason(runs: Runs) -> None:
    """A Friday: the row says so, and the Sunday sends it."""
    friday = SUNDAY - timedelta(days=2)
    card = await card_on_file(friday + timedelta(days=14))

    quiet_letters = await runs.run(friday)
    (deferred,) = await card.reminders()
    letters = await runs.run(SUNDAY)

    assert quiet_letters == []
    assert (deferred.status, deferred.reason) == ("deferred", "quiet_day")
    assert len(letters) == 1
    assert parsedate_to_datetime(letters[0]["Date"]) == noon(SUNDAY)
    assert [row.status for row in await card.reminders()] == ["sent"]


async def test_on_a_quiet_day_profiles_are_left_alone(runs: Runs) -> None:
    """Putting off a backlog of them would write every row, and send nothing."""
    friday = SUNDAY - timedelta(days=2)
    person = await card_on_file(date(2040, 1, 1), confirmed_at=noon(date(2025, 1, 1)))

    plan = await runs.plan(friday, topic=Topic.PROFILE)
    letters = await runs.run(SUNDAY, Topic.PROFILE)

    assert plan.examined == 0
    assert len(letters) == 1
    assert [row.status for row in await person.reminders(Topic.PROFILE)] == ["sent"]


async def test_a_planner_does_not_wait_for_whoever_holds_a_practitioner(runs: Runs) -> None:
    """An activation has the person and wants the card, which the planner has: a deadlock once."""
    card = await card_on_file(SUNDAY + timedelta(days=14))
    async with transaction() as session:
        await find_practitioner(session, card.number, lock=True)

        plan = await runs.plan(SUNDAY)
        await session.exec(
            update(Card).where(col(Card.id) == card.id).values(category=Category.PHARMACIST)
        )

    assert plan.letters == 1


async def test_a_planner_does_not_wait_for_whoever_stamps_a_letter(runs: Runs) -> None:
    """The sender has this letter, and wants one that the planner has closed."""
    later = SUNDAY + timedelta(days=7)
    first, second = [await card_on_file(SUNDAY + timedelta(days=14)) for _ in range(2)]
    await runs.plan(SUNDAY)
    (held,) = await first.reminders()
    async with transaction() as session:
        await session.get_one(Reminder, held.id, with_for_update=True)

        await runs.plan(later)

    assert [row.status for row in await first.reminders()] == ["queued", "queued"]
    assert [row.reason for row in await second.reminders()] == ["too_late", None]
    assert len(await runs.run(later)) == 2
