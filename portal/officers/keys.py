"""The keys of the review desk, and the switch that silences them in this browser (WCAG 2.1.4)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from portal.forms.sending import texts_of
from portal.officers.listed import onward
from portal.officers.start import Reviewer
from portal.web.cookies import Cookie, cookie_name, drop_cookie, keep_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.who import our_path

router = APIRouter()

KEYS = "/desk/keys"
_OFF = "off"
_YEAR = 365 * 86_400


@router.post(KEYS)
async def switch(request: Request, _: Reviewer) -> Response:
    """Let keys be heard in this browser, or not; back to the page where it was pressed."""
    sent = await texts_of(request, (FIELD, "keys", "to"))
    answer = RedirectResponse(onward(request, our_path(sent["to"])), status_code=303)
    if not is_ours(request, sent[FIELD]):
        return answer
    if sent["keys"] == _OFF:
        keep_cookie(answer, Cookie.KEYS, _OFF, seconds=_YEAR)
    else:
        drop_cookie(answer, Cookie.KEYS)
    return answer


def are_keys_on(request: Request) -> bool:
    """Whether keys are heard in this browser; until somebody says otherwise, they are."""
    return request.cookies.get(cookie_name(Cookie.KEYS)) != _OFF
