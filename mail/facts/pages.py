"""The portal's pages that e-mails lead to: each is where what an e-mail asks for is done.

Whoever is not signed in is led to the sign-in page and from there to the page. A test follows each
of them (docs/decisions/0046).
"""

from collections.abc import Mapping

from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status

HOME = "/"
CARD = "/card"
RENEWAL = "/renewal"
TRACKING = "/track"
UPDATE = "/update"
FIRST_SIGN_IN = "/first-sign-in"
FORGOTTEN_PASSWORD = "/forgotten-password"  # noqa: S105 - a page's address
SESSIONS = "/account/sessions"
DESK = "/desk"
#: Where somebody asks for a request of this kind.
BEGINS_AT: Mapping[Kind, str] = {
    Kind.PROFILE_UPDATE: UPDATE,
    Kind.CARD_RENEWAL: RENEWAL,
    Kind.REGISTRATION: HOME,
}


def page_of(kind: Kind, tracking_code: str, status: str | None = None) -> str:
    """The request's own page, or the one on which it is corrected where it waits for that.

    Whoever registers has no account to sign in to: they follow it by the tracking code.
    """
    if kind not in OF_PRACTITIONERS:
        return TRACKING
    page = f"/requests/{tracking_code}"
    return f"{page}/correct" if status == Status.RETURNED else page


def case_page(tracking_code: str) -> str:
    """The request as the officers of the review desk see it."""
    return f"{DESK}/cases/{tracking_code}"
