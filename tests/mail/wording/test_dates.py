from datetime import UTC, date, datetime

import pytest

from mail.wording.dates import gregorian_day, hijri_day, in_riyadh, say_day, say_instant
from mail.wording.languages import Language
from rules.values.dates import NaiveInstant


def test_an_arabic_day_says_both_calendars_hijri_first() -> None:
    """With the weekday, in Western digits."""
    said = say_day(date(2026, 3, 4), Language.AR)

    assert said == "الأربعاء 15 رمضان 1447 هـ الموافق 4 مارس 2026 م"


def test_an_english_day_says_both_calendars_gregorian_first() -> None:
    """With the weekday."""
    said = say_day(date(2026, 3, 4), Language.EN)

    assert said == "Wednesday 4 March 2026 (15 Ramadan 1447 AH)"


def test_an_instant_is_shown_on_riyadhs_clock() -> None:
    """22:30 in UTC is half past one the next day in Riyadh."""
    said = say_instant(datetime(2026, 3, 3, 22, 30, tzinfo=UTC), Language.EN)

    assert said == "Wednesday 4 March 2026 (15 Ramadan 1447 AH), 01:30 Riyadh time"


def test_an_arabic_instant_names_the_clock_it_is_on() -> None:
    """The hour in 24 hours, so that nobody mistakes morning for evening."""
    said = say_instant(datetime(2026, 3, 3, 22, 30, tzinfo=UTC), Language.AR)

    assert said.endswith("م، الساعة 01:30 بتوقيت الرياض")


def test_an_instant_without_a_time_zone_is_refused() -> None:
    """It could be any of two days."""
    naive = datetime(2026, 3, 4, 1, 30)  # noqa: DTZ001  the missing zone is the point

    with pytest.raises(NaiveInstant):
        in_riyadh(naive)


def test_hijri_months_stand_in_the_genitive_after_their_day() -> None:
    """``ذي الحجة`` after a number, not ``ذو الحجة``."""
    assert hijri_day(date(2026, 5, 27), Language.AR) == "10 ذي الحجة 1447 هـ"


@pytest.mark.parametrize("language", Language)
def test_digits_are_western_in_both_languages(language: Language) -> None:
    """No Arabic-Indic digit comes out of a locale's defaults."""
    assert gregorian_day(date(2026, 11, 30), language).startswith("30 ")
