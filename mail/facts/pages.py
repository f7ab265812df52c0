"""The portal's pages that e-mails lead to: each is where what an e-mail asks for is done.

Whoever is not signed in is led to the sign-in page and from there to the page. A test follows each
of them (docs/decisions/0046).
"""

from collections.abc import Mapping

from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status

HOME = "/"
CARD = "/card"
RENEWAL = "/renewal"
UPDATE = "/update"
#: Where somebody without an account is let in by a code.
REGISTER = "/register"
FIRST_SIGN_IN = "/first-sign-in"
FORGOTTEN_PASSWORD = "/forgotten-password"  # noqa: S105 - a page's address
SESSIONS = "/account/sessions"
DESK = "/desk"
#: Where somebody asks for a request of this kind.
BEGINS_AT: Mapping[Kind, str] = {
    Kind.PROFILE_UPDATE: UPDATE,
    Kind.CARD_RENEWAL: RENEWAL,
    Kind.REGISTRATION: REGISTER,
}


def page_of(kind: Kind, tracking_code: str, status: str | None = None) -> str:
    """The request's own page, or the one on which it is corrected where it waits for that.

    Whoever registers has no account to sign in to: a code in an e-mail opens their pages.
    """
    own = "" if kind in OF_PRACTITIONERS else REGISTER
    page = f"{own}/requests/{tracking_code}"
    return f"{page}/correct" if status == Status.RETURNED else page


def case_page(tracking_code: str) -> str:
    """The request as the officers of the review desk see it."""
    return f"{DESK}/cases/{tracking_code}"
