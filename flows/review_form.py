"""Prefect's own Resume form: a way to decide for small installations.

What is typed there goes through the same door as the review desk; what the door refuses is asked
again, with the refusal in the form's description. Free text is left out: Prefect would keep it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from prefect.input import RunInput
from prefect.input.actions import aread_flow_run_input
from pydantic import Field as FormField
from pydantic import ValidationError

from desk.clock import RIYADH, last_day
from desk.policy import current_policy
from desk.review import Ruling, decide
from models.requests import Request
from rules.correctable import Correctable
from rules.doubts import Doubt
from rules.errors import MumarisError
from rules.review import RejectionReason, ReturnReason, ReviewReason
from rules.statuses import Kind
from rules.verdicts import Origin, Verdict

#: Every coded reason, for the form's list; which of them fit a verdict is the door's to say.
Reason = StrEnum(  # type: ignore[misc]  # built from the rules' own lists, so that it cannot lag
    "Reason",
    {"NONE": "none"} | {reason.name: reason.value for reason in (*ReturnReason, *RejectionReason)},
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
    """The form for this request, or None where policy keeps decisions to the review desk."""
    if not current_policy().review.prefect_form_decides:
        return None
    return ReviewDecision.with_initial_data(
        description=describe_gate(request, refusal=refusal, now=now)
    )


def describe_gate(request: Request, *, refusal: str | None, now: datetime) -> str:
    """What waits, why a person is needed, since when and until when: codes and instants only."""
    due = request.review_due_at
    kind = Kind(request.kind).value.replace("_", " ").capitalize()
    lines = [
        f"**{kind} {request.tracking_code}** waits for {_officers(request.approvals_needed)}.",
        *(f"- {ReviewReason(reason).sentence_en}" for reason in request.review_reasons),
        *(f"- Doubt: {_named(doubt)}" for doubt in request.normalised.get("warnings", ())),
        _waiting(request.status_since, due, now),
    ]
    if refusal:
        lines.insert(0, f"**The last answer was not accepted:** {refusal}")
    return "\n\n".join(lines)


def _named(stored: str | Mapping[str, Any]) -> str:
    """The doubt's code and field; what it was compared with stays with us."""
    doubt = Doubt.from_json(stored)
    return f"{doubt.code} ({doubt.field})" if doubt.field else doubt.code


def _waiting(since: datetime, due: datetime | None, now: datetime) -> str:
    until = "no due date" if due is None else f"due by the end of {last_day(due)}"
    overdue = due is not None and due < now
    return f"Waiting since {_instant(since)}; {until}{', **overdue**' if overdue else ''}."


def _officers(count: int) -> str:
    return "one officer" if count == 1 else f"{count} different officers"


def _instant(when: datetime) -> str:
    return f"{when.astimezone(RIYADH):%Y-%m-%d %H:%M} (Riyadh)"


async def stored_answer(flow_run_id: UUID, pause_key: str | None) -> Mapping[str, Any] | None:
    """What was filled in at this suspension, or None where the run was woken without an answer."""
    if pause_key is None or not pause_key.startswith("review-"):
        return None
    # Prefect files a suspension's answer under this key (prefect.input.keyset_from_paused_state).
    answer = await aread_flow_run_input(f"suspended-{pause_key}-response", flow_run_id=flow_run_id)
    return answer if isinstance(answer, Mapping) else None


async def decide_by_answer(
    request: Request, answer: Mapping[str, Any], *, now: datetime
) -> str | None:
    """Decide as the form says; returns why the door refused, or None.

    An answer that was carried out before a crash is refused the second time, which is harmless:
    the request has left the gate, or waits for another officer.
    """
    try:
        form = ReviewDecision(**answer)
        ruling = Ruling(
            verdict=form.decision,
            officer=form.officer,
            reason_code=form.reason.value,
            fields=form.fields,
            origin=Origin.PREFECT_FORM,
        )
        await decide(request.tracking_code, ruling, now=now)
    except ValidationError:
        return "it did not have the form's shape"
    except MumarisError as refused:
        return str(refused)
    return None
