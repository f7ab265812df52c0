"""Asking about a document."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from desk.documents.standing import standing_of
from models.connections import PAGES, limited
from portal.documents.answers import standing
from portal.documents.asking import owner
from portal.documents.ids import is_id
from portal.web.clock import Now

router = APIRouter()


@router.get("/documents/{upload_id}")
async def state(request: Request, upload_id: str, now: Now) -> Response:
    """Where one's own document stands, for a page that waits for it."""
    registration_number = await owner(request)
    with limited(PAGES):
        found = await standing_of(_known(upload_id), owner=registration_number, now=now)
    return standing(found)


def _known(upload_id: str) -> str:
    """The id, where it can be one; nothing else need be looked up."""
    if not is_id(upload_id):
        raise HTTPException(404)
    return upload_id
