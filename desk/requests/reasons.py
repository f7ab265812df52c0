"""Why an officer passes a request on, puts it aside or hands it over; never in an e-mail."""

from rules.errors import Refused
from rules.values.text import clean_note

#: Letters of a reason.
REASON_LENGTH = 500


class ReasonNotSaid(Refused):
    """Say why: whoever comes next reads it."""


def said_reason(typed: str) -> str:
    """The reason as it is kept; raises `ReasonNotSaid`.

    Of what is no text it raises `rules.findings.problems.ValueRefused`.
    """
    said = clean_note(typed, max_length=REASON_LENGTH)
    if said is None:
        raise ReasonNotSaid
    return said
