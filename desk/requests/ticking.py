"""Ticking what one has looked at, while one works on a request."""

from collections.abc import Collection
from datetime import datetime

from desk.requests.at_the_gate import at_the_gate, refuse_anothers
from desk.requests.claims import hold_claim
from desk.requests.review import AlreadyApprovedByOfficer
from desk.requests.second_look import ChangedSinceReview
from desk.requests.ticked import what_to_tick
from models.database import transaction
from models.requests import decisions_of_round
from models.ticks import add_ticks, keep_only_ticks


async def keep_ticks(
    tracking_code: str, officer: str, ticked: Collection[str], *, round_: int, now: datetime
) -> tuple[str, ...]:
    """Keep just these ticks of the officer in this round, and return what is left to tick.

    A name that nobody has to tick is passed over. Of several who send ticks of one officer at a
    time, the last counts; the same again changes nothing but the claim, which lasts from now on.
    Where it had run out, and nobody else has the request, it begins anew. ``round_`` is the one
    that the officer was shown. Raises `ChangedSinceReview`, `ClaimedByAnother`,
    `AlreadyApprovedByOfficer`, `ReviewAlreadyDecided`, `DecisionWaits`, `OwnRequest`,
    `RequestUnknown` and `OfficerUnknown`.
    """
    async with transaction() as session:
        request, who = await at_the_gate(session, tracking_code, officer, now=now)
        if round_ != request.round:
            raise ChangedSinceReview(tracking_code)
        refuse_anothers(request, who)
        if any(one.officer == who.user_name for one in await decisions_of_round(session, request)):
            raise AlreadyApprovedByOfficer(tracking_code)
        await hold_claim(session, request, who, now=now)
        wanted = what_to_tick(request)
        kept = [each for each in wanted if each in ticked]
        await keep_only_ticks(session, request, who.user_name, kept)
        await add_ticks(session, request, who.user_name, kept, now=now)
        return tuple(each for each in wanted if each not in kept)
