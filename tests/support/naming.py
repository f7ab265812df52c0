"""Requests of Noura's that name uploads, and which round names which."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from desk.kinds.reading import SubmissionRefused
from desk.requests.submission import accept
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.documents.door import CLOCK, Ending, move_upload
from models.documents.uses import UploadUse
from models.requests import Request
from rules.card_renewal.plan import RenewalPlan
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.profile_update.normalised import NormalisedUpdate
from rules.requests.statuses import Kind
from support.cards import renewal
from support.people import employer_letter, specialty_change
from support.requests import NOW
from support.uploads import upload_row

#: What each kind makes of its submission.
NORMALISED: dict[Kind, Callable[[dict[str, Any]], NormalisedUpdate | RenewalPlan]] = {
    Kind.PROFILE_UPDATE: NormalisedUpdate.from_json,
    Kind.CARD_RENEWAL: RenewalPlan.from_json,
}


async def ready(**values: Any) -> Upload:
    """Noura's letter, scanned and drawn."""
    return await upload_row(**{"state": DocumentState.READY, "scan": "clean", "pages": 1} | values)


def naming(upload: str | Upload, **more: Any) -> dict[str, Any]:
    """A letter's particulars with the upload that shows it."""
    letter = employer_letter(NOW.date()) | more
    del letter["sha256"]
    return letter | {"id": upload if isinstance(upload, str) else upload.id}


def submission(kind: Kind, *documents: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A good submission of this kind with these documents."""
    of_kind = {Kind.PROFILE_UPDATE: specialty_change, Kind.CARD_RENEWAL: renewal}
    return of_kind[kind](NOW.date(), documents=list(documents), **more)


async def problems_of(document: dict[str, Any], kind: Kind = Kind.PROFILE_UPDATE) -> set[Any]:
    """Why it is refused, as (field, code)."""
    with pytest.raises(SubmissionRefused) as refused:
        await accept(kind, document, now=NOW)
    return {(found.field, found.code) for found in refused.value.problems}


async def uses() -> list[tuple[str, int]]:
    """Which upload is named in which round."""
    async with transaction() as session:
        query = select(UploadUse).order_by(col(UploadUse.round), col(UploadUse.upload_id))
        return [(use.upload_id, use.round) for use in (await session.exec(query)).all()]


async def all_requests() -> list[Request]:
    async with transaction() as session:
        return list((await session.exec(select(Request))).all())


async def destroyed(upload: Upload) -> None:
    """Its day has come."""
    async with transaction() as session:
        row = await find_upload(session, upload.id, lock=True)
        await move_upload(
            session,
            row,
            DocumentState.DESTROYED,
            by=CLOCK,
            now=NOW,
            ending=Ending(EndRule.UNUSED),
        )
