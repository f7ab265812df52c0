"""Which language a page is in: Arabic first, English one press away."""

from fastapi import Request

from mail.wording.languages import Language

#: Longer headers are not looked at; browsers send about a hundred characters.
_MAX_HEADER = 400


def page_language(request: Request, preferred: str | None = None) -> Language:
    """What the reader chose (``?lang=``), else ``preferred``, else what the browser asks for.

    ``preferred`` is the language of the request's letters. Arabic where nothing is said.
    """
    return (
        _known(request.query_params.get("lang"))
        or _known(preferred)
        or _accepted(request.headers.get("accept-language", ""))
    )


def with_language(request: Request, path: str) -> str:
    """The path, in the language that the reader chose, where one was chosen."""
    if "lang" not in request.query_params:
        return path
    return f"{path}{'&' if '?' in path else '?'}lang={page_language(request)}"


def _known(text: str | None) -> Language | None:
    return Language(text) if text in set(Language) else None


def _accepted(header: str) -> Language:
    """The language of ours that the header weighs most; Arabic on a tie."""
    weights = dict.fromkeys(Language, 0.0)
    for part in header[:_MAX_HEADER].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = _known(tag.strip().lower().partition("-")[0])
        if language is not None:
            weights[language] = max(weights[language], _weight(parameter))
    return Language.EN if weights[Language.EN] > weights[Language.AR] else Language.AR


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
