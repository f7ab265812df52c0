"""Text from people: cleaned where that is harmless, refused where it is not.

Refused everywhere: control characters with line breaks and NUL, invisible format characters with
bidi overrides and isolates, lone surrogates, private and unassigned code points. A name or an
address that carries them is broken or an attack on a header, a page or a reader's eyes.
"""

import re
import unicodedata

from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain, refuse_hidden_characters

_WHITE_SPACE = re.compile(r"\s+")
_LINE_BREAK = re.compile(r"\r\n?")
#: Vowel signs, the dagger alif and the stretching stroke: writing them or not is the same name.
_TASHKEEL = re.compile("[\u0640\u064b-\u0652\u0670]")
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'"})
#: What stands for an apostrophe, a hamza or an ʿayn in Latin letters.
APOSTROPHES = str.maketrans(
    dict.fromkeys("`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb", "'")
    | dict.fromkeys("\u2018\u2019\u201b\u2032\u2035\ua78b\ua78c\uff07", "'")
)
_HYPHENS = re.compile(r" ?[-\u2010-\u2015\u2043\u2212] ?")
#: The stretching stroke and the small letters of the Quran: signs that are no letters of a name.
_NO_LETTERS = frozenset("\u0640\u06e5\u06e6")
_NON_JOINER = "\u200c"
_JOINER = "\u200d"


def _arabic_letters() -> str:
    """Every letter of the blocks Arabic, Supplement, Extended-A and Extended-B."""
    points = (*range(0x0620, 0x0700), *range(0x0750, 0x0780), *range(0x0870, 0x0900))
    return "".join(chr(point) for point in points if unicodedata.category(chr(point)) == "Lo")


_ARABIC = _arabic_letters()
_ARABIC_NAME = re.compile(f"[{_ARABIC}](?:[ {_NON_JOINER}-]?[{_ARABIC}])*")
#: Also the letters of African languages, and those of Vietnamese and of transliterations.
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff"
#: A letter with the marks that have no composed form, as in Yoruba.
_LETTER = f"[{_LATIN}][\u0300-\u036f]{{0,3}}"
_LATIN_WORD = f"'?{_LETTER}(?:['.·/]?{_LETTER})*['.]?"
_LATIN_NAME = re.compile(f"{_LATIN_WORD}(?:[ -]{_LATIN_WORD})*")
_LONGEST_KEY = 128
_IDEMPOTENCY_KEY = re.compile(rf"[A-Za-z0-9._:-]{{8,{_LONGEST_KEY}}}")


def clean_text(text: str, *, max_length: int) -> str:
    """One line of text in NFC, trimmed, inner white space folded to single spaces.

    Raises `ValueRefused`: ``too_long`` (characters, counted as typed), ``hidden_characters``,
    ``markup_characters`` for ``<`` and ``>``. Cleaning a clean text changes nothing. May return
    an empty text.
    """
    return _one_line(text, max_length=max_length)


def clean_required_text(text: str, *, max_length: int) -> str:
    """As `clean_text`; an empty text is refused as ``empty``."""
    return _required(clean_text(text, max_length=max_length))


def clean_arabic_name(text: str, *, max_length: int) -> str:
    """A part of a name in Arabic letters, without vowel signs; spaces and hyphens between them.

    Letters of every language that is written in Arabic ones, with the non-joiner where it belongs
    to the spelling. Letters in the presentation forms that PDF files hold become ordinary ones.
    Raises as `clean_text`, and ``empty`` or ``arabic_letters_only``.
    """
    typed = _one_line(text, max_length=max_length, but=_NON_JOINER + _JOINER)
    # The joiner changes the shape of a letter, never the name.
    plain = unicodedata.normalize("NFKC", typed.replace(_JOINER, ""))
    name = _HYPHENS.sub("-", _WHITE_SPACE.sub(" ", without_signs(plain)).strip())
    # At the edges it joins nothing, and nobody sees it.
    name = name.strip(_NON_JOINER)
    _refuse_long(_required(name), max_length)
    if _ARABIC_NAME.fullmatch(name) is None:
        raise ValueRefused("arabic_letters_only")
    return name


def clean_latin_name(text: str, *, max_length: int) -> str:
    """A part of a name in Latin letters: words with hyphens, apostrophes and full stops.

    All hyphens become one, without spaces beside them, and so do all apostrophes: at the edges of a
    word they are a hamza or an ʿayn. Raises as `clean_text`, and ``empty`` or
    ``latin_letters_only``.
    """
    typed = clean_text(text, max_length=max_length).translate(APOSTROPHES)
    name = _required(_HYPHENS.sub("-", typed))
    if _LATIN_NAME.fullmatch(name) is None:
        raise ValueRefused("latin_letters_only")
    return name


def without_signs(text: str) -> str:
    """The text without signs that are no letters of a name in Arabic: vowels, Quranic marks.

    They are removed after composing, so that a hamza above or below its letter stays.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in composed if not _is_sign(sign))


def _is_sign(sign: str) -> bool:
    is_arabic = "\u0600" <= sign <= "\u08ff"
    return sign in _NO_LETTERS or (is_arabic and unicodedata.category(sign) == "Mn")


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
    """The key without the marks of `rules.values.as_typed`; raises `ValueRefused`.

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


def _one_line(text: str, *, max_length: int, but: str = "") -> str:
    _refuse_long(text, max_length)
    refuse_hidden_characters(text, but=but)
    if "<" in text or ">" in text:
        raise ValueRefused("markup_characters")
    cleaned = _WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    _refuse_long(cleaned, max_length)
    return cleaned


def _refuse_long(text: str, max_length: int) -> None:
    if len(text) > max_length:
        raise ValueRefused("too_long", limit=max_length)


def _required(text: str) -> str:
    if not text:
        raise ValueRefused("empty")
    return text
