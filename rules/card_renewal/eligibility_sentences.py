"""What each rule of eligibility says, in both languages, and where the rule comes from.

By rule and case: Arabic, English, source. Days are Gregorian / Hijri.
"""

from collections.abc import Mapping

from rules.values.document_kind import DocumentKind

_STATUS = "assumed"
_ONE_AT_A_TIME = "assumed"
_OPENING = "[14][15][16]; renewal.opens_before_expiry_days"
_GRACE = "[14]; renewal.grace_days"
_LAST_DAY = "assumed; renewal.latest_after_expiry_days"
_HOURS = "[27][28][29][12]; renewal.cpd"
_YEARS = "[13][31][12], reduced years assumed; renewal.years, renewal.reduced_years"
_FEES = "[20][21], a year assumed; renewal.fees"
_FINE = "no source holds an amount; renewal.late_fine"

LINES: Mapping[tuple[str, str], tuple[str, str, str]] = {
    ("card_status", "card_active"): (
        "البطاقة غير موقوفة ولا ملغاة.",
        "The card is neither suspended nor revoked.",
        _STATUS,
    ),
    ("card_status", "card_suspended"): (
        "البطاقة موقوفة، ولا تُجدَّد قبل رفع الإيقاف.",
        "The card is suspended and cannot be renewed until this is lifted.",
        _STATUS,
    ),
    ("card_status", "card_revoked"): (
        "البطاقة ملغاة، ولا يمكن تجديدها.",
        "The card is revoked and cannot be renewed.",
        _STATUS,
    ),
    ("no_open_renewal", "no_renewal_open"): (
        "لا يوجد طلب تجديد مفتوح.",
        "No renewal of this card is open.",
        _ONE_AT_A_TIME,
    ),
    ("no_open_renewal", "renewal_open"): (
        "يوجد طلب تجديد مفتوح لهذه البطاقة.",
        "A renewal of this card is already open.",
        _ONE_AT_A_TIME,
    ),
    ("window", "window_too_early"): (
        "يُفتح باب التجديد في {day}.",
        "The card can be renewed from {day}.",
        _OPENING,
    ),
    ("window", "window_open"): (
        "باب التجديد مفتوح منذ {day}.",
        "The card can be renewed now. Renewal opened on {day}.",
        _OPENING,
    ),
    ("window", "window_grace"): (
        "انتهت صلاحية البطاقة في {day}، ولا تزال مهلة التجديد دون غرامة سارية.",
        "The card expired on {day}. It can still be renewed without a fine.",
        _GRACE,
    ),
    ("window", "window_late"): (
        "انتهت صلاحية البطاقة في {day} وانتهت مهلة تجديدها دون غرامة، ويمكن تجديدها مع غرامة.",
        "The card expired on {day} and its grace period has ended. It can be renewed with a fine.",
        _GRACE,
    ),
    ("window", "window_too_late"): (
        "كان آخر يوم للتجديد {day}، ويلزم تسجيل جديد.",
        "The last day to renew the card was {day}. A new registration is needed.",
        _LAST_DAY,
    ),
    ("penalty_free", "penalty_free_until"): (
        "آخر يوم للتجديد دون غرامة: {day}.",
        "Last day to renew without a fine: {day}.",
        _GRACE,
    ),
    ("last_day", "last_day"): (
        "آخر يوم للتجديد: {day}.",
        "Last day to renew: {day}.",
        _LAST_DAY,
    ),
    ("cpd_hours", "hours"): (
        "ساعات التطوير المهني المحتسبة: {counted}، والمطلوبة: {needed}.",
        "CPD hours counted: {counted}. Needed: {needed}.",
        _HOURS,
    ),
    ("cpd_hours", "hours_exempt"): (
        "هذه الفئة معفاة من ساعات التطوير المهني.",
        "This category needs no CPD hours.",
        "[27]",
    ),
    ("years", "years"): (
        "مدة التجديد بالسنوات: {years}.",
        "Renewal period in years: {years}.",
        _YEARS,
    ),
    ("years", "years_refused"): (
        "لا يمكن تجديد البطاقة قبل اكتمال ساعات التطوير المهني.",
        "The card cannot be renewed until the CPD hours are complete.",
        "[12], assumed; renewal.cpd.short_hours",
    ),
    ("fee", "said"): ("{ar}", "{en}", _FEES),
    ("fine", "said"): ("{ar}", "{en}", _FINE),
}

DOCUMENT_SOURCES: Mapping[DocumentKind, str] = {
    DocumentKind.EMPLOYER_LETTER: "[6][12], article; documents.employer_letter_max_age_months",
    DocumentKind.RESIDENCE_CARD: "[6][12], article; renewal.documents",
    DocumentKind.IDENTITY: "documents.gulf_citizens_show",
    DocumentKind.MEDICAL_REPORT: "[6][7][12], article; documents.medical_report_above_age_years",
    DocumentKind.LIFE_SUPPORT: "[7], perhaps outdated; renewal.documents",
    DocumentKind.MALPRACTICE_INSURANCE: "[8][9], old; renewal.documents",
}
