"""What a profile update adds to what a practitioner learned, and to where they worked."""

from datetime import datetime
from typing import Any

from models.practitioners import CpdEntry, ExperienceEntry, Practitioner
from models.requests import Request
from rules.profile_update.normalised import NormalisedUpdate


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


def cpd_entries_of(
    update: NormalisedUpdate, practitioner: Practitioner, request: Request, now: datetime
) -> list[CpdEntry]:
    """What the update adds to the ledger: its certificates, and experience that is worth hours."""
    shared: dict[str, Any] = {
        "practitioner_id": practitioner.id,
        "request_id": request.id,
        "recorded_at": now,
    }
    certificates = [
        CpdEntry(
            **shared,
            activity_key=entry.activity_key,
            source="certificate",
            title=entry.title,
            issuer=entry.issuer,
            completed_on=entry.issued_on,
            hours=entry.cpd_hours,
        )
        for entry in update.certificates
    ]
    experience = [
        CpdEntry(
            **shared,
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
    return certificates + experience
