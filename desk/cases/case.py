"""The case: a request as an officer sees it who is to decide it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.alike import Alike, alike_in
from desk.cases.documents import CaseDocument, documents_of_case
from desk.cases.gate import Gate, gates_of
from desk.cases.landing import PutDown, put_down_on
from desk.cases.progress import Progress, progress_of
from desk.cases.rounds import Round, rounds_of
from desk.cases.since import SinceShown, since_shown
from desk.cases.standing import Standing, standing_of
from desk.cases.ticks import Ticks, ticks_of_case
from desk.kinds.registry import kind_of
from desk.looks import Looker, note_look
from desk.officers import refuse_own
from desk.requests.handing_over import HandedOn, handed_on
from desk.requests.review_clock import DaysUsed, days_used_by
from models.access_log import Looked, Viewer
from models.cases import decisions_of, other_requests
from models.database import patiently, snapshot
from models.officers import Officer, find_officer
from models.requests import Request, find_request, history
from rules.requests.correctable import Correctable
from rules.requests.proposed import Proposed

#: The person's other requests that are shown: more than anybody has in some years.
MOST_OTHERS = 50


@dataclass(frozen=True, kw_only=True, repr=False)
class Person:
    """Whose request it is."""

    #: None for somebody who is not on the register yet.
    registration_number: str | None
    name_ar: str
    name_en: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Case:
    """A request with the personal data that its officer needs; its `repr` shows none of them.

    The parts that hold nobody's data are values of their own (`Gate`, `Progress`), for whoever is
    to see no more than that.
    """

    progress: Progress
    gate: Gate
    #: Who gave it to whom, and why.
    handed_on: tuple[HandedOn, ...]
    #: What earlier times at the gate took of its working days; None where it was not there before.
    days_used: DaysUsed | None
    #: The decision that waits on it, whoever made it.
    put_down: PutDown | None
    person: Person
    #: The language of its e-mails: ``ar`` or ``en``.
    language: str
    #: What it would bring, with what is on file, or was before it came into force; None until the
    #: rules have let this round pass.
    proposed: Proposed | None
    #: The same as programs read it.
    as_kept: Mapping[str, Any] | None
    #: With what officers read in them, and those of earlier rounds.
    documents: tuple[CaseDocument, ...]
    #: The present one is the last.
    rounds: tuple[Round, ...]
    #: The person's other requests, newest first, `MOST_OTHERS` at most.
    others: tuple[Standing, ...]
    #: Who may be the same person, by the doubts of this round.
    alike: tuple[Alike, ...]
    #: What it can be returned for, in the order of `Correctable`; nothing until it is valid.
    correctable: tuple[Correctable, ...]
    #: Of the officer who looks.
    ticks: Ticks
    #: What is otherwise than in the round that officers were shown before; None where none was.
    since: SinceShown | None

    @property
    def round(self) -> Round:
        """The present round."""
        return self.rounds[-1]


@patiently
async def read_case(tracking_code: str, *, by: Looker, now: datetime) -> Case:
    """The case as it stands at one moment, and a line of the access log that names who looks.

    Nobody of the house reads personal data of a request by another way, and no officer what
    colleagues say of their own. Looked at again where the request moves meanwhile: PostgreSQL then
    refuses the line, which names a row of another moment. Raises `RequestUnknown`,
    `models.officers.OfficerUnknown` and `desk.officers.OwnRequest`.
    """
    async with snapshot() as session:
        request = await find_request(session, tracking_code)
        who = await find_officer(session, by.name) if by.kind is Viewer.OFFICER else None
        if who is not None:
            refuse_own(who, request)
        await note_look(
            session,
            Looked.CASE,
            by=by,
            now=now,
            practitioner_id=request.practitioner_id,
            request_id=request.id,
        )
        return await _case(session, request, who, by=by, now=now)


async def _case(
    session: AsyncSession, request: Request, who: Officer | None, *, by: Looker, now: datetime
) -> Case:
    kind = kind_of(request)
    applicant = await kind.applicant_of(session, request)
    events = await history(session, request.id)
    rounds = rounds_of(events, await decisions_of(session, request.id))
    present = rounds[-1]
    [gate] = await gates_of(session, [request], now=now)
    others = await other_requests(session, request, limit=MOST_OTHERS)
    proposed = (
        await kind.proposed(session, request, request.normalised) if present.is_validated else None
    )
    return Case(
        progress=await progress_of(session, request, events),
        gate=gate,
        handed_on=await handed_on(session, request),
        days_used=days_used_by(events),
        put_down=await put_down_on(session, request),
        person=Person(
            registration_number=applicant.registration_number,
            name_ar=applicant.name_ar,
            name_en=applicant.name_en,
        ),
        language=request.language,
        proposed=proposed,
        as_kept=request.normalised if proposed else None,
        documents=await documents_of_case(
            session, request, applicant.registration_number, is_validated=present.is_validated
        ),
        rounds=rounds,
        others=tuple(map(standing_of, others)),
        alike=await alike_in(session, proposed, by=by, now=now) if proposed else (),
        correctable=_correctable(request) if proposed else (),
        ticks=await ticks_of_case(session, request, who) if proposed else Ticks(),
        since=await since_shown(session, request, proposed, rounds) if proposed else None,
    )


def _correctable(request: Request) -> tuple[Correctable, ...]:
    touched = kind_of(request).correctable(request)
    return tuple(each for each in Correctable if each in touched)
