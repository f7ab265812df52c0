"""What each rule of eligibility says, in both languages, and where the rule comes from.

By rule and case: Arabic, English, source. Days are Gregorian / Hijri.
"""

from collections.abc import Mapping

from rules.card_renewal import sources
from rules.card_renewal.sources import RuleSource

LINES: Mapping[tuple[str, str], tuple[str, str, RuleSource]] = {
    ("card_status", "card_active"): (
        "البطاقة غير موقوفة ولا ملغاة.",
        "The card is neither suspended nor revoked.",
        sources.OWN,
    ),
    ("card_status", "card_suspended"): (
        "البطاقة موقوفة، ولا تُجدَّد قبل رفع الإيقاف.",
        "The card is suspended and cannot be renewed until this is lifted.",
        sources.OWN,
    ),
    ("card_status", "card_revoked"): (
        "البطاقة ملغاة، ولا يمكن تجديدها.",
        "The card is revoked and cannot be renewed.",
        sources.OWN,
    ),
    ("no_open_renewal", "no_renewal_open"): (
        "لا يوجد طلب تجديد مفتوح.",
        "No renewal of this card is open.",
        sources.OWN,
    ),
    ("no_open_renewal", "renewal_open"): (
        "يوجد طلب تجديد مفتوح لهذه البطاقة.",
        "A renewal of this card is already open.",
        sources.OWN,
    ),
    ("window", "window_too_early"): (
        "يُفتح باب التجديد في {day}.",
        "The card can be renewed from {day}.",
        sources.OPENING,
    ),
    ("window", "window_open"): (
        "باب التجديد مفتوح منذ {day}.",
        "The card can be renewed now. Renewal opened on {day}.",
        sources.OPENING,
    ),
    ("window", "window_grace"): (
        "انتهت صلاحية البطاقة في {day}، ولا تزال مهلة التجديد دون غرامة سارية.",
        "The card expired on {day}. It can still be renewed without a fine.",
        sources.GRACE,
    ),
    ("window", "window_late"): (
        "انتهت صلاحية البطاقة في {day} وانتهت مهلة تجديدها دون غرامة، ويمكن تجديدها مع غرامة.",
        "The card expired on {day} and its grace period has ended. It can be renewed with a fine.",
        sources.GRACE,
    ),
    ("window", "window_too_late"): (
        "كان آخر يوم للتجديد {day}، ويلزم تسجيل جديد.",
        "The last day to renew the card was {day}. A new registration is needed.",
        sources.LAST_DAY,
    ),
    ("penalty_free", "penalty_free_until"): (
        "آخر يوم للتجديد دون غرامة: {day}.",
        "Last day to renew without a fine: {day}.",
        sources.GRACE,
    ),
    ("last_day", "last_day"): (
        "آخر يوم للتجديد: {day}.",
        "Last day to renew: {day}.",
        sources.LAST_DAY,
    ),
    ("cpd_hours", "hours"): (
        "ساعات التطوير المهني المحتسبة: {counted}، والمطلوبة: {needed}.",
        "CPD hours counted: {counted}. Needed: {needed}.",
        sources.HOURS,
    ),
    ("cpd_hours", "hours_exempt"): (
        "هذه الفئة معفاة من ساعات التطوير المهني.",
        "This category needs no CPD hours.",
        sources.EXEMPT,
    ),
    ("years", "years"): (
        "مدة التجديد بالسنوات: {years}.",
        "Renewal period in years: {years}.",
        sources.YEARS,
    ),
    ("years", "years_refused"): (
        "لا يمكن تجديد البطاقة قبل اكتمال ساعات التطوير المهني.",
        "The card cannot be renewed until the CPD hours are complete.",
        sources.SHORT_HOURS,
    ),
    ("fee", "said"): ("{ar}", "{en}", sources.FEES),
    ("fine", "said"): ("{ar}", "{en}", sources.FINE),
}
