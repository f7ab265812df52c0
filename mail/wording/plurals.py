"""Counted nouns. Arabic has six forms, chosen by Unicode's plural rules (CLDR, through Babel).

1 and 2 are said without a digit; 3–10 take the plural, 11–99 the singular accusative, and 100
the singular genitive. The rule looks at the last two digits, so 103 is said like 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale

from mail.wording.languages import Language


@dataclass(frozen=True)
class Noun:
    """A counted noun: for each language, plural category → form; ``other`` is always there."""

    forms: Mapping[Language, Mapping[str, str]]


#: CPD hours, as a subject or standing alone (nominative).
HOURS = Noun(
    {
        Language.AR: {
            "one": "ساعة واحدة",
            "two": "ساعتان",
            "few": "{n} ساعات",
            "other": "{n} ساعة",
        },
        Language.EN: {"one": "{n} hour", "other": "{n} hours"},
    }
)

#: Places to correct, as a subject or standing alone (nominative).
POINTS = Noun(
    {
        Language.AR: {
            "one": "نقطة واحدة",
            "two": "نقطتان",
            "few": "{n} نقاط",
            "other": "{n} نقطة",
        },
        Language.EN: {"one": "{n} item", "other": "{n} items"},
    }
)

#: Days after a preposition (genitive): ``بعد 30 يومًا``.
DAYS = Noun(
    {
        Language.AR: {
            "one": "يوم واحد",
            "two": "يومين",
            "few": "{n} أيام",
            "many": "{n} يومًا",
            "other": "{n} يوم",
        },
        Language.EN: {"one": "{n} day", "other": "{n} days"},
    }
)

#: Minutes after a preposition (genitive): ``لمدة 30 دقيقة``.
MINUTES = Noun(
    {
        Language.AR: {
            "one": "دقيقة واحدة",
            "two": "دقيقتين",
            "few": "{n} دقائق",
            "other": "{n} دقيقة",
        },
        Language.EN: {"one": "{n} minute", "other": "{n} minutes"},
    }
)

#: Seconds after a preposition (genitive): ``بعد 10 ثوانٍ``.
SECONDS = Noun(
    {
        Language.AR: {
            "one": "ثانية واحدة",
            "two": "ثانيتين",
            "few": "{n} ثوانٍ",
            "other": "{n} ثانية",
        },
        Language.EN: {"one": "{n} second", "other": "{n} seconds"},
    }
)

#: Characters after a preposition (genitive): ``عن 15 حرفًا``.
CHARACTERS = Noun(
    {
        Language.AR: {
            "one": "حرف واحد",
            "two": "حرفين",
            "few": "{n} أحرف",
            "many": "{n} حرفًا",
            "other": "{n} حرف",
        },
        Language.EN: {"one": "{n} character", "other": "{n} characters"},
    }
)

#: Years after a word that governs them (genitive): ``لمدة سنتين``.
YEARS = Noun(
    {
        Language.AR: {
            "one": "سنة واحدة",
            "two": "سنتين",
            "few": "{n} سنوات",
            "other": "{n} سنة",
        },
        Language.EN: {"one": "{n} year", "other": "{n} years"},
    }
)


def say_count(count: Decimal | int, noun: Noun, language: Language) -> str:
    """The number with its noun, in Western digits without trailing zeros: ``1.5 ساعة``."""
    forms = noun.forms[language]
    number = Decimal(count)
    # 1.50 and 1.5 are the same amount but not the same plural operand: English 1.0 is "other".
    number = number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()
    category = Locale(language.value).plural_form(number)
    return forms.get(category, forms["other"]).format(n=f"{number:f}")
