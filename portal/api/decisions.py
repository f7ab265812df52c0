"""Officers' decisions that another system carries, each with the officer's own token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field, TypeAdapter

from desk.accounts.machine_keys import Calling
from desk.machines.deciding import DecisionSaid, carry_decision
from portal.api.answers import answer
from portal.api.bodies import body_as, code_of
from portal.api.calling import machine
from portal.api.shapes import StatusAfter
from portal.web.clock import Now
from rules.accounts.machines import MachineAct
from rules.requests.correctable import Correctable
from rules.requests.submitted import AS_TYPED
from rules.requests.verdicts import Verdict

router = APIRouter()

_MAY = machine("carry_officer_decision", MachineAct.CARRY_DECISION)

OFFICER_TOKEN = "Mumaris-Officer-Token"  # noqa: S105 - a header's name


@dataclass(frozen=True, kw_only=True)
class DecisionMade:
    """What the officer decided, on the round that they were shown."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = AS_TYPED

    verdict: Verdict
    round: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    #: A return and a rejection have one.
    reason_code: str | None = None
    note: str | None = None
    #: What is to be corrected, for a return.
    fields: tuple[Correctable, ...] = ()


_DECISION = TypeAdapter(DecisionMade)


@router.post("/requests/{code}/decisions")
async def carry_officer_decision(
    request: Request,
    code: str,
    calling: Annotated[
        Calling, Depends(machine("carry_officer_decision", MachineAct.CARRY_DECISION))
    ],
    now: Now,
) -> Response:
    """Decide on a request, as the officer whose token stands in the header."""
    tracking_code = code_of(code)
    made = await body_as(_DECISION, request)
    said = DecisionSaid(
        verdict=made.verdict,
        round=made.round,
        reason_code=made.reason_code,
        note=made.note,
        fields=made.fields,
    )
    tokens = request.headers.getlist(OFFICER_TOKEN)
    token = tokens[0] if len(tokens) == 1 else ""
    status = await carry_decision(calling, tracking_code, said, token=token, now=now)
    return answer(request, StatusAfter(status=status))
