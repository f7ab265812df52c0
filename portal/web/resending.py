"""What somebody sent while the database was away: shown again, to be sent once more.

A press that meets a restart would be lost with all that was typed: nothing can be kept where
nothing can be written. So the page that says so holds the form's values, and a button.
"""

from collections.abc import Sequence
from urllib.parse import parse_qsl

from fastapi import Request

#: Where `portal.web.guarding.WholeBodies` leaves the body of a request.
BODY = "mumaris.body"
_FORM = "application/x-www-form-urlencoded"
#: A password or a code is typed again, and stands in no page.
_SECRETS = frozenset({"password", "before", "repeated", "code", "identity_number"})
_MOST_FIELDS = 40


def sent_values(request: Request) -> Sequence[tuple[str, str]]:
    """What the form sent, by name; nothing of one that held a secret, or of what is no form."""
    body: bytes = request.scope.get(BODY, b"")
    if request.method != "POST" or request.headers.get("content-type", "") != _FORM:
        return ()
    try:
        found = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return ()
    return () if _SECRETS & {name for name, _ in found} else tuple(found)
