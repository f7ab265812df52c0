"""The page on which officers land: who they are, and what their account may do."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from portal.officers.operations import ROLES
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.who import DESK, Officer

router = APIRouter()


@router.api_route(DESK, methods=["GET", "HEAD"])
async def show_desk(request: Request, who: Officer) -> Response:
    """The user name, the roles as they are now, and the pages of one's account."""
    language = page_language(request, who.language)
    operates = not who.roles.isdisjoint(ROLES)
    return page("desk.html", request, language, roles=sorted(who.roles), operates=operates)
