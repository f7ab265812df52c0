"""What the commands of `mumaris review` do; imported when one of them runs."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import typer

from cli.running import run
from cli.show.case_documents import (
    CASE_DOCUMENT_TITLES,
    NOTE_TITLES,
    READING_TITLES,
    case_document_cells,
    case_document_json,
    note_rows,
    reading_rows,
)
from cli.show.output import iso, last_day, print_json, show_facts, show_rows, show_table, words
from cli.show.proposed import show_alike, show_proposed
from cli.show.since import show_since, since_json
from cli.show.ticks import tick_facts, ticks_json
from cli.signed_in import run_as_officer
from cli.work.documents.page_pictures import write_pages
from desk.cases.case import Case, read_case
from desk.cases.gate import Gate, queue, read_gate
from desk.clock import utc_now
from desk.looks import Looker
from desk.operations.acts import OperatorAsks, release_claims
from desk.policy import as_on_card
from desk.queues import taking
from desk.queues.filtering import narrowed_by
from desk.queues.listing import read_queue
from desk.requests import claims
from desk.requests.review_clock import DaysUsed
from desk.requests.timeline import show_instant
from models.queues import MOST_COUNTED
from rules.accounts.kinds import OPERATING
from rules.requests.queue_filters import QueueFilters, said_filters
from rules.requests.queues import Queue
from rules.requests.review import ReviewReason

_QUEUE_TITLES = ("code", "kind", "why", "waiting since", "due", "late", "claimed by", "approvals")


def show_queue(*, as_json: bool) -> None:
    """What waits at the gate, most urgent first."""
    now = utc_now()
    waiting = run(lambda: queue(now=now))
    if as_json:
        print_json([_gate_json(each, now) for each in waiting])
    else:
        show_table(_QUEUE_TITLES, [_gate_cells(each, now) for each in waiting])


def show_own_queue(which: Queue, filters: QueueFilters, *, limit: int, as_json: bool) -> None:
    """One of the queues of whoever is signed in, and how much is in each of them."""
    now = utc_now()
    narrowed = narrowed_by(filters, now=now)
    found = run_as_officer(
        lambda officer: read_queue(which, officer, narrowed, now=now, limit=limit)
    )
    if as_json:
        requests = [_gate_json(each, now) for each in found.gates]
        print_json(
            {
                "queue": which,
                "filters": said_filters(filters),
                "counts": dict(found.counts),
                "requests": requests,
            }
        )
        return
    typer.echo("  ".join(f"{words(name)}: {_counted(n)}" for name, n in found.counts.items()))
    show_table(_QUEUE_TITLES, [_gate_cells(each, now) for each in found.gates])


def _counted(number: int) -> str:
    return f"{number}" if number <= MOST_COUNTED else f"{MOST_COUNTED:,}+"


def _gate_cells(gate: Gate, now: datetime) -> tuple[str, ...]:
    return (
        gate.tracking_code,
        words(gate.kind),
        ", ".join(words(code) for code in gate.reasons),
        show_instant(gate.waiting_since),
        last_day(gate.due_at),
        "OVERDUE" if gate.is_overdue(now) else "",
        gate.holder(now) or "",
        _approvals(gate),
    )


def _approvals(gate: Gate) -> str:
    return f"{gate.approvals} of {gate.approvals_needed}"


def _gate_json(gate: Gate, now: datetime) -> dict[str, Any]:
    return {
        "tracking_code": gate.tracking_code,
        "kind": gate.kind,
        "reasons": list(gate.reasons),
        "waiting_since": iso(gate.waiting_since),
        "due_at": iso(gate.due_at),
        "overdue": gate.is_overdue(now),
        "claimed_by": gate.holder(now),
        "approvals": gate.approvals,
        "approvals_needed": gate.approvals_needed,
        "round": gate.round,
    }


def show(code: str, *, documents: Path | None, as_json: bool) -> None:
    """What the request changes, with the personal data that its officer needs.

    With a folder, the pages of its documents are written there.
    """
    now = utc_now()
    written: list[Path] = []

    async def work(officer: str) -> Case:
        case = await read_case(code, by=Looker.officer(officer), now=now)
        if documents is not None:
            written.extend(await write_pages(case, documents, officer, now=now))
        return case

    case = run_as_officer(work)
    if as_json:
        print_json(_case_json(case, now) | {"written": list(map(str, written))})
        return
    _show_case(case, now)
    if documents is not None:
        typer.echo(f"\npages written to {documents}: {len(written)}")


def _show_case(case: Case, now: datetime) -> None:
    standing, gate, person = case.progress.request, case.gate, case.person
    number = person.registration_number
    show_facts(
        [
            ("Tracking code", standing.tracking_code),
            ("Kind", words(standing.kind)),
            ("Status", f"{words(standing.status)}, since {show_instant(standing.status_since)}"),
            ("Practitioner", f"{person.name_en} / {person.name_ar}"),
            ("Registration number", as_on_card(number) if number else "not on the register yet"),
            ("Due", last_day(gate.due_at)),
            *_used_before(case.days_used),
            ("Claimed by", gate.holder(now) or ""),
            ("Approvals", _approvals(gate)),
            *(("Why a person is needed", ReviewReason(code).sentence.en) for code in gate.reasons),
            *tick_facts(case.ticks),
        ]
    )
    if case.since:
        show_since(case.since)
    if case.proposed:
        show_proposed(case.proposed)
        show_alike(case.proposed, case.alike)
    shown = [case_document_cells(one, now) for one in case.documents]
    show_rows("Documents", CASE_DOCUMENT_TITLES, shown)
    show_rows("Files", NOTE_TITLES, note_rows(case.documents))
    show_rows("Read by officers", READING_TITLES, reading_rows(case.documents))
    given = [
        (show_instant(one.at), one.before or "", one.officer, one.by, one.why or "")
        for one in case.handed_on
    ]
    show_rows("Given to officers", ("when", "had it", "to", "by", "why"), given)
    decisions = [
        (found.officer, found.verdict, found.reason_code or "", found.note or "")
        for found in case.round.decisions
    ]
    show_rows("Decisions of this round", ("officer", "verdict", "reason", "note"), decisions)


def _used_before(found: DaysUsed | None) -> list[tuple[str, str]]:
    """What earlier times at the gate took; the days of the applicant between them do not count."""
    return [("Working days used before", f"{found.used} of {found.allowed}")] if found else []


def _case_json(case: Case, now: datetime) -> dict[str, Any]:
    changes = case.proposed.changes if case.proposed else ()
    return _gate_json(case.gate, now) | {
        "status": case.progress.request.status,
        "working_days_used_before": case.days_used.used if case.days_used else 0,
        "registration_number": case.person.registration_number,
        "name_ar": case.person.name_ar,
        "name_en": case.person.name_en,
        "on_file": {change.field: change.on_file for change in changes},
        "official": {
            change.field: change.official for change in changes if change.official is not None
        },
        "asks_for": case.as_kept,
        "documents": [case_document_json(one, now) for one in case.documents],
        "ticks": ticks_json(case.ticks),
        "since": since_json(case.since),
        "given": [
            {
                "at": iso(one.at),
                "before": one.before,
                "officer": one.officer,
                "by": one.by,
                "reason": one.why,
            }
            for one in case.handed_on
        ],
        "decisions": [
            {
                "officer": found.officer,
                "verdict": found.verdict,
                "reason": found.reason_code,
                "note": found.note,
            }
            for found in case.round.decisions
        ],
    }


def claim(code: str, *, as_json: bool) -> None:
    """Take the request to work on."""
    run_as_officer(lambda officer: claims.claim(code, officer, now=utc_now()))
    _tell(code, "claimed", as_json=as_json)


def release(code: str, *, as_json: bool) -> None:
    """Put the request back into the queue."""
    run_as_officer(lambda officer: claims.release(code, officer, now=utc_now()))
    _tell(code, "released", as_json=as_json)


def release_all(officer: str, reason: str, *, as_json: bool) -> None:
    """Put back all that the officer holds."""
    codes = run_as_officer(
        lambda by: release_claims(OperatorAsks(by, reason), officer=officer, now=utc_now()),
        roles=OPERATING,
    )
    if as_json:
        print_json({"released": list(codes)})
    else:
        typer.echo(f"{len(codes)} {'request' if len(codes) == 1 else 'requests'} released")


def take_next(which: Queue, filters: QueueFilters, *, as_json: bool) -> None:
    """Claim the most urgent request of the list that whoever is signed in may be given."""
    now = utc_now()
    narrowed = narrowed_by(filters, now=now)
    code = run_as_officer(
        lambda officer: taking.next_request(officer, narrowed, queue=which, now=now)
    )
    if code is None:
        typer.echo("null" if as_json else "nothing waits for you")
        return
    _tell(code, f"claimed {code}: mumaris review show {code}", as_json=as_json)


def skip(code: str, reason: str, *, as_json: bool) -> None:
    """Pass the request on."""
    run_as_officer(lambda officer: taking.skip(code, officer, reason, now=utc_now()))
    _tell(code, "passed on; Next does not bring it back to you today", as_json=as_json)


def hold(code: str, reason: str, until: date, *, as_json: bool) -> None:
    """Put the request aside."""
    run_as_officer(lambda officer: taking.hold(code, officer, reason, until, now=utc_now()))
    _tell(code, f"put aside until {until}", as_json=as_json)


def _tell(code: str, line: str, *, as_json: bool) -> None:
    """What was done, in a line; for programs the request as it stands at the gate now."""
    if as_json:
        now = utc_now()
        print_json(_gate_json(run(lambda: read_gate(code, now=now)), now))
    else:
        typer.echo(line)
