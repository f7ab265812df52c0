"""That whoever is signed in has shown lately that it is them: asked before what matters most.

A page that changes what somebody signs in by, or is reached by, takes
``who: Annotated[SignedIn, Depends(proved(back))]``. Whoever proved it too long ago is led to the
page that asks again, and from there to the page itself, or to ``back`` where they sent a form.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.policy import current_policy
from portal.web.clock import Now
from portal.web.languages import with_language
from portal.web.who import anybody, our_path
from rules.errors import NotAllowed

#: Asks again for the password, and for what the account has beside it.
CONFIRM = "/account/confirm"


class ProofNeeded(NotAllowed):
    """Whoever is signed in has to show once more that it is them; ``to`` is where they go on."""

    def __init__(self, to: str) -> None:
        super().__init__("this needs a password, or what is asked for beside it, once more")
        self.to = to


def is_proved(who: SignedIn, *, now: datetime) -> bool:
    """Whether they signed in, or showed it again, within the minutes that policy allows."""
    return now < who.proved_at + timedelta(minutes=current_policy().accounts.proof_minutes)


def proved(back: str) -> Callable[[Request, datetime], Awaitable[SignedIn]]:
    """Whoever is signed in, and has shown lately that it is them.

    What depends on it raises `portal.web.who.SignInNeeded` and `ProofNeeded`.
    """

    async def lately(request: Request, now: Now) -> SignedIn:
        found = await anybody(request, now)
        if not is_proved(found, now=now):
            reads = request.method in {"GET", "HEAD"}
            raise ProofNeeded(our_path(request.url.path) if reads else back)
        return found

    return lately


def to_confirm(request: Request, needed: ProofNeeded) -> Response:
    """To the page that asks again."""
    target = with_language(request, f"{CONFIRM}?{urlencode({'to': needed.to})}")
    return RedirectResponse(target, status_code=303)
