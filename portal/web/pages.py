"""A page: a template under ``templates/portal/``, said in one language."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mail.settings import MailSettings
from mail.wording.languages import Language
from mail.wording.phrases import phrases
from portal.web.cookies import Cookie, keep_cookie
from portal.web.csrf import form_token, new_visit
from portal.web.languages import page_language
from portal.web.resending import sent_values
from portal.web.sentences import sentences, speaker

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "portal"
#: The status of a page that can be had later.
_AWAY = 503
#: Files that pages refer to, and their media types.
ASSETS: Mapping[str, str] = {
    "portal.css": "text/css",
    "icon.svg": "image/svg+xml",
    "passkey.js": "text/javascript",
    "desk.js": "text/javascript",
}


def page(
    template: str,
    request: Request,
    language: Language,
    *,
    status: int = 200,
    path: str | None = None,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> HTMLResponse:
    """The template as a response.

    ``path`` is where the page stands in the other language, where that is not the request's own.
    Raises Jinja2's ``UndefinedError`` for a fact that the template says and the caller left out.
    """
    words = _environment(language).get_template(template)
    who = getattr(request.state, "signed_in", None)
    newcomer = getattr(request.state, "newcomer", None)
    kept = getattr(request.state, "kept", "")
    has_form = False

    def csrf() -> str:
        nonlocal has_form
        has_form = True
        return form_token(request)

    html = words.render(
        facts,
        signed_in=who,
        newcomer=newcomer,
        csrf=csrf,
        language=language,
        say=speaker(language),
        here=_same_site(path or request.url.path),
        # What the desk's pages hand on from one to the next: `portal.officers.listed`.
        kept=f"&{kept}" if kept else "",
        href=lambda target: (
            f"{target}?lang={language}{f'&{kept}' if kept and target.startswith('/desk') else ''}"
        ),
        asset=asset_address,
        settings=_settings(),
    )
    # What was typed is shown again, and HTML has no NUL: a reader sees that something was there.
    html = html.replace("\0", "\ufffd")
    response = HTMLResponse(html, status_code=status, headers=headers)
    visit = new_visit(request)
    if visit is not None:
        keep_cookie(response, Cookie.VISIT, visit)
    if who is not None or has_form:
        # An old browser names no origin with a form where there is no referrer.
        response.headers.setdefault("Referrer-Policy", "same-origin")
    return response


def error_page(
    request: Request,
    status: int,
    *,
    error_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page that tells a person what to do next, and nothing about us.

    A status without sentences of its own reads as 400.
    """
    return page(
        "error.html",
        request,
        page_language(request),
        status=status,
        headers=headers,
        error=status if f"{status}.title" in sentences() else 400,
        error_id=error_id,
        again=sent_values(request) if status == _AWAY else (),
    )


def _same_site(path: str) -> str:
    """The path as a link that stays on this site: ``//host`` would lead to another one."""
    return "/" + quote(path).lstrip("/")


@cache
def asset(name: str) -> bytes:
    """The content of one of the `ASSETS`."""
    return (TEMPLATES / name).read_bytes()


@cache
def asset_address(name: str) -> str:
    """Where pages find the asset; changes with its content, so that it can be cached for long."""
    return f"/{name}?v={hashlib.sha256(asset(name)).hexdigest()[:12]}"


@cache
def _settings() -> MailSettings:
    """The authority's name and address, as the letters have them."""
    return MailSettings()


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # no look at each file for each page: a new version is a new process
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(phrases("html", language))
    return environment
