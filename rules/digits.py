r"""Western digits for what people type.

NFKC leaves Arabic-Indic digits alone, while ``\d`` and ``str.isdigit`` accept them (DOMAIN.md 2):
translate first, then match ``[0-9]``.
"""

_ARABIC_INDIC = 0x0660
_PERSIAN = 0x06F0
_WESTERN = {start + value: str(value) for start in (_ARABIC_INDIC, _PERSIAN) for value in range(10)}


def western_digits(text: str) -> str:
    """The text with Arabic-Indic (U+0660) and Persian (U+06F0) digits as 0-9, else unchanged."""
    return text.translate(_WESTERN)
