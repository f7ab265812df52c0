"""What requests add to what a practitioner learned, and to where they worked."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from models.practitioners import CpdEntry, ExperienceEntry, Practitioner
from models.requests import Request
from rules.profile_update.normalised import NormalisedUpdate
from rules.requests.activities import CertificateOnRequest
from rules.values.cpd_hours import plain_hours


def experience_of(
    update: NormalisedUpdate, practitioner: Practitioner, request: Request
) -> list[ExperienceEntry]:
    """The experience that the update adds."""
    return [
        ExperienceEntry(
            practitioner_id=practitioner.id,
            request_id=request.id,
            employer=entry.employer,
            role=entry.role,
            started_on=entry.started_on,
            ended_on=entry.ended_on,
        )
        for entry in update.experience
    ]


def certificates_of(
    certificates: Iterable[CertificateOnRequest],
    practitioner: Practitioner,
    request: Request,
    now: datetime,
) -> list[CpdEntry]:
    """What these certificates add to the ledger."""
    return [
        CpdEntry(
            **_shared(practitioner, request, now),
            activity_key=entry.activity_key,
            source="certificate",
            title=entry.title,
            issuer=entry.issuer,
            completed_on=entry.issued_on,
            hours=entry.cpd_hours,
        )
        for entry in certificates
    ]


def cpd_entries_of(
    update: NormalisedUpdate, practitioner: Practitioner, request: Request, now: datetime
) -> list[CpdEntry]:
    """What the update adds to the ledger: its certificates, and experience that is worth hours."""
    experience = [
        CpdEntry(
            **_shared(practitioner, request, now),
            activity_key=entry.activity_key,
            source="experience",
            title=entry.role,
            issuer=entry.employer,
            completed_on=entry.ended_on or entry.started_on,
            hours=entry.cpd_hours,
        )
        for entry in update.experience
        if entry.cpd_hours
    ]
    return certificates_of(update.certificates, practitioner, request, now) + experience


def _shared(practitioner: Practitioner, request: Request, now: datetime) -> dict[str, Any]:
    return {
        "practitioner_id": practitioner.id,
        "request_id": request.id,
        "recorded_at": now,
    }


def with_plain_hours(document: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a submission, whatever they are, with hours that were typed as text plain."""
    return {
        member: [_plain_entry(entry) for entry in document[member]]
        for member in ("certificates", "experience")
        if isinstance(document.get(member), list)
    }


def _plain_entry(entry: Any) -> Any:
    typed = entry.get("cpd_hours") if isinstance(entry, Mapping) else None
    return {**entry, "cpd_hours": plain_hours(typed)} if isinstance(typed, str) else entry
