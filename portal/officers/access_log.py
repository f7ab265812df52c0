"""The access log, for auditors and supervisors: by person, by officer, by day.

What is looked up is sent, as a registration number must stand in no address.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.signed_in import SignedIn
from desk.cases.access_log import MOST, LogLine, Sought, read_access_log
from desk.policy import as_on_card, current_policy
from models.access_log import Looked, Viewer
from models.practitioners import PractitionerUnknown
from portal.officers.start import READ, REFUSED, UNREADABLE, Auditor, name_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language
from portal.web.pages import page
from rules.findings.problems import ValueRefused
from rules.requests.searched import By
from rules.values.dates import parse_date
from rules.values.registration_number import clean_registration_number

router = APIRouter()

ACCESS_LOG = "/desk/access-log"
_BOXES = ("number", "officer", "day")
_ALL = dict.fromkeys(_BOXES, "")
_LINE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


@router.api_route(ACCESS_LOG, methods=READ)
async def show_log(request: Request, who: Auditor, now: Now) -> Response:
    """The newest lines of all; that they were read is the next one."""
    return await _read(request, who, _ALL, None, now=now)


@router.post(ACCESS_LOG)
async def look_up(request: Request, who: Auditor, now: Now) -> Response:
    """The lines that were asked for, and those before one; sent again, it is another look."""
    sent = await fields_of(request, FIELD, SWITCH, "before", *_BOXES)
    typed = {box: sent[box] for box in _BOXES}
    if sent[SWITCH]:
        return _page(request, who, typed)
    if not is_ours(request, sent[FIELD]):
        return _page(request, who, typed, mistakes={"": "form.again"}, status=REFUSED)
    before = int(sent["before"]) if _LINE.fullmatch(sent["before"]) else None
    return await _read(request, who, typed, before, now=now)


async def _read(
    request: Request, who: SignedIn, typed: Mapping[str, str], before: int | None, *, now: datetime
) -> Response:
    sought, mistakes = _sought(typed)
    if mistakes:
        return _page(request, who, typed, mistakes=mistakes, status=UNREADABLE)
    try:
        lines = await read_access_log(sought, name_of(who), now=now, before=before)
    except PractitionerUnknown as unknown:
        mistakes = {"number": "log.nobody"}
        return _page(request, who, typed, mistakes=mistakes, status=unknown.page_status)
    return _page(request, who, typed, lines=lines, is_older=before is not None)


def _sought(typed: Mapping[str, str]) -> tuple[Sought, dict[str, str]]:
    """What the boxes say, and the sentence for each that cannot be read; empty ones ask for all."""
    number, day = None, None
    mistakes = {}
    try:
        number = _number(typed["number"])
    except ValueRefused:
        mistakes["number"] = "log.no_number"
    if not typed["officer"].isprintable():
        mistakes["officer"] = "log.no_user_name"
    try:
        day = _day(typed["day"])
    except ValueRefused:
        mistakes["day"] = "log.no_day"
    return Sought(registration_number=number, officer=typed["officer"], day=day), mistakes


def _number(typed: str) -> str | None:
    pattern = current_policy().registration_number.pattern
    return clean_registration_number(typed, pattern=pattern) if typed.strip() else None


def _day(typed: str) -> date | None:
    return parse_date(typed) if typed.strip() else None


def _page(
    request: Request,
    who: SignedIn,
    typed: Mapping[str, str],
    *,
    lines: tuple[LogLine, ...] | None = None,
    is_older: bool = False,
    mistakes: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    return page(
        "desk/access_log.html",
        request,
        page_language(request, who.language),
        status=status,
        typed=typed,
        mistakes=mistakes or {},
        lines=None if lines is None else list(map(_shown, lines)),
        older=lines[-1].number if lines and len(lines) == MOST else None,
        is_older=is_older,
        as_on_card=as_on_card,
    )


def _shown(line: LogLine) -> tuple[LogLine, str, str, list[str]]:
    """The line with what its sentences are called: a newer version may have written other names."""
    what = line.what if line.what in set(Looked) else "other"
    viewer = line.viewer_kind if line.viewer_kind in set(Viewer) else "other"
    ways = (line.why or "").split() if line.what == Looked.SEARCH else []
    return line, what, viewer, [way for way in ways if way in set(By)]
