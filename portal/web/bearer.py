"""Who shows a token in the head of a call, as RFC 6750 has it."""

import re

from fastapi import Request

#: What a refusal says of how to come in.
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="mumaris"'}
_BEARER = re.compile(r"Bearer ([\x21-\x7e]+)", re.ASCII | re.IGNORECASE)


def bearer_of(request: Request) -> str | None:
    """The token; None where there is none, where there are two, or where it cannot be one."""
    sent = request.headers.getlist("authorization")
    found = _BEARER.fullmatch(sent[0]) if len(sent) == 1 else None
    return None if found is None else found[1]
