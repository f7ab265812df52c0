"""Prefect's own Resume form: a way to decide for small installations, where policy lets it.

It asks only where one officer is enough, as it knows no signed-in officer. What is typed there goes
through the same door as the review desk; what the door refuses is asked again, with the refusal in
the form's description. Free text is left out: Prefect would keep it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from prefect.input import RunInput
from prefect.input.actions import aread_flow_run_input
from pydantic import Field as FormField
from pydantic import ValidationError

from desk.cases.gate import Gate, gate_of
from desk.clock import last_day
from desk.requests.review import Ruling, decide, form_decides
from models.requests import Request
from rules.errors import MumarisError
from rules.findings.doubts import Doubt
from rules.requests.correctable import Correctable
from rules.requests.review import WANT_A_NOTE, RejectionReason, ReturnReason, ReviewReason
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import RIYADH
from tasks.runs.record import forget_pause

#: The coded reasons, for the form's list; which of them fit a verdict is the door's to say. Those
#: that refer to a note are left out: the form has no box for one.
Reason = StrEnum(  # type: ignore[misc]  # built from the rules' own lists, so that it cannot lag
    "Reason",
    {"NONE": "none"}
    | {
        reason.name: reason.value
        for reason in (*ReturnReason, *RejectionReason)
        if reason not in WANT_A_NOTE
    },
)


class ReviewDecision(RunInput):
    """What an officer decides at the gate."""

    decision: Verdict = FormField(description="approve, return to the applicant, or reject")
    officer: str = FormField(
        description="your user name as a reviewing officer",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$",
    )
    # A list with "none" in it: Prefect's UI shows an optional list as a choice between two types.
    reason: Reason = FormField(
        default=Reason("none"), description="for return and reject: the coded reason"
    )
    fields: list[Correctable] = FormField(
        default_factory=list, description="for return: the fields to correct", max_length=30
    )


def review_form(
    request: Request, *, refusal: str | None, now: datetime
) -> type[ReviewDecision] | None:
    """The officer's questions for this request; None where the desk decides, and Resume asks none.

    Then the timeline says what the form would have described.
    """
    if not form_decides(request):
        return None
    description = describe_gate(request, refusal=refusal, now=now)
    return ReviewDecision.with_initial_data(description=description)


def describe_gate(request: Request, *, refusal: str | None, now: datetime) -> str:
    """What waits, why a person is needed, since when and until when: codes and instants only."""
    # How many have approved is not said: the words stay until the run suspends itself again.
    gate = gate_of(request, approvals=0)
    kind = gate.kind.words.en.capitalize()
    lines = [
        f"**{kind} {gate.tracking_code}** waits for {_officers(gate.approvals_needed)}.",
        *(f"- {ReviewReason(reason).sentence.en}" for reason in gate.reasons),
        *(f"- Doubt: {_named(doubt)}" for doubt in gate.doubts),
        _waiting(gate, now),
    ]
    if not form_decides(request):
        lines.append(_at_the_desk(gate))
    if refusal:
        lines.insert(0, f"**The last answer was not accepted:** {refusal}")
    return "\n\n".join(lines)


def _named(doubt: Doubt) -> str:
    """The doubt's code and field; what it was compared with stays with us."""
    return f"{doubt.code} ({doubt.field})" if doubt.field else doubt.code


def _at_the_desk(gate: Gate) -> str:
    why = ""
    if gate.approvals_needed > 1:
        why = " Prefect's form knows no signed-in officer, so it never stands for one of several."
    return (
        "It is decided at the review desk only, for example by "
        f"`mumaris request decide {gate.tracking_code} --approve`. "
        f"Resume decides nothing.{why}"
    )


def _waiting(gate: Gate, now: datetime) -> str:
    until = f"due by the end of {last_day(gate.due_at)}" if gate.due_at else "no due date"
    overdue = ", **overdue**" if gate.is_overdue(now) else ""
    return f"Waiting since {_instant(gate.waiting_since)}; {until}{overdue}."


def _officers(count: int) -> str:
    return "one officer" if count == 1 else f"{count} different officers"


def _instant(when: datetime) -> str:
    return f"{when.astimezone(RIYADH):%Y-%m-%d %H:%M} (Riyadh)"


@dataclass(frozen=True)
class Answer:
    """What was filled in, and the round of the request that the form was about."""

    filled_in: Mapping[str, Any]
    round: int


def wait_of(request: Request) -> str:
    """The name of a wait at the gate; `take_answer` reads the round in it."""
    return f"review-round{request.round}"


_WAIT = re.compile(r"review-round(\d+)-\d+")


async def take_answer(flow_run_id: UUID, request: Request) -> Answer | None:
    """What was filled in at this suspension, once; None where there is no answer, or it was taken.

    Where the desk decides, it is not even read. An answer that is taken and whose process dies
    before it is carried out is lost, and the form is shown again: better than deciding twice.
    """
    key = request.pause_key or ""
    wait = _WAIT.fullmatch(key)
    if wait is None or not form_decides(request):
        return None
    # Prefect files a suspension's answer under this key (prefect.input.keyset_from_paused_state).
    filled_in = await aread_flow_run_input(f"suspended-{key}-response", flow_run_id=flow_run_id)
    if not isinstance(filled_in, Mapping) or not await forget_pause(request.tracking_code, key):
        return None
    return Answer(filled_in, int(wait[1]))


async def decide_by_answer(request: Request, answer: Answer, *, now: datetime) -> str | None:
    """Decide as the form says about the round that it showed; why it was refused, or None.

    Given twice it is refused the second time: the request has left the gate, or stands in another
    round.
    """
    try:
        form = ReviewDecision(**answer.filled_in)
        ruling = Ruling(
            verdict=form.decision,
            officer=form.officer,
            reason_code=form.reason.value,
            fields=form.fields,
            origin=Origin.PREFECT_FORM,
            round=answer.round,
        )
        await decide(request.tracking_code, ruling, now=now)
    except ValidationError:
        return "it did not have the form's shape"
    except MumarisError as refused:
        return str(refused)
    return None
