"""``/metrics``, for a monitoring system that has the token; without a token set there is none."""

import asyncio
import hmac
from datetime import datetime, timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from prometheus_client.exposition import choose_encoder

from desk.operations.measures import Measures, measure
from models.connections import CALLS, limited
from portal.measures.counting import Counts, MetricsReading
from portal.web.bearer import CHALLENGE, bearer_of
from portal.web.clock import Now
from portal.web.settings import portal_settings

router = APIRouter()

#: For so long one look at the database serves, however often it is asked for.
_FRESH = timedelta(seconds=5)
_AT_ONCE = timedelta(0)


class Looks:
    """One look at the database at a time, and none more often than every few seconds."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self._one_at_a_time = asyncio.Lock()
        self._last: tuple[datetime, Measures] | None = None

    async def look(self, *, now: datetime) -> MetricsReading:
        """What is true now, or was a few seconds ago; raises what the database raises."""
        async with self._one_at_a_time:
            if self._last is None or not _AT_ONCE <= now - self._last[0] <= _FRESH:
                with limited(CALLS):
                    await self.counts.read_on(now=now)
                    self._last = (now, await measure())
            return MetricsReading(self._last[1], self.counts)


@router.get("/metrics")
async def metrics(request: Request, now: Now) -> Response:
    """Every figure, in Prometheus' text or OpenMetrics as it is asked for; nobody's data.

    404 where ``MUMARIS_METRICS_TOKEN`` is not set, 401 without it. Changes nothing.
    """
    token = portal_settings().metrics_token
    if token is None:
        raise HTTPException(404)
    looks: Looks = request.app.state.looks
    said = bearer_of(request)
    if said is None or not hmac.compare_digest(said, token.get_secret_value()):
        looks.counts.refused()
        raise HTTPException(401, headers=CHALLENGE)
    encode, media_type = choose_encoder(request.headers.get("Accept", ""))
    reading = await looks.look(now=now)
    return Response(encode(reading), headers={"Content-Type": media_type})
