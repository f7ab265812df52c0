"""`mumaris card`: what operations see and do."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.cards import Card
from models.database import transaction
from rules.values.dates import riyadh_day
from support.cards import card_of, give_card, periods
from support.people import NOURA, RAHUL
from support.requests import NOW
from support.shell import mumaris

pytestmark = pytest.mark.usefixtures("people")
TODAY = riyadh_day(NOW)
NUMBER = NOURA["registration_number"]
EXPIRY = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
async def card(people: None) -> None:
    await give_card(NUMBER, expires_on=EXPIRY)


def between(first: int, last: int) -> tuple[str, str, str]:
    """The option that names the cards, in days from Noura's expiry."""
    days = (EXPIRY + timedelta(days=first), EXPIRY + timedelta(days=last))
    return ("--expiring-between", *map(str, days))


async def test_a_card_is_shown_with_its_periods() -> None:
    """By its number with the dash; no name, no address."""
    shown = await mumaris("card", "show", "2010-4567")
    machine = json.loads((await mumaris("card", "show", NUMBER, "--json")).stdout)

    assert shown.exit_code == 0
    assert str(EXPIRY) in shown.stdout
    assert machine["expires_on"] == str(EXPIRY)
    assert [period["made_by"] for period in machine["periods"]] == ["loaded"]
    assert "Noura" not in shown.stdout


@pytest.mark.parametrize("number", ["99999999", RAHUL["registration_number"]])
async def test_an_unknown_card_is_not_found(number: str) -> None:
    """Neither the number of nobody, nor that of somebody without a card."""
    assert (await mumaris("card", "show", number)).exit_code == 3


async def test_what_is_no_number_is_refused_by_its_field() -> None:
    """As in a submission."""
    refused = await mumaris("card", "show", "<script>")

    assert refused.exit_code == 1
    assert refused.stderr.endswith("(registration_number_form)\n")


async def test_whether_a_card_may_be_renewed_is_told_with_its_sources() -> None:
    """The exit code is the answer; every line bears its source."""
    may = await mumaris("card", "eligibility", NUMBER, "--on", str(TODAY))
    early = await mumaris("card", "eligibility", NUMBER, "--on", "2026-01-01", "--json")

    answer = json.loads(early.stdout)
    assert (may.exit_code, early.exit_code) == (0, 1)
    assert "can be renewed" in may.stdout
    assert answer["may_renew"] is False
    assert all(line["source"] and line["sentence_ar"] for line in answer["lines"])


async def test_a_fine_that_is_not_set_shows_no_number() -> None:
    """It is set by the authority."""
    late = EXPIRY + timedelta(days=60)

    told = json.loads(
        (await mumaris("card", "eligibility", NUMBER, "--on", str(late), "--json")).stdout
    )

    fine = next(line["sentence_en"] for line in told["lines"] if "fine" in line["rule"])
    assert "set by the authority" in fine
    assert not any(character.isdigit() for character in fine)


async def test_a_day_may_be_hijri_and_must_be_one() -> None:
    """A day that does not exist is a usage error."""
    hijri = await mumaris("card", "eligibility", NUMBER, "--on", "1448-06-14")
    wrong = await mumaris("card", "eligibility", NUMBER, "--on", "2026-02-30")

    assert "2026-11-24" in hijri.stdout
    assert wrong.exit_code == 2


async def test_cards_are_extended_with_a_line_of_history_each() -> None:
    """Counted first, then done; done again it changes nothing."""
    to = str(EXPIRY + timedelta(days=60))
    dry = await mumaris("card", "extend", *between(-5, 5), "--to", to, "--dry-run", "--json")
    before = (await card_of(NUMBER)).expires_on

    done = await mumaris("card", "extend", *between(-5, 5), "--to", to, "--by", "ops.one", "--yes")
    again = await mumaris("card", "extend", *between(-5, 90), "--to", to, "--json", "--yes")

    last = (await periods(NUMBER))[-1]
    assert (json.loads(dry.stdout)["cards"], before) == (1, EXPIRY)
    assert done.stdout.startswith("1 cards expire on")
    assert json.loads(again.stdout)["cards"] == 0
    assert (last.made_by, last.actor, str(last.expires_on)) == ("extended", "ops.one", to)


async def test_an_extension_is_not_made_unasked() -> None:
    """Where nobody can answer it says how many cards it is about, and how to say yes."""
    to = str(EXPIRY + timedelta(days=60))

    refused = await mumaris("card", "extend", *between(-5, 5), "--to", to)
    none = await mumaris(
        "card", "extend", *between(80, 90), "--to", str(EXPIRY + timedelta(days=99))
    )

    assert (refused.exit_code, none.exit_code) == (2, 0)
    assert refused.stderr.startswith(f"Extend 1 cards to {to}?")
    assert "--yes" in refused.stderr
    assert (await card_of(NUMBER)).expires_on == EXPIRY


@pytest.mark.parametrize("status", ["suspended", "revoked"])
async def test_a_card_that_was_taken_away_is_left_alone_and_reported(status: str) -> None:
    """What everybody is given is not given back to one from whom it was taken."""
    async with transaction() as session:
        await session.exec(update(Card).values(status=status))
    to = str(EXPIRY + timedelta(days=60))

    done = await mumaris("card", "extend", *between(-5, 5), "--to", to, "--yes")
    told = await mumaris("card", "extend", *between(-5, 5), "--to", to, "--dry-run", "--json")

    assert done.stdout.splitlines()[-1] == f"left alone: 1 {status}"
    assert (json.loads(told.stdout)["cards"], json.loads(told.stdout)["left_alone"]) == (
        0,
        {status: 1},
    )
    assert (await card_of(NUMBER)).expires_on == EXPIRY


async def test_cards_outside_the_days_are_left_alone() -> None:
    """Neither the day before the first, nor the day after the last."""
    to = str(EXPIRY + timedelta(days=60))
    await mumaris("card", "extend", *between(-9, -1), "--to", to, "--yes")
    await mumaris("card", "extend", *between(1, 9), "--to", to, "--yes")

    assert (await card_of(NUMBER)).expires_on == EXPIRY


@pytest.mark.parametrize(
    ("first", "last", "to", "code"), [(5, -5, 60, 1), (-5, 5, -5, 1), (-5, 5, -90, 1)]
)
async def test_an_extension_that_contradicts_itself_is_refused(
    first: int, last: int, to: int, code: int
) -> None:
    """Days that are the wrong way round, or no later than the first."""
    refused = await mumaris(
        "card", "extend", *between(first, last), "--to", str(EXPIRY + timedelta(days=to))
    )

    assert refused.exit_code == code
    assert (await card_of(NUMBER)).expires_on == EXPIRY
