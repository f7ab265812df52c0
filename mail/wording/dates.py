"""Days and instants as a letter says them: both calendars, Western digits, Riyadh's clock."""

from collections.abc import Callable
from datetime import date, datetime

from babel.dates import format_date

from mail.wording.languages import Language
from rules.values.dates import RIYADH, NaiveInstant, hijri

#: Puts an isolate around a piece of a sentence.
Mark = Callable[[str], str]

#: As they stand after a day's number, that is in the genitive: ``ذي الحجة``, not ``ذو الحجة``.
_HIJRI_MONTHS_AR = (
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى الأولى",
    "جمادى الآخرة",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذي القعدة",
    "ذي الحجة",
)


def in_riyadh(instant: datetime) -> datetime:
    """The instant on Riyadh's clock; raises `rules.values.dates.NaiveInstant` without a zone."""
    if instant.tzinfo is None:
        raise NaiveInstant
    return instant.astimezone(RIYADH)


def hijri_day(day: date, language: Language) -> str:
    """``15 Ramadan 1447 AH``; `rules.findings.problems.ValueRefused` outside 1924 to 2077."""
    found = hijri(day)
    if language is Language.AR:
        return f"{found.day} {_HIJRI_MONTHS_AR[found.month - 1]} {found.year} هـ"
    return f"{found.day} {found.month_name()} {found.year} AH"


def gregorian_day(day: date, language: Language) -> str:
    """``4 March 2026``."""
    written = format_date(day, "d MMMM y", locale=language.value)
    return f"{written} م" if language is Language.AR else written


def say_day(day: date, language: Language, *, mark: Mark = str) -> str:
    """The weekday and the day in both calendars, that of the language's readers first.

    ``mark`` may isolate each calendar's day; a whole date in one isolate could not be wrapped.
    """
    weekday = format_date(day, "EEEE", locale=language.value)
    islamic, civil = mark(hijri_day(day, language)), mark(gregorian_day(day, language))
    if language is Language.AR:
        return f"{weekday} {islamic} الموافق {civil}"
    return f"{weekday} {civil} ({islamic})"


def say_instant(instant: datetime, language: Language, *, mark: Mark = str) -> str:
    """The day and the hour in Riyadh, in both calendars.

    The Hijri day is the civil one: it is not moved at sunset, as in the calendar's own tables.
    """
    local = in_riyadh(instant)
    said, clock = say_day(local.date(), language, mark=mark), mark(f"{local:%H:%M}")
    if language is Language.AR:
        return f"{said}، الساعة {clock} بتوقيت الرياض"
    return f"{said}, {clock} Riyadh time"
