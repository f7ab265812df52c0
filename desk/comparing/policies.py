"""Two policies compared: by their keys, and by what is open, expires and is sent soon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from desk.common_clock import common_now
from desk.comparing.cards import compare_cards
from desk.comparing.requests import ComparedRequests, compare_requests
from desk.reminders.outlook import forecasts
from models.connections import LONG
from models.database import looking
from models.expiring_cards import count_expiring
from models.open_requests import count_open
from rules.policy.policy import Policy
from rules.policy.terms import Tally
from rules.policy.thresholds import Topic
from rules.reminders.rehearsal import LettersOfThreshold, compared
from rules.values.dates import riyadh_day


@dataclass(frozen=True, kw_only=True)
class ComparedPolicies:
    """What the proposed policy would treat differently."""

    requests: ComparedRequests
    cards: Tally
    #: At most so many: what people do meanwhile takes some away.
    reminders: Mapping[Topic, tuple[LettersOfThreshold, ...]]


async def count_to_compare(days: int) -> int:
    """How many requests and cards `compare_policies` will look at."""
    today = riyadh_day(await common_now())
    async with looking(LONG) as session:
        cards = await count_expiring(session, first=today, last=today + timedelta(days=days))
        return cards + await count_open(session)


async def compare_policies(
    in_force: Policy, proposed: Policy, *, days: int, examples: int, step: Callable[[int], None]
) -> ComparedPolicies:
    """Judge by both what is open, what expires within so many days, and their reminders.

    ``step`` hears after each chunk how many more were looked at; of each difference between
    requests so many ``examples`` are named. Nothing is written, no row is locked, and of a chunk
    nothing stays but counts. Each chunk is judged as it stands at its moment.
    """
    now = await common_now()
    today = riyadh_day(now)
    reminders = {}
    for topic in Topic:
        thresholds = [policy.reminders.thresholds(topic) for policy in (in_force, proposed)]
        rehearsed = await forecasts(topic, today, days, [in_force.reminders, proposed.reminders])
        reminders[topic] = compared(*zip(thresholds, rehearsed, strict=True))
    return ComparedPolicies(
        requests=await compare_requests(in_force, proposed, now=now, examples=examples, step=step),
        cards=await compare_cards(in_force, proposed, today=today, days=days, step=step),
        reminders=reminders,
    )
