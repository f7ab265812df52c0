"""Who looked at one's own details, when, and what for."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.own_looks import MOST, OwnLook, looks_at_own
from models.access_log import Looked, Viewer
from portal.web.languages import page_language
from portal.web.pages import error_page, page
from portal.web.who import Who

router = APIRouter()

LOOKS = "/account/looks"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@router.api_route(LOOKS, methods=["GET", "HEAD"])
async def show_looks(request: Request, who: Who) -> Response:
    """The looks at one's own details, newest first; ``?before=`` leads to older ones."""
    if who.practitioner_id is None:
        return error_page(request, 404)
    text = request.query_params.get("before", "")
    before = int(text) if _NUMBER.fullmatch(text) else None
    found = await looks_at_own(who.practitioner_id, before=before)
    return page(
        "looks.html",
        request,
        page_language(request, who.language),
        looks=[(one, _what(one), _known(one.viewer, Viewer)) for one in found],
        older=found[-1].number if len(found) == MOST else None,
        is_older=before is not None,
    )


def _what(one: OwnLook) -> str:
    """Another system that is shown a request decides nothing on it."""
    if one.viewer is Viewer.MACHINE and one.what is Looked.CASE:
        return "case_by_machine"
    return _known(one.what, Looked)


def _known(name: str, names: type[Looked | Viewer]) -> str:
    """What its sentence is called; a newer version may have written a name that we do not know."""
    return name if name in set(names) else "other"
