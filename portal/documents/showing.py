"""Asking about a document, and looking at it."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from desk.documents.looking import DocumentNotShown, LookedAt, LookNeedsReason, look
from desk.documents.standing import standing_of
from documents.media_types import MediaType
from documents.store import ContentMissing
from models.connections import PAGES, limited
from portal.documents.answers import refused, said, standing
from portal.documents.asking import owner, somebody
from portal.web.clock import Now
from rules.values.document_id import NotADocumentId, parse_document_id
from rules.values.tracking_code import NotATrackingCode

logger = logging.getLogger("mumaris.portal")

router = APIRouter()

_PAGE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_GONE = 409
#: What a browser calls the original: nothing of whoever sent it.
_FILE_NAMES = {MediaType.PDF: "document.pdf", MediaType.JPEG: "document.jpg"}


class OriginalFor(StrEnum):
    """Why an officer takes the original; a word, as an address is no place for a sentence."""

    #: The pictures of its pages cannot be read well enough.
    UNCLEAR = "unclear"
    #: It carries other files.
    ATTACHMENTS = "attachments"
    #: It may have been forged.
    FORGERY = "forgery"


@router.get("/documents/{upload_id}")
async def state(request: Request, upload_id: str, now: Now) -> Response:
    """Where one's own document stands, for a page that waits for it."""
    registration_number = await owner(request)
    with limited(PAGES):
        found = await standing_of(_known(upload_id), owner=registration_number, now=now)
    return standing(found)


@router.get("/documents/{upload_id}/pages/{page}")
async def picture(request: Request, upload_id: str, page: str, now: Now) -> Response:
    """A page's picture; an officer says in ``?request=`` for which request.

    Each is a line of the access log, and so is each original.
    """
    if _PAGE.fullmatch(page) is None:
        raise HTTPException(404)
    return await _shown(request, upload_id, int(page), None, now)


@router.get("/documents/{upload_id}/original")
async def original(request: Request, upload_id: str, now: Now) -> Response:
    """The original, which a browser saves and does not open.

    An officer says in ``?why=`` for what it is needed: a word of `OriginalFor`.
    """
    why = request.query_params.get("why")
    return await _shown(request, upload_id, None, why if why in set(OriginalFor) else None, now)


async def _shown(
    request: Request, upload_id: str, page: int | None, why: str | None, now: datetime
) -> Response:
    by = await somebody(request)
    code = request.query_params.get("request")
    try:
        with limited(PAGES):
            found = await look(
                _known(upload_id), by=by, page=page, request_code=code, why=why, now=now
            )
        return await (as_picture(found) if page is not None else _download(found))
    except DocumentNotShown as refusal:
        return refused(refusal.problems, status=_GONE)
    except LookNeedsReason:
        return refused([said("reason_needed")])
    except NotATrackingCode:
        raise HTTPException(404) from None
    except ContentMissing:
        logger.error("the content of a document that is to be shown is not in the store")  # noqa: TRY400 - its text tells nothing more
        raise


async def as_picture(found: LookedAt) -> Response:
    """A page at once: it is small, and a picture of which half is damaged is none."""
    content = b"".join([piece async for piece in found.pieces])
    return Response(content, media_type=found.media_type)


async def _download(found: LookedAt) -> Response:
    """The original, piece by piece; a missing one is told before, a damaged one breaks off."""
    first = await anext(found.pieces, b"")
    headers = {"Content-Disposition": f'attachment; filename="{_FILE_NAMES[found.media_type]}"'}
    if found.size_bytes is not None:
        headers["Content-Length"] = f"{found.size_bytes}"
    return StreamingResponse(
        _with(first, found.pieces), media_type=found.media_type, headers=headers
    )


async def _with(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _known(upload_id: str) -> str:
    """The document's number; what cannot be one is answered as an unknown one is."""
    try:
        return parse_document_id(upload_id)
    except NotADocumentId:
        raise HTTPException(404) from None
