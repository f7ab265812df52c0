"""Requests that owe their letters: what a file of updates leaves to send. Nobody in it is real."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import col, select

from mail.facts.letter import LetterFacts, letter_name
from mail.facts.request_letters import Activation, Received
from mail.facts.stored import facts_to_json
from mail.wording.languages import Language
from models.database import transaction
from models.inserting import insert_new
from models.letters import Letter, letter_key, new_letter, queue_letters
from models.links import ActivationLink, LinkPurpose
from models.practitioners import Practitioner
from models.requests import Request
from rules.register.fields import Field
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from rules.values.tracking_code import make_tracking_code

#: Requests in one transaction, as in a wave.
_CHUNK = 500
#: What people change, by turns.
_CHANGES = ((Field.SPECIALTY,), (Field.EMPLOYER,), (Field.SPECIALTY, Field.EMPLOYER))


async def owe_letters(people: list[UUID], *, now: datetime) -> None:
    """A request of each of these people, approved; it owes a receipt and an activation link."""
    for first in range(0, len(people), _CHUNK):
        chunk = people[first : first + _CHUNK]
        async with transaction() as session:
            query = select(Practitioner).where(col(Practitioner.id).in_(chunk))
            found = (await session.exec(query)).all()
            requests = [new_request(person, in_bulk=len(people) > 1, now=now) for person in found]
            links = [_link(request, now=now) for request in requests]
            await insert_new(session, requests)
            await insert_new(session, links)
            owed = zip(found, requests, links, range(first, first + _CHUNK), strict=False)
            await queue_letters(session, [letter for row in owed for letter in _two(*row)])


def new_request(person: Practitioner, *, in_bulk: bool, now: datetime) -> Request:
    """An approved request of this person, which is not kept yet."""
    return Request(
        in_bulk=in_bulk,
        kind=Kind.PROFILE_UPDATE,
        tracking_code=make_tracking_code(secrets.token_bytes(8)),
        practitioner_id=person.id,
        status=Status.AWAITING_ACTIVATION,
        idempotency_key=uuid4().hex,
        submission={},
        submitted_at=now,
        status_since=now,
        language=person.preferred_language,
    )


def _link(request: Request, *, now: datetime) -> ActivationLink:
    return ActivationLink(
        request_id=request.id,
        purpose=LinkPurpose.ACTIVATE,
        serial=1,
        issued_at=now,
        expires_at=now + timedelta(hours=72),
    )


def _two(
    person: Practitioner, request: Request, link: ActivationLink, number: int
) -> tuple[Letter, Letter]:
    known: dict[str, Any] = {
        "applicant_name_ar": f"{person.first_name_ar} {person.family_name_ar}",
        "applicant_name_en": f"{person.first_name_en} {person.family_name_en}",
        "language": Language(person.preferred_language),
        "kind": Kind.PROFILE_UPDATE,
        "tracking_code": request.tracking_code,
    }
    now = request.submitted_at
    received = Received(**known, submitted_on=riyadh_day(now))
    activation = Activation(
        **known,
        reference_number=f"MPU-1448-{number:06}-7",
        activation_url="https://not-minted.invalid/",
        expires_at=link.expires_at,
        changed_fields=tuple(field.label for field in _CHANGES[number % len(_CHANGES)]),
        is_reminder=False,
    )
    return _letter(person, request, received, None), _letter(person, request, activation, link)


def _letter(
    person: Practitioner, request: Request, facts: LetterFacts, link: ActivationLink | None
) -> Letter:
    name = letter_name(type(facts))
    return new_letter(
        key=letter_key(request.id, name),
        request_id=request.id,
        letter=name,
        to_address=person.email,
        facts=facts_to_json(facts),
        now=request.submitted_at,
        link_id=link.id if link else None,
        in_bulk=request.in_bulk,
    )
