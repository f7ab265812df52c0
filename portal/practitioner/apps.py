"""How the page shows the secret of an authenticator app: as a picture, and to be typed."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup
from segno import make_qr

from desk.accounts.authenticator import AppSecret
from mail.settings import MailSettings
from mail.wording.languages import Language
from portal.web.pages import page

_GROUP = 4


def issuer() -> str:
    """Whose account it is, as an app lists it; one name, whatever language the page is in."""
    return MailSettings().authority_name_en


def show_app(
    request: Request,
    language: Language,
    shown: AppSecret,
    action: str,
    *,
    path: str,
    error: str | None = None,
    status: int = 200,
) -> Response:
    """The page with the secret and the box for its first code, which is sent to ``action``.

    ``path`` is where the page itself is read again.

    The picture stands in the page itself, as any address of its own would have to be kept from
    caches and other people.
    """
    secret = shown.secret
    return page(
        "app.html",
        request,
        language,
        status=status,
        path=path,
        action=action,
        error=error,
        picture=_picture(shown.address),
        groups=[secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP)],
    )


def show_codes(request: Request, language: Language, codes: tuple[str, ...], to: str) -> Response:
    """The page with the recovery codes, shown this once; ``to`` is where it goes on.

    The other language is that of the next page: read again, this one has no codes to show.
    """
    return page("recovery_codes.html", request, language, path=to, codes=codes, to=to)


def _picture(address: str) -> Markup:
    # White around it whatever the page's colours: telephones read nothing else.
    made: Any = make_qr(address, error="m")
    drawn = made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    # Squares and nothing of what they say: the library writes numbers alone.
    return Markup(drawn)  # noqa: S704
