r"""Numbers and codes as people type and paste them, made plain before their own rule looks.

Chat programs, contacts, PDF files and our own Arabic e-mails put marks around a number that nobody
sees: UAX #9 directions, joiners, variation selectors, soft hyphens; and they write spaces, dashes
and digits in many ways. None of it is part of a number, so it never decides whether one is right.

NFKC leaves Arabic-Indic digits alone, while ``\d`` and ``str.isdigit`` accept them (DOMAIN.md 2):
`plain` first, then match ``[0-9]``.
"""

import unicodedata

from rules.findings.problems import ValueRefused

#: Longer texts are not looked at: no number is so long, however it is marked.
_LONGEST = 1_000
_MARKS = frozenset(
    {
        *(0x00AD, 0x034F, 0x061C, 0x180E, 0xFEFF),  # soft hyphen, joiners, an Arabic mark, a BOM
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),  # variation selectors
        *range(0xE0100, 0xE01F0),
    }
)
_SIGNS = {
    0x09: " ",
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2043, 0x207B, 0x2212, 0xFE58, 0xFE63], "-"),
    **dict.fromkeys([0x2044, 0x2215], "/"),
    **{point: chr(point - 0xFEE0) for point in range(0xFF01, 0xFF5F)},  # signs of full width
    **dict.fromkeys(_MARKS, ""),
}
_COMPACT = str.maketrans({" ": "", "-": ""})
#: Letters and signs that show as nothing, beside the categories of `_HIDDEN`.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
#: Control, format, surrogate, private use, unassigned, line separator, paragraph separator.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text without marks that nobody sees, its digits, spaces, dashes and signs in ASCII.

    Digits of every script become 0-9, signs of full width ordinary ones; spaces around it are
    dropped. Letters stay as they are. A plain text stays the same. Line breaks and other controls
    stay for the rule to refuse, and so does a text of more than a thousand characters.
    """
    if len(text) > _LONGEST:
        return text
    if text.isascii():
        return text.replace("\t", " ").strip(" ")
    return "".join(map(_plain_sign, text)).strip(" ")


def compact(text: str) -> str:
    """As `plain`, without spaces and dashes inside: for numbers whose dashes say nothing."""
    return text if len(text) > _LONGEST else plain(text).translate(_COMPACT)


def _plain_sign(sign: str) -> str:
    known = _SIGNS.get(ord(sign))
    if known is not None or sign.isascii():
        return sign if known is None else known
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    return " " if category == "Zs" else sign


def without_marks(text: str, *, but: str = "") -> str:
    """The text without the marks that nobody sees ``but`` these; bounded as `plain`."""
    if text.isascii() or len(text) > _LONGEST:
        return text
    return "".join(sign for sign in text if sign in but or ord(sign) not in _MARKS)


def hidden_character(text: str) -> int | None:
    """The first code point in the text that no reader can see, or None."""
    if text.isascii() and text.isprintable():
        return None
    return next((ord(sign) for sign in text if _is_hidden(sign)), None)


def refuse_hidden_characters(text: str, *, but: str = "") -> None:
    """Raise `ValueRefused` ``hidden_characters``, which names the first that the field cannot hold.

    ``but`` are hidden characters that belong to its spelling.
    """
    found = hidden_character(text.translate(dict.fromkeys(map(ord, but))) if but else text)
    if found is not None:
        raise ValueRefused("hidden_characters", character=found)


def _is_hidden(sign: str) -> bool:
    return sign in _BLANK or unicodedata.category(sign) in _HIDDEN


def say_hidden(text: str) -> str:
    """The end of a sentence that names a character in the text which nobody sees, or nothing."""
    found = hidden_character(text[:_LONGEST])
    return "" if found is None else f"; it holds the invisible character U+{found:04X}"
