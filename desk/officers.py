"""Officers, as far as everything knows them that they do."""

from models.officers import Officer
from models.requests import Request
from rules.errors import NotAllowed


class OwnRequest(NotAllowed):
    """Nobody decides their own request."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} is this officer's own")


def refuse_own(officer: Officer, request: Request) -> None:
    """Raise `OwnRequest` where the officer is the person whose request it is."""
    if officer.practitioner_id is not None and officer.practitioner_id == request.practitioner_id:
        raise OwnRequest(request.tracking_code)
