"""What the commands of `mumaris request` do; imported when one of them runs."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import typer

from cli.errors import refuse, refuse_value, say_problems
from cli.running import run
from cli.show.output import last_day, print_json, show_facts, show_table, words
from cli.show.shapes import (
    LETTER_TITLES,
    REQUEST_TITLES,
    corrections_json,
    letter_cells,
    letter_json,
    request_cells,
    request_json,
    timeline_json,
    timeline_rows,
)
from cli.signed_in import run_as_officer
from cli.work.files import readable_file
from cli.work.submissions import read_submission
from desk.cases.case import read_case
from desk.cases.progress import read_progress
from desk.cases.standing import Standing, list_standings, read_standing, standing_of
from desk.clock import utc_now
from desk.documents.attaching import Attachment, with_files
from desk.documents.faults import UploadRefused
from desk.kinds.reading import SubmissionRefused
from desk.looks import Looker
from desk.operations.acts import OperatorAsks, restart_run
from desk.policy import current_policy
from desk.requests import activation, review, submission, withdrawal
from desk.requests.emails_ahead import EmailAhead, emails_ahead
from desk.requests.timeline import show_instant
from models.door import APPLICANT, OPERATIONS
from models.requests import Request
from rules.accounts.kinds import OPERATING
from rules.findings.problems import ValueRefused
from rules.requests.correctable import Correctable
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL
from rules.requests.verdicts import Origin, Verdict

T = TypeVar("T")


def submit(
    file: str, kind: Kind, attach: Sequence[Attachment], *, as_json: bool, language: str
) -> None:
    """Hand the file in, with what is attached to it, and print the request's tracking code."""
    document = _read(file, language)
    files = _readable(attach)

    async def work() -> Request:
        whole = await with_files(document, files)
        return await submission.accept(kind, whole, now=utc_now())

    request = run(lambda: _with_lines(work, language=language))
    if as_json:
        print_json(request_json(standing_of(request)))
    else:
        typer.echo(request.tracking_code)


def resubmit(
    code: str, file: str, attach: Sequence[Attachment], *, as_json: bool, language: str
) -> None:
    """Hand the corrected file in, with what is attached to it; its kind is the request's."""
    document = _read(file, language)
    files = _readable(attach)

    async def work() -> None:
        whole = await with_files(document, files)
        await submission.resubmit(code, whole, now=utc_now())

    run(lambda: _with_lines(work, language=language))
    _tell(code, code, as_json=as_json)


def list_requests(status: Status | None, kind: Kind | None, limit: int, *, as_json: bool) -> None:
    """The requests, newest first."""
    found = run(lambda: list_standings(status=status, kind=kind, limit=limit))
    if as_json:
        print_json([request_json(request) for request in found])
    else:
        show_table(REQUEST_TITLES, [request_cells(request) for request in found])


def show(code: str, *, as_json: bool, language: str) -> None:
    """One request: where it stands, its timeline, its letters."""
    found = run(lambda: read_progress(code))
    if as_json:
        print_json(
            request_json(found.request)
            | {
                "corrections": corrections_json(found.corrections),
                "timeline": timeline_json(found.timeline),
                "letters": [letter_json(letter) for letter in found.letters],
            }
        )
        return
    _show_facts(found.request)
    if found.request.status == Status.RETURNED:
        for line in say_problems(found.corrections, language=language, place="to correct: "):
            typer.echo(line)
    typer.echo()
    titles = ("when (Riyadh)", "what", "by", "reason")
    show_table(titles, timeline_rows(found.timeline), title="Timeline")
    typer.echo()
    show_table(LETTER_TITLES, [letter_cells(letter) for letter in found.letters], title="Letters")


def decide(
    code: str,
    verdict: str,
    *,
    reason: str | None,
    fields: Sequence[Correctable],
    note: str | None,
    preview: bool,
    as_json: bool,
) -> None:
    """Record the officer's decision and print the status afterwards, or what it would send."""
    said = partial(
        review.Ruling,
        verdict=Verdict(verdict),
        reason_code=reason,
        note=note,
        fields=fields,
        origin=Origin.COMMAND,
    )
    try:
        if preview:
            ahead = run_as_officer(lambda officer: _look_ahead(code, said(officer=officer)))
            _show_emails(ahead, as_json=as_json)
            return
        status = run_as_officer(
            lambda officer: review.decide(code, said(officer=officer), now=utc_now())
        )
    except ValueRefused as refused:
        raise refuse_value(refused, "note") from None
    _tell(code, words(status), as_json=as_json)


async def _look_ahead(code: str, ruling: review.Ruling) -> tuple[EmailAhead, ...]:
    """The e-mails; they hold what the case holds, so it is a look at the case."""
    now = utc_now()
    await read_case(code, by=Looker.officer(ruling.officer), now=now)
    return await emails_ahead(code, ruling, now=now)


def _show_emails(found: Sequence[EmailAhead], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"letter": one.letter, "to": one.to_address, "subject": one.words.subject}
                | {"text": one.words.text}
                for one in found
            ]
        )
        return
    if not found:
        typer.echo("no e-mail leaves yet: another officer has to approve it, too")
    for one in found:
        typer.echo(f"To: {one.to_address}\nSubject: {one.words.subject}\n\n{one.words.text}")


def withdraw(code: str, *, operations: bool, as_json: bool) -> None:
    """Take the request back, as the applicant or on behalf of operations."""
    by = OPERATIONS if operations else APPLICANT
    run(lambda: withdrawal.withdraw(code, by=by, now=utc_now()))
    _tell(code, words(Status.WITHDRAWN), as_json=as_json)


def resend(code: str, *, as_json: bool) -> None:
    """Mail a new activation link."""
    run(lambda: activation.resend(code, now=utc_now()))
    _tell(code, "a new activation link is on its way", as_json=as_json)


def restart(code: str, reason: str, *, as_json: bool) -> None:
    """Have another run made."""
    asked_now = run_as_officer(
        lambda by: restart_run(code, OperatorAsks(by, reason), now=utc_now()), roles=OPERATING
    )
    said = "another run is made" if asked_now else "another run was asked for a moment ago"
    _tell(code, said, as_json=as_json)


def _tell(code: str, line: str, *, as_json: bool) -> None:
    """What was done, in a line; for programs the request as it stands now."""
    if as_json:
        print_json(request_json(run(lambda: read_standing(code))))
    else:
        typer.echo(line)


def _read(file: str, language: str) -> Mapping[str, Any]:
    most_bytes = current_policy().limits.submission_bytes
    return read_submission(file, most_bytes=most_bytes, language=language)


def _readable(attach: Sequence[Attachment]) -> list[Attachment]:
    return [(kind, readable_file(file)) for kind, file in attach]


async def _with_lines(work: Callable[[], Awaitable[T]], *, language: str) -> T:
    """The work, with what it refuses said one problem a line."""
    try:
        return await work()
    except (SubmissionRefused, UploadRefused) as refused:
        raise refuse(refused.problems, language=language) from None


def _show_facts(request: Standing) -> None:
    facts = [
        ("Tracking code", request.tracking_code),
        ("Kind", words(request.kind)),
        ("Status", f"{words(request.status)}, since {show_instant(request.status_since)}"),
        ("Reference number", request.reference_number or ""),
        ("Submitted", show_instant(request.submitted_at)),
    ]
    if request.closes_at is not None and request.status not in FINAL:
        facts.append(("Open until", last_day(request.closes_at)))
    show_facts(facts)
