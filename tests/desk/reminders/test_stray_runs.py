"""A run for another day is taken back, and whom it misled is told."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from desk.looks import Looker
from desk.reminders.explaining import explain_reminders
from desk.reminders.stray_runs import (
    RunNotStray,
    UndoneRun,
    list_stray_runs,
    undo_run,
    whom_it_told,
)
from models.database import transaction
from models.reminders.orders import ReminderOrder
from models.reminders.suppressions import suppress
from rules.policy.quiet_days import quiet
from rules.policy.thresholds import Topic
from rules.reminders.suppression import Why
from support.reminding import SUNDAY, OnFile, Runs, card_on_file, noon, text_of
from support.smtp import SmtpRecorder
from support.strays import stray_run
from tasks.reminders.examination_days import set_days_anew

#: As in real use: cards valid for months, and a run for the day on which 29 would be left.
EXPIRES_ON = SUNDAY + timedelta(days=219)
FAR = EXPIRES_ON - timedelta(days=29)
NOW = noon(SUNDAY)


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder() as smtp:
        yield Runs(smtp)


async def days_until_the_end(
    runs: Runs, since: date = SUNDAY, topic: Topic = Topic.CARD
) -> list[EmailMessage]:
    """Every letter that a run on each day sends, until long after the expiry."""
    letters = []
    for ahead in range((EXPIRES_ON - since).days + 40):
        day = since + timedelta(days=ahead)
        await set_days_anew(topic, day, runs.policy)
        letters += await runs.run(day, topic)
    return letters


async def undo(runs: Runs, *, run: str = "stray", correct: bool = False) -> UndoneRun:
    """An operator takes the run back."""
    return await undo_run(
        run, by="huda", because="a slip of the hand", correct=correct, now=NOW, policy=runs.policy
    )


async def test_nobody_loses_a_reminder_by_a_run_for_a_later_day(runs: Runs) -> None:
    """Also before anybody takes it back: only the threshold whose letter has gone is missing."""
    card = await card_on_file(EXPIRES_ON)
    await stray_run(runs, FAR)

    await days_until_the_end(runs)

    sent = [row.threshold for row in await card.reminders() if row.settled_at != NOW]
    assert sent == [90, 60, 14, 7, 1, 0, -14]


@pytest.mark.parametrize("sends", [True, False], ids=["sent", "only planned"])
async def test_a_run_that_is_undone_has_cost_nobody_a_reminder(runs: Runs, sends: bool) -> None:
    """Each threshold has its letter, under Message-IDs of their own."""
    card = await card_on_file(EXPIRES_ON)
    await stray_run(runs, FAR, sends=sends)

    await undo(runs)
    letters = await days_until_the_end(runs)

    counting = [row for row in await card.reminders() if row.copy_ == 0]
    assert [row.threshold for row in counting] == [90, 60, 30, 14, 7, 1, 0, -14]
    assert {row.status for row in counting} == {"sent"}
    assert len(letters) == 8
    assert len({letter["Message-ID"] for letter in runs.letters()}) == 8 + sends


async def test_what_a_run_for_another_day_closed_is_decided_again(runs: Runs) -> None:
    """A letter waited for the mail server, and the run took its threshold for passed."""
    card = await card_on_file(SUNDAY + timedelta(days=60))
    await runs.plan(SUNDAY)
    await stray_run(runs, SUNDAY + timedelta(days=46))
    closed = [(row.threshold, row.status) for row in await card.reminders()]

    await undo(runs)
    await runs.run(SUNDAY)

    assert closed == [(60, "skipped"), (14, "sent")]
    assert [(r.threshold, r.status) for r in await card.reminders() if r.copy_ == 0] == [
        (60, "sent")
    ]


async def test_it_tells_whom_the_run_told_what(runs: Runs) -> None:
    """By run, with what it said and when; and that it is undone, afterwards."""
    card = await card_on_file(EXPIRES_ON)
    await stray_run(runs, FAR)

    (run,) = await list_stray_runs(now=NOW)
    (before,) = await whom_it_told(run.run, now=NOW)
    await undo(runs, correct=True)
    (after,) = await whom_it_told(run.run, now=NOW)

    assert (run.run, run.day, run.sent, run.other) == ("stray", FAR, 1, 0)
    assert (before.registration_number, before.day, before.status) == (card.number, FAR, "sent")
    assert (before.undone_at, before.correction) == (None, None)
    assert (after.undone_at, after.correction) == (NOW, "queued")


async def test_undone_twice_it_is_the_same(runs: Runs) -> None:
    """One letter is taken back, and one correction leaves; the order is kept with its reason."""
    await card_on_file(EXPIRES_ON)
    await stray_run(runs, FAR)

    first = await undo(runs)
    second = await undo(runs, correct=True)
    third = await undo(runs, correct=True)
    await runs.send(SUNDAY)

    assert (first, second, third) == (UndoneRun(1, 0, 0), UndoneRun(0, 0, 1), UndoneRun(0, 0, 0))
    assert len(runs.smtp.accepted) == 2
    async with transaction() as session:
        orders = (await session.exec(select(ReminderOrder))).all()
    assert sorted((each.what, each.by, each.because) for each in orders) == [
        ("correct", "huda", "a slip of the hand"),
        ("undo", "huda", "a slip of the hand"),
    ]


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (Topic.CARD, "Card valid until: Tuesday 29 June 2027"),
        (Topic.PROFILE, "We sent that e-mail by mistake"),
    ],
)
async def test_a_correction_says_what_is_true(runs: Runs, topic: Topic, said: str) -> None:
    """When the wrong one was sent, in both languages, with a way out, and no other link."""
    confirmed = noon(SUNDAY - timedelta(days=200))
    expires_on = EXPIRES_ON if topic is Topic.CARD else date(2040, 1, 1)
    await card_on_file(expires_on, preferred_language="en", confirmed_at=confirmed)
    await stray_run(runs, FAR, topic=topic)
    assert len(runs.letters()) == 1

    await undo(runs, correct=True)
    await runs.send(SUNDAY)

    letter = runs.letters()[-1]
    assert str(letter["Subject"]).startswith("Correction: ")
    assert "On Sunday 22 November 2026" in text_of(letter)
    assert said in text_of(letter)
    assert "ونعتذر" in text_of(letter)
    assert "List-Unsubscribe" in letter
    assert "/confirm/" not in text_of(letter)


async def test_whoever_asked_for_no_more_gets_no_correction(runs: Runs) -> None:
    """The list says so: somebody may call them."""
    card = await card_on_file(EXPIRES_ON)
    await stray_run(runs, FAR)
    async with transaction() as session:
        await suppress(session, card.email, why=Why.UNSUBSCRIBED, now=NOW)

    await undo(runs, correct=True)
    await runs.send(SUNDAY)
    (told,) = await whom_it_told("stray", now=NOW)

    assert len(runs.smtp.accepted) == 1
    assert told.correction == "skipped"


async def test_a_planner_leaves_a_correction_alone(runs: Runs) -> None:
    """It is of no threshold that is current, and would look as if it had passed."""
    await card_on_file(EXPIRES_ON)
    await stray_run(runs, FAR)
    await undo(runs, correct=True)

    letters = await runs.run(SUNDAY)

    assert [str(letter["Message-ID"]) for letter in letters] != []
    assert len(runs.smtp.accepted) == 2


async def test_a_run_of_its_own_day_is_not_undone(runs: Runs) -> None:
    """What it said was true; an unknown run is the same."""
    await card_on_file(SUNDAY + timedelta(days=14))
    await runs.run(SUNDAY)

    for run in ("test", "unknown"):
        with pytest.raises(RunNotStray):
            await undo(runs, run=run)


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 40), st.sampled_from(["run", "plan", "stray", "undo", "quiet", "change"])
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("topic", list(Topic))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(schedule=EVENTS, left=st.integers(0, 120), at=st.integers(0, 300))
async def test_why_says_what_the_next_run_does(
    runs: Runs, topic: Topic, schedule: list[tuple[int, str]], left: int, at: int
) -> None:
    """Whatever has happened before, runs for another day among it: told, then tried."""
    is_card = topic is Topic.CARD
    day = SUNDAY
    anchor = SUNDAY + timedelta(days=left)
    person = await card_on_file(
        anchor if is_card else date(2040, 1, 1),
        confirmed_at=NOW if is_card else noon(SUNDAY - timedelta(days=300 + left)),
    )
    for gap, event in schedule:
        day += timedelta(days=gap)
        if event == "run":
            await runs.run(day, topic)
        elif event == "plan":
            await runs.plan(day, topic=topic)
        elif event == "stray":
            await stray_run(runs, day + timedelta(days=at + 1), topic=topic, on=day)
        elif event == "undo":
            await undo_all(runs, day)
        elif event == "change" and is_card:
            await person.change(expires_on=day + timedelta(days=left + 1))
    while quiet(day, runs.policy):
        day += timedelta(days=1)

    both = await explain_reminders(
        person.number, day, runs.policy, by=Looker.operations("ops"), now=NOW
    )
    explanation = next(each for each in both if each.topic == topic)
    wanted = (
        explanation.threshold is not None
        and explanation.decided is None
        and explanation.is_examined
        and not any(check.objection for check in explanation.checks)
    )
    before = {row.id for row in await person.reminders(topic) if row.status == "queued"}
    await set_days_anew(topic, day, runs.policy)
    await runs.plan(day, topic=topic)

    queued = {row.id for row in await person.reminders(topic) if row.status == "queued"}
    assert bool(queued - before) == wanted


async def undo_all(runs: Runs, day: date) -> None:
    """Every run for another day that there is."""
    for name in {each.run for each in await list_stray_runs(now=noon(day))}:
        await undo_run(
            name, by="huda", because="", correct=False, now=noon(day), policy=runs.policy
        )


async def test_nothing_that_is_not_sent_is_listed_as_told(runs: Runs) -> None:
    """A card without an address: decided, not sent."""
    card: OnFile = await card_on_file(EXPIRES_ON, email="")
    await stray_run(runs, FAR)

    (told,) = await whom_it_told("stray", now=NOW)
    undone = await undo(runs)

    assert (told.status, told.reason) == ("skipped", "no_address")
    assert undone == UndoneRun(0, 1, 0)
    assert [(row.status, row.reason) for row in await card.reminders()] == [("deferred", "not_yet")]
