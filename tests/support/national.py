"""A stand-in for a national provider: it vouches for the identity number that is typed there.

No official text of the real one is public; this one shows what the portal asks of any.
"""

from datetime import datetime
from urllib.parse import urlencode

from identity.provider import AnswerNotTrusted, Arrival, Identified, Trip

ISSUER = "https://national.example"


class NationalStandIn:
    """Sends browsers to a page of its own, and believes the code that they bring back."""

    issuer = ISSUER

    async def begin(self, trip: Trip, *, back: str, language: str, fresh_seconds: int) -> str:
        """The page where people confirm on their telephone."""
        asked = {"state": trip.state, "back": back, "language": language, "within": fresh_seconds}
        return f"{ISSUER}/confirm?{urlencode(asked)}"

    async def complete(
        self,
        arrival: Arrival,
        trip: Trip,
        *,
        back: str,  # noqa: ARG002 - as the protocol has it
        fresh_seconds: int,  # noqa: ARG002 - as above
        now: datetime,  # noqa: ARG002 - as above
    ) -> Identified:
        """The code is the number that was confirmed, after the trip's own mark."""
        mark, _, number = arrival.code.partition(".")
        if mark != trip.nonce:
            raise AnswerNotTrusted("the mark")
        return Identified(
            issuer=ISSUER, subject=number, second_factor=True, identity_number=number or None
        )
