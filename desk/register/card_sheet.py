"""The card as a sheet of PDF, in the order and the calendars of one language's readers."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from desk.register.printing import CardInHand
from documents.typesetting.child import set_sheet
from mail.settings import MailSettings
from mail.wording.bidi import Direction, one_line
from mail.wording.dates import gregorian_day, hijri_day
from mail.wording.languages import Language
from rules.findings.both_languages import InBoth

_TITLE = InBoth("بطاقة ممارس صحي", "Health practitioner’s card")
_SPECIALTY = InBoth("التخصص", "Specialty")
_RANK = InBoth("الدرجة المهنية", "Professional rank")
_NUMBER = InBoth("رقم التسجيل المهني", "Registration number")
_FROM = InBoth("سارية من", "Valid from")
_UNTIL = InBoth("سارية حتى", "Valid until")
_SCAN = InBoth("امسح الرمز للتحقق من البطاقة", "Scan to check this card")
_AS_OF = InBoth("كما هي مسجلة يوم", "As on file on")


async def card_as_pdf(card: CardInHand, language: Language) -> bytes:
    """The sheet; raises `documents.typesetting.child.TypesettingStopped`.

    No photograph is on it: policy keeps none.
    """
    return await set_sheet(sheet_of(card, language))


def sheet_of(card: CardInHand, language: Language) -> Mapping[str, Any]:
    """What the sheet says, as data; what people wrote is one clean line each."""
    in_both = InBoth(card.name_ar, card.name_en)
    names = (in_both.in_(language), in_both.in_(language.other))
    facts = ((_SPECIALTY, card.specialty), (_RANK, card.rank), (_NUMBER, card.number))
    days = ((_FROM, card.valid_from), (_UNTIL, card.valid_until))
    return {
        "language": language.value,
        "direction": language.direction,
        "title": _TITLE.in_(language),
        "authority": _piece(MailSettings().authority_name.in_(language)),
        "names": [_piece(name) for name in names],
        "facts": [{"label": label.in_(language), **_piece(said)} for label, said in facts],
        "days": [
            {"label": label.in_(language), "lines": [_piece(said) for said in _both(day, language)]}
            for label, day in days
        ],
        "address": card.address,
        "qr_means": _SCAN.in_(language),
        "foot": f"{_AS_OF.in_(language)} {' · '.join(_both(card.as_of, language))}",
    }


def _both(day: date, language: Language) -> tuple[str, str]:
    """The day in both calendars, that of the language's readers first."""
    islamic, civil = hijri_day(day, language), gregorian_day(day, language)
    return (islamic, civil) if language is Language.AR else (civil, islamic)


def _piece(said: str) -> dict[str, str]:
    """One line with the direction of its first letter."""
    line = one_line(said)
    for letter in line:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return {"said": line, "direction": Direction.RTL.value}
        if kind == "L":
            break
    return {"said": line, "direction": Direction.LTR.value}
