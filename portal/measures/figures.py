"""The figures of the database in the words of Prometheus; no label names a person or a request."""

from collections.abc import Iterator
from datetime import datetime
from math import inf

from prometheus_client.core import GaugeMetricFamily, Metric

from desk.operations.measures import Measures
from desk.operations.overview import Overview
from models.mail_figures import CountedMail

_DAY = 86_400


def families(measures: Measures) -> Iterator[Metric]:
    """Every figure of one moment; what has never been, such as a first pass, is left out."""
    yield from _requests(measures)
    yield from _mail(measures)
    yield from _passes(measures.overview)
    yield _gauge(
        "documents",
        "Uploaded documents by state.",
        (({"state": state}, number) for state, number in measures.overview.documents.by_state),
    )
    yield _gauge(
        "sign_ins_failed",
        "Sign-ins from unknown browsers that failed lately, as many as policy still counts.",
        [({}, measures.sign_ins_failed)],
    )


def _requests(measures: Measures) -> Iterator[Metric]:
    seen, waits = measures.overview, measures.waits
    yield _gauge(
        "requests",
        "Requests by kind and status.",
        (({"kind": kind, "status": status}, number) for kind, status, number in seen.requests),
    )
    yield _gauge(
        "requests_waiting",
        "Open requests by kind, status and how long they have stood there.",
        (
            ({"kind": each.kind, "status": each.status, "under": _age(each.under)}, each.number)
            for each in waits
        ),
    )
    oldest: dict[tuple[str, str], float] = {}
    for each in waits:
        oldest[each.kind, each.status] = max(each.seconds, oldest.get((each.kind, each.status), 0))
    yield _gauge(
        "oldest_request_seconds",
        "How long the request has stood there that has for longest.",
        (({"kind": kind, "status": status}, age) for (kind, status), age in oldest.items()),
    )
    yield _gauge(
        "reviews_late",
        "Reviews that should have been done by now.",
        (({"kind": each.kind}, each.late) for each in seen.reviews.by_kind),
    )
    yield _gauge(
        "requests_stuck",
        "Requests that somebody must look at, by why.",
        [
            ({"why": "set_aside"}, len(seen.stuck)),
            ({"why": "no_run"}, len(seen.without_run)),
            ({"why": "no_bill"}, len(seen.without_bill)),
            ({"why": "not_woken"}, seen.bells_unanswered.number),
            ({"why": "no_progress"}, seen.without_progress.number),
        ],
    )


def _mail(measures: Measures) -> Iterator[Metric]:
    seen = measures.overview
    yield _gauge(
        "emails",
        "E-mails of the last seven days, and older ones that wait, by letter and outcome.",
        (
            (
                {"letter": each.letter, "language": each.language, "outcome": outcome},
                getattr(each, outcome),
            )
            for each in seen.mail_figures.by_letter
            for outcome in CountedMail._fields[2:]
        ),
    )
    age = seen.mail.oldest_age(seen.at)
    yield _gauge(
        "oldest_email_seconds",
        "How long the e-mail has waited that has for longest; 0 where none waits.",
        [({}, 0 if age is None else age.total_seconds())],
    )
    yield _gauge(
        "mail_away",
        "1 while no e-mail leaves.",
        [({}, int(seen.mail.away_since is not None))],
    )
    yield _gauge(
        "reminders",
        "What became of the reminders that were decided in the last seven days.",
        (
            ({"topic": topic, "status": status}, number)
            for topic, status, number in measures.reminders
        ),
    )
    yield _gauge(
        "reminders_to_examine",
        "Cards or profiles that the next run of reminders examines.",
        (({"topic": topic}, each.to_examine) for topic, each in seen.reminders.items()),
    )


def _passes(seen: Overview) -> Iterator[Metric]:
    lasts = {
        "sweep": seen.swept_at,
        "document_retention": seen.document_retention.last_run_at,
        "retention": seen.retention.last_run_at,
        **{f"{topic}_reminders": each.last_run_at for topic, each in seen.reminders.items()},
    }
    yield _gauge(
        "last_run_seconds",
        "How long ago it last ran to its end.",
        (
            ({"what": what}, (seen.at - at).total_seconds())
            for what, at in lasts.items()
            if at is not None
        ),
    )
    yield _gauge(
        "sweep_pass_seconds",
        "How long the last pass over what is due took, of whichever worker.",
        [] if seen.sweep_seconds is None else [({}, seen.sweep_seconds)],
    )
    yield _gauge(
        "window_behind_requests",
        "Requests of which Prefect's window does not show the newest.",
        [({}, seen.window.requests)],
    )
    yield _gauge(
        "window_behind_seconds",
        "How old the oldest news is that Prefect's window does not show.",
        [({}, _since(seen.window.since, seen.at))],
    )


def _gauge(name: str, said: str, samples: "Iterator[_Sample] | list[_Sample]") -> Metric:
    family = GaugeMetricFamily(f"mumaris_{name}", said)
    for labels, value in samples:
        family.add_sample(f"mumaris_{name}", labels=labels, value=value)
    return family


_Sample = tuple[dict[str, str], float]


def _since(begun: datetime | None, now: datetime) -> float:
    return 0 if begun is None else (now - begun).total_seconds()


def _age(seconds: float) -> str:
    if seconds == inf:
        return "more"
    return f"{seconds / _DAY:.0f}d" if seconds >= _DAY else f"{seconds / 3600:.0f}h"
