"""Text from people: cleaned where that is harmless, refused where it is not.

Refused everywhere: control characters with line breaks and NUL, invisible format characters with
bidi overrides and isolates, lone surrogates, private and unassigned code points. A name or an
address that carries them is broken or an attack on a header, a page or a reader's eyes.
"""

import re
import unicodedata

from rules.as_typed import plain, refuse_hidden_characters
from rules.problems import ValueRefused

_WHITE_SPACE = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"\r\n?")
#: Vowel signs, the dagger alif and the stretching stroke: writing them or not is the same name.
_TASHKEEL = re.compile("[\u0640\u064b-\u0652\u0670]")
_ARABIC_NAME = re.compile("[\u0620-\u064a\u0671-\u06d3](?:[ -]?[\u0620-\u064a\u0671-\u06d3])*")
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_LATIN_NAME = re.compile(f"[{_LATIN}](?:(?:[ '-]|' | ')?[{_LATIN}])*")
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'"})
_LONGEST_KEY = 128
_IDEMPOTENCY_KEY = re.compile(rf"[A-Za-z0-9._:-]{{8,{_LONGEST_KEY}}}")


def clean_text(text: str, *, max_length: int) -> str:
    """One line of text in NFC, trimmed, inner white space folded to single spaces.

    Raises `ValueRefused`: ``too_long`` (characters, counted as typed), ``hidden_characters``,
    ``markup_characters`` for ``<`` and ``>``. Cleaning a clean text changes nothing. May return
    an empty text.
    """
    _refuse_long(text, max_length)
    refuse_hidden_characters(text)
    if "<" in text or ">" in text:
        raise ValueRefused("markup_characters")
    cleaned = _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    _refuse_long(cleaned, max_length)
    return cleaned


def clean_required_text(text: str, *, max_length: int) -> str:
    """As `clean_text`; an empty text is refused as ``empty``."""
    return _required(clean_text(text, max_length=max_length))


def clean_arabic_name(text: str, *, max_length: int) -> str:
    """A part of a name in Arabic letters, without vowel signs; spaces and hyphens between them.

    Letters in the presentation forms that PDF files hold become ordinary ones. Raises as
    `clean_text`, and ``empty`` or ``arabic_letters_only``.
    """
    plain = unicodedata.normalize("NFKC", clean_text(text, max_length=max_length))
    name = _WHITE_SPACE.sub(" ", _TASHKEEL.sub("", plain)).strip()
    _refuse_long(_required(name), max_length)
    if _ARABIC_NAME.fullmatch(name) is None:
        raise ValueRefused("arabic_letters_only")
    return name


def clean_latin_name(text: str, *, max_length: int) -> str:
    """A part of a name in Latin letters; spaces, hyphens and apostrophes between them.

    Raises as `clean_text`, and ``empty`` or ``latin_letters_only``.
    """
    name = _required(clean_text(text, max_length=max_length).translate(_APOSTROPHES))
    if _LATIN_NAME.fullmatch(name) is None:
        raise ValueRefused("latin_letters_only")
    return name


def clean_note(text: str | None, *, max_length: int) -> str | None:
    """An officer's note: several lines, each cleaned; None where nothing was written.

    ``<`` and ``>`` may stand in it. Raises `ValueRefused`: ``too_long``,
    ``hidden_characters``.
    """
    if text is None:
        return None
    _refuse_long(text, max_length)
    lines = _LINE_BREAK.sub("\n", text).split("\n")
    for line in lines:
        refuse_hidden_characters(line)
    cleaned = (_WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", line)).strip() for line in lines)
    return "\n".join(cleaned).strip() or None


def clean_idempotency_key(text: str) -> str:
    """The key without the marks of `rules.as_typed`; raises `ValueRefused`.

    ``idempotency_key_form``, ``hidden_characters``.
    """
    key = plain(text)
    if len(key) > _LONGEST_KEY:
        raise ValueRefused("idempotency_key_form")
    refuse_hidden_characters(key)
    if _IDEMPOTENCY_KEY.fullmatch(key) is None:
        raise ValueRefused("idempotency_key_form")
    return key


def folded(text: str) -> str:
    """The text for comparing: same name, same fold, whatever its case, vowel signs or spaces."""
    plain = _TASHKEEL.sub("", unicodedata.normalize("NFKC", text))
    return _WHITE_SPACE.sub(" ", plain.translate(_APOSTROPHES)).strip().casefold()


def _refuse_long(text: str, max_length: int) -> None:
    if len(text) > max_length:
        raise ValueRefused("too_long", limit=max_length)


def _required(text: str) -> str:
    if not text:
        raise ValueRefused("empty")
    return text
