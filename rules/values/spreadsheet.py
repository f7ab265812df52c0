"""What spreadsheets make of cells: what can only mean one thing is read, the rest is named.

For files alone; what people type into a form or a submission is read by the rules of its field.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import TypeVar

from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain

Choice = TypeVar("Choice", bound=StrEnum)

_WHITE_SPACE = re.compile(r"\s+")
#: ``="0501234567"``: a text that was to stay a text.
_TEXT_FORMULA = re.compile(r'="([^"=]*)"')
#: ``'0501234567``: the same, by the sign that spreadsheets hide.
_TEXT_MARK = re.compile("'(?=[0-9+])")
_FORMULA = re.compile(r"=\S|[@+-][A-Z]{2,}[0-9.]*\(")
_ERROR = re.compile(r"#(?:N/?A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")
_TOO_NARROW = re.compile("#{3,}")
_LETTERS_LOST = re.compile(r"[?\s]*\?[?\s]*|.*\?{3,}.*|.*\ufffd.*")
_SHORTENED = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_WHOLE_AS_DECIMAL = re.compile(r"([0-9]{6,})[.,]0+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){2,}")
_YES = frozenset({"yes", "y", "true", "t", "1", "on", "نعم", "صح", "صحيح", "صواب"})
_NO = frozenset({"no", "n", "false", "f", "0", "off", "لا", "خطا", "خطأ"})


def one_line(cell: str) -> str:
    """The cell as one line: what is white in it, line breaks included, is single spaces.

    A text that a formula or a mark keeps from becoming a number is the text itself.
    """
    line = _WHITE_SPACE.sub(" ", cell).strip()
    literal = _TEXT_FORMULA.fullmatch(line)
    return literal[1].strip() if literal else _TEXT_MARK.sub("", line, count=1)


def refuse_damage(cell: str) -> None:
    """Raise `ValueRefused` for what a spreadsheet left instead of a value.

    ``cell_formula``, ``cell_error``, ``cell_too_narrow``, ``letters_lost``.
    """
    if _ERROR.fullmatch(cell):
        raise ValueRefused("cell_error")
    if _TOO_NARROW.fullmatch(cell):
        raise ValueRefused("cell_too_narrow")
    if _FORMULA.match(cell):
        raise ValueRefused("cell_formula")
    if _LETTERS_LOST.fullmatch(cell):
        raise ValueRefused("letters_lost")


def whole_number(cell: str) -> str:
    """A number that names something, as it was before a spreadsheet took it for an amount.

    ``1000000008.0`` and ``1,000,000,008`` have lost nothing. Raises `ValueRefused`
    ``number_shortened`` for ``1.0E+09``. Anything else is returned as it is, for its own rule.
    """
    number = plain(cell)
    if _SHORTENED.fullmatch(number):
        raise ValueRefused("number_shortened")
    if decimal := _WHOLE_AS_DECIMAL.fullmatch(number):
        return decimal[1]
    return number.replace(",", "") if _THOUSANDS.fullmatch(number) else cell


def column_names(header: Iterable[str], known: Collection[str]) -> list[str | None]:
    """The known column that each name of the header means; None where it is none of them.

    Capitals, spaces, dashes and invisible marks make no difference.
    """
    meant = {_bare(name): name for name in known}
    return [meant.get(_bare(name)) for name in header]


def choice(choices: type[Choice], cell: str) -> Choice:
    """The member that is meant, whatever its capitals, spaces and dashes.

    Raises `ValueRefused` ``choice_unknown``, which names them all.
    """
    for member in choices:
        if _bare(member) == _bare(cell):
            return member
    raise ValueRefused("choice_unknown", choices=", ".join(choices))


def yes_or_no(cell: str) -> bool:
    """Whether the cell says yes, in either language or as spreadsheets do.

    Raises `ValueRefused` ``yes_or_no``.
    """
    said = _bare(cell)
    if said not in _YES | _NO:
        raise ValueRefused("yes_or_no")
    return said in _YES


def _bare(text: str) -> str:
    folded = plain(unicodedata.normalize("NFKC", text)).casefold()
    return "".join(sign for sign in folded if sign.isalnum())
