"""The press that sends what was written, whatever kind of request it becomes."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from desk.drafts.sending import DraftGone, DraftRefused
from models.drafts import DraftMoved
from models.requests import Request as Made
from portal.practitioner.taking_files import Again
from portal.practitioner.update.start import UNREADABLE
from portal.web.languages import with_language
from portal.web.sentences import said

_MOVED = 409


async def answer_to_next(
    request: Request,
    send: Callable[[], Awaitable[Made]],
    again: Again,
    *,
    start: str,
    sent: str,
) -> Response:
    """To the page that says what happens now; the review once more where it is not sent.

    ``sent`` is that page's path, with ``{code}``; ``start`` is where nothing is kept any more.
    """
    try:
        made = await send()
    except DraftMoved:
        return await again([said("update.moved_review")], _MOVED)
    except DraftRefused as refused:
        beside = [one.problem.sentence for one in refused.problems if one.part is None]
        return await again(beside, UNREADABLE)
    except DraftGone:
        return RedirectResponse(with_language(request, start), status_code=303)
    path = sent.format(code=made.tracking_code)
    return RedirectResponse(with_language(request, path), status_code=303)
