"""What pages that ask for a passkey share: for whom it is, and what a browser said went wrong."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse, Response

from desk.accounts.challenges import ChallengeOver
from desk.accounts.factors import LastFactorStays
from desk.accounts.passkeys import TooManyPasskeys
from desk.accounts.signing_in import NotSignedIn
from mail.settings import MailSettings
from mail.wording.languages import Language
from portal.web.settings import portal_origin
from rules.accounts.passkeys import PasskeyCopied, PasskeyRefused, PasskeySite
from rules.errors import MumarisError

#: The fields of such a form, beside its token: see ``templates/portal/passkey.js``.
ANSWER, FAULT = "credential", "fault"
#: Bytes of such a form: a credential's number alone may have 1,023, and stands in it three times.
MOST_BYTES = 16_384
#: What went wrong in the browser, by the error's name (WebAuthn, 5.1.3 and 5.1.4), or as we have
#: told the script; beside it the sentence that says so.
_FAULTS: Mapping[str, str] = {
    "AbortError": "cancelled",
    "ConstraintError": "unverified",
    "InvalidStateError": "already",
    "NotAllowedError": "cancelled",
    "NotReadableError": "failed",
    "NotSupportedError": "unsupported",
    "SecurityError": "unsupported",
    "again": "again",
    "full": "full",
    "over": "over",
    "too_many": "too_many",
    "unsupported": "unsupported",
}
#: What the desk refuses of a passkey; the sentence for each.
_SENTENCES: Mapping[type[MumarisError], str] = {
    ChallengeOver: "over",
    LastFactorStays: "last",
    # An officer who is no longer one.
    NotSignedIn: "refused",
    PasskeyCopied: "copied",
    PasskeyRefused: "refused",
    TooManyPasskeys: "full",
}
PASSKEY_REFUSALS = tuple(_SENTENCES)


def passkey_site(language: Language) -> PasskeySite | None:
    """For whom browsers make passkeys; None where the portal's address is a number.

    WebAuthn binds a passkey to the name of a host.
    """
    origin = portal_origin()
    host = urlsplit(origin).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        name = MailSettings().authority_name.in_(language)
        return PasskeySite(host=host, origin=origin, name=name)
    return None


def fault_of(sent: Mapping[str, str]) -> str | None:
    """What the browser says went wrong; None where there is an answer to judge."""
    if sent[FAULT]:
        return _FAULTS.get(sent[FAULT], "failed")
    # No script has asked the browser.
    return None if sent[ANSWER] else "scripts"


def refused_as(refusal: MumarisError) -> str:
    """The fault that one of the `PASSKEY_REFUSALS` is said as."""
    return _SENTENCES[type(refusal)]


def told(options: str) -> Response:
    """The browser's script is to ask for this."""
    return Response(options, media_type="application/json")


def not_told(fault: str, *, status: int) -> Response:
    """The browser's script is to send the form with this fault, so that a page says it."""
    return JSONResponse({"fault": fault}, status_code=status)
