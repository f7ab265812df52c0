"""What the pages behind a letter's link have in common: a token, and the way back to the page."""

import re

from fastapi import Request
from fastapi.responses import RedirectResponse

from desk.reminders.links import ReminderLinkState
from portal.web.languages import page_language

#: 256 bits in URL-safe Base64, as `models.links.mint_token` writes them.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
#: What the pages of the links in a reminder answer.
REMINDER_STATUS_CODES = {
    ReminderLinkState.USABLE: 200,
    ReminderLinkState.DONE: 200,
    ReminderLinkState.EXPIRED: 410,
    ReminderLinkState.UNKNOWN: 404,
}


def is_token(text: str) -> bool:
    """Whether this can be a token at all; anything else need not be looked up."""
    return _TOKEN.fullmatch(text) is not None


def back_to(request: Request, path: str, *, sent: bool = False) -> RedirectResponse:
    """To the link's own page, which can be reloaded without pressing anything again."""
    chosen = [("lang", str(page_language(request)))] if "lang" in request.query_params else []
    query = "&".join(f"{name}={value}" for name, value in chosen + [("sent", "1")] * sent)
    return RedirectResponse(f"{path}{'?' if query else ''}{query}", status_code=303)
