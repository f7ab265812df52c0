"""Bill numbers of our own form, so that a number that is read out finds its bill or none."""

from rules.errors import WrongUsage
from rules.values.as_typed import compact, say_hidden
from rules.values.issued_number import Series

#: The digits 1 and 2 are those of references (`rules.requests.reference_number`).
_BILLS = Series("MBL", "3")


class NotABillNumber(WrongUsage):
    """The text is not a bill number, or was mistyped."""

    def __init__(self, typed: str = "") -> None:
        said = "this is not a bill number, or a character of it is mistyped"
        super().__init__(said + say_hidden(typed))


def format_bill_number(year: int, sequence: int) -> str:
    """The bill number, with its check digit; the same arguments give the same number."""
    return _BILLS.number(year, sequence)


def parse_bill_number(text: str) -> str:
    """The canonical number for what was typed, read as `Series.read`; raises `NotABillNumber`."""
    found = _BILLS.read(text)
    if found is None:
        raise NotABillNumber(compact(text))
    return _BILLS.number(*found)
