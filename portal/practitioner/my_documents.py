"""The pages of a document that one has sent oneself, as pictures; each picture is a logged look."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from desk.documents.looking import look
from desk.documents.standing import standing_of
from desk.looks import Looker
from models.documents.documents import UploadUnknown
from portal.documents.showing import as_picture
from portal.practitioner.renewal.rows import words_of
from portal.practitioner.update.start import READ, owner_of
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.who import Who
from rules.values.document_id import NotADocumentId, parse_document_id

router = APIRouter()

_PAGE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@router.api_route("/my-documents/{upload_id}", methods=READ)
async def show_document(upload_id: str, request: Request, who: Who, now: Now) -> Response:
    """All its pages; of somebody else's there is none."""
    found = await standing_of(_known(upload_id), owner=owner_of(who), now=now)
    return page(
        "my_document.html",
        request,
        page_language(request, who.language),
        path=f"/my-documents/{found.id}",
        name=words_of(found.kind),
        upload_id=found.id,
        pages=found.pages or 0,
    )


# No HEAD: nobody has seen a page by that, and the log would say so.
@router.get("/my-documents/{upload_id}/pages/{number}")
async def show_picture(upload_id: str, number: str, who: Who, now: Now) -> Response:
    """One page; the access log has a line for it before it is given out."""
    if _PAGE.fullmatch(number) is None:
        raise HTTPException(404)
    found = await look(
        _known(upload_id),
        by=Looker.owner(owner_of(who)),
        page=int(number),
        request_code=None,
        why=None,
        now=now,
    )
    return await as_picture(found)


def _known(upload_id: str) -> str:
    """The document's number; what cannot be one is answered as an unknown one is."""
    try:
        return parse_document_id(upload_id)
    except NotADocumentId:
        raise UploadUnknown from None
