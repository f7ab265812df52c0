"""Taking the file of one document from a form of its own, whatever it is a document of."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from fastapi import Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from desk.documents.contents import Content
from desk.documents.faults import UploadRefused
from desk.documents.standing import standing_of_new
from models.constraints import AlreadyTaken
from models.documents.documents import Upload
from portal.documents.bodies import body_of
from portal.documents.forms import FormRefused, SentForm
from portal.documents.rooms import UploadRooms
from portal.documents.uploading import refuse_by_its_head
from portal.practitioner.update.start import REFUSED, UNREADABLE
from portal.web.csrf import FIELD, is_ours
from portal.web.sentences import said
from rules.documents.states import WITHOUT_CONTENT
from rules.findings.both_languages import InBoth

#: The form once more, with what was wrong and a status.
Again = Callable[[Sequence[InBoth], int], Awaitable[Response]]


class NotFromUs(Exception):
    """No page of ours has sent this form."""


async def received(
    request: Request, keep: Callable[[Content], Awaitable[Upload]], *, now: datetime
) -> Upload:
    """The file that came, kept and looked at.

    Raises `FormRefused`, `NotFromUs`, `UploadRefused`, and what ``keep`` raises; nothing is kept.
    """
    refuse_by_its_head(request)
    content_type = request.headers.get("content-type", "")
    form = SentForm(content_type, body_of(request), also=frozenset({FIELD}))
    fields = await form.fields()
    if not is_ours(request, fields.get(FIELD, "")):
        raise NotFromUs
    kept = await keep(form.file())
    standing = standing_of_new(kept, now=now)
    if standing.state in WITHOUT_CONTENT:
        raise UploadRefused(standing.problems)
    return kept


async def refusal_of(
    request: Request, owner: str, take: Callable[[], Awaitable[None]], again: Again
) -> Response | None:
    """What is answered where the file is not taken; None where it was.

    ``owner`` is whose files are counted while they are on their way.
    """
    rooms: UploadRooms = request.app.state.rooms
    try:
        with rooms.taken(owner):
            await take()
    except FormRefused as refused:
        return await again([said(f"documents.{refused.code}")], refused.status)
    except (UploadRefused, AlreadyTaken) as refused:
        return await again([each.sentence for each in refused.problems], UNREADABLE)
    except NotFromUs:
        return await again([said("form.again")], REFUSED)
    except ClientDisconnect:
        return Response()  # nobody is there to read it
    return None
