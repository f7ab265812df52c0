"""A day in three boxes and a choice of calendar, as forms ask for it, made the text of one date.

`rules.values.dates.parse_date` judges the text; here nothing is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain
from rules.values.dates import hijri, is_typed_in_hijri, parse_date

GREGORIAN, HIJRI = "gregorian", "hijri"
#: By the name of the box: what stands behind the field's own name in a form.
BOXES = ("day", "month", "year", "calendar")
_ERA = {GREGORIAN: "AD", HIJRI: "AH"}

_GREGORIAN_MONTHS = (
    ("january", "jan", "يناير", "كانون الثاني"),
    ("february", "feb", "فبراير", "شباط"),
    ("march", "mar", "مارس", "آذار"),
    ("april", "apr", "أبريل", "ابريل", "نيسان"),
    ("may", "مايو", "أيار"),
    ("june", "jun", "يونيو", "حزيران"),
    ("july", "jul", "يوليو", "تموز"),
    ("august", "aug", "أغسطس", "اغسطس", "آب"),
    ("september", "sep", "sept", "سبتمبر", "أيلول"),
    ("october", "oct", "أكتوبر", "اكتوبر", "تشرين الأول"),
    ("november", "nov", "نوفمبر", "تشرين الثاني"),
    ("december", "dec", "ديسمبر", "كانون الأول"),
)
_HIJRI_MONTHS = (
    ("muharram", "محرم", "المحرم"),
    ("safar", "صفر"),
    ("rabi al-awwal", "rabi i", "ربيع الأول", "ربيع الاول"),
    ("rabi al-thani", "rabi ii", "ربيع الآخر", "ربيع الاخر", "ربيع الثاني"),
    ("jumada al-ula", "jumada i", "جمادى الأولى", "جمادى الاولى"),
    ("jumada al-akhirah", "jumada ii", "جمادى الآخرة", "جمادى الاخرة", "جمادى الثانية"),
    ("rajab", "رجب"),
    ("shaban", "sha'ban", "شعبان"),
    ("ramadan", "رمضان"),
    ("shawwal", "شوال"),
    ("dhul qadah", "dhu al-qi'dah", "ذو القعدة", "ذي القعدة"),
    ("dhul hijjah", "dhu al-hijjah", "ذو الحجة", "ذي الحجة"),
)


def _numbered(months: tuple[tuple[str, ...], ...]) -> Mapping[str, str]:
    return {name: str(number) for number, names in enumerate(months, 1) for name in names}


_MONTHS = {GREGORIAN: _numbered(_GREGORIAN_MONTHS), HIJRI: _numbered(_HIJRI_MONTHS)}


@dataclass(frozen=True)
class TypedDay:
    """What stands in the boxes."""

    day: str = ""
    month: str = ""
    year: str = ""
    #: ``gregorian`` or ``hijri``; anything else is read as the first.
    calendar: str = GREGORIAN

    @property
    def text(self) -> str:
        """The date as one text, with its era; empty where no box holds anything.

        A month may be a name of its calendar. A year of the other calendar contradicts the era, so
        the text is then refused like one that cannot be read.
        """
        if not (self.day.strip() or self.month.strip() or self.year.strip()):
            return ""
        calendar = self.calendar if self.calendar in _ERA else GREGORIAN
        month = plain(self.month)
        number = _MONTHS[calendar].get(month.casefold().rstrip("."), month)
        return f"{plain(self.year)}-{number}-{plain(self.day)} {_ERA[calendar]}"


def boxes_of(text: str) -> TypedDay:
    """The boxes that hold this date, in the calendar it was written in; empty for no date."""
    try:
        day = parse_date(text)
        if is_typed_in_hijri(text):
            written = hijri(day)
            return TypedDay(str(written.day), str(written.month), str(written.year), HIJRI)
    except ValueRefused:
        return TypedDay()
    return as_boxes(day)


def as_boxes(day: date) -> TypedDay:
    """The boxes of this day in the Gregorian calendar."""
    return TypedDay(str(day.day), str(day.month), str(day.year), GREGORIAN)


def day_in(boxes: Mapping[str, str], name: str) -> TypedDay:
    """What stands in the boxes of a date, of all that stand in a form."""
    return TypedDay(**{box: boxes.get(f"{name}-{box}", "") for box in BOXES})


def in_boxes(name: str, day: TypedDay) -> dict[str, str]:
    """The boxes of a date, by their names in a form."""
    return {f"{name}-{box}": getattr(day, box) for box in BOXES}
