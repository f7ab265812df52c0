"""What an officer has ticked on the case's page, as the command shows it.

The keys of the JSON objects are stable: programs read them.
"""

from typing import Any

from desk.cases.ticks import Ticks
from rules.register.fields import label_of


def tick_facts(ticks: Ticks) -> list[tuple[str, str]]:
    """What is ticked, and what is not yet; nothing, where nothing is to be ticked."""
    done = [label_of(what, "en") for what in ticks.needed if what in ticks.done]
    left = [label_of(what, "en") for what in ticks.needed if what not in ticks.done]
    found = [("You have ticked", ", ".join(done)), ("Not ticked yet", ", ".join(left))]
    return found if ticks.needed else []


def ticks_json(ticks: Ticks) -> list[dict[str, Any]]:
    """The same as programs read it."""
    return [{"what": what, "ticked": what in ticks.done} for what in ticks.needed]
