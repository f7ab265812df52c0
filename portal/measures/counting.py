"""What this process has answered, and the stages whose end it has read, since it was started."""

import time
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.operations.measures import EndedStages, Measures
from portal.measures.figures import families
from portal.web.routes import route_of

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
#: A run takes seconds; a person days.
_STAGE_SECONDS = (
    *(0.5, 1, 2, 5, 15, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 4 * _HOUR, _DAY),
    *(days * _DAY for days in (2, 3, 5, 7, 14, 30)),
)
_PAGE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
#: An e-mail that the mail server has not taken until then is counted as if it had taken so long.
_MAIL_GIVEN_UP = 10 * _MINUTE


class Counts:
    """The counts of one portal process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._pages = Histogram(
            "mumaris_page_seconds",
            "From a page's first byte to its last, by route and status.",
            ("route", "status"),
            buckets=_PAGE_SECONDS,
            registry=self._registry,
        )
        self._stages = Histogram(
            "mumaris_stage_seconds",
            "How long requests stood in a status that they have left, and where they went.",
            ("kind", "begun_in", "ended_in"),
            buckets=_STAGE_SECONDS,
            registry=self._registry,
        )
        self._mailed = Histogram(
            "mumaris_activation_email_seconds",
            "From writing an activation e-mail until the mail server took it; at most 600.",
            ("kind",),
            buckets=_STAGE_SECONDS[:8],
            registry=self._registry,
        )
        self._unreadable = Counter(
            "mumaris_metrics_refused",
            "Readings of this page that were refused: a wrong token, or none.",
            registry=self._registry,
        )
        self._ended = EndedStages()

    def page(self, route: str, status: int, seconds: float) -> None:
        """A page was answered."""
        self._pages.labels(route, str(status)).observe(seconds)

    def refused(self) -> None:
        """Somebody without the token asked for these counts."""
        self._unreadable.inc()

    async def read_on(self, *, now: datetime) -> None:
        """Count the stages that have ended since the last time; one at a time."""
        stages, mailed = await self._ended.read_on(now=now)
        for kind, begun_in, ended_in, seconds in stages:
            self._stages.labels(kind, begun_in, ended_in).observe(seconds)
        for kind, took in mailed:
            self._mailed.labels(kind).observe(_MAIL_GIVEN_UP if took is None else took)

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        yield from self._registry.collect()


class MetricsReading:
    """The figures of the database and the counts of this process, at one moment."""

    def __init__(self, measures: Measures, counts: Counts) -> None:
        self._measures = measures
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        yield from families(self._measures)
        yield from self._counts.collect()


class AnswersCounted:
    """Counts each answer by the pattern of its route: an address holds tokens and numbers."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begun = 500, time.monotonic()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            self._counts.page(route_of(scope), status, time.monotonic() - begun)
