"""Where each rule of a renewal comes from: for people in both languages, and for engineers.

The one place that says so. Each number is a setting of this installation, and people are told that;
beside it stands what has been published, in words that stay true whatever the setting is. No number
of ours is ever called the authority's.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.findings.both_languages import InBoth
from rules.values.document_kind import DocumentKind


@dataclass(frozen=True)
class RuleSource:
    """Where a rule comes from."""

    #: Sources of DOMAIN.md in brackets, and the policy key that holds the number.
    reference: str
    said: InBoth


def _set_here(reference: str, arabic: str, english: str) -> RuleSource:
    """A rule of this installation, and what is known of it besides."""
    return RuleSource(
        reference,
        InBoth(
            f"قاعدة معتمدة في إعدادات هذه الخدمة. {arabic}",
            f"Set for this service. {english}",
        ),
    )


def _assumed(reference: str) -> RuleSource:
    return _set_here(reference, "ولا نعلم لها مصدرًا منشورًا.", "We know of no published source.")


OWN = _assumed("assumed")
OPENING = _set_here(
    "[14][15][16]; renewal.opens_before_expiry_days",
    "وتذكر أدلة منشورة عن بوابة الهيئة: ثلاثة أشهر قبل انتهاء الصلاحية.",
    "Published guides to the authority's portal say three months before expiry.",
)
GRACE = _set_here(
    "[14]; renewal.grace_days",
    "ويذكر أحد الأدلة المنشورة: شهرًا بعد انتهاء الصلاحية.",
    "One published guide says a month after expiry.",
)
LAST_DAY = _assumed("assumed; renewal.latest_after_expiry_days")
HOURS = _set_here(
    "[27][28][29][12]; renewal.cpd",
    "وقد نشرت الهيئة عدد الساعات السنوية بحسب الفئة، أما احتسابها لمدة البطاقة فخاص بهذه الخدمة.",
    "The authority has published hours a year by category; how they are worked out for the period "
    "of a card is this service's own.",
)
EXEMPT = _set_here(
    "[27]",
    "وقد نشرت الهيئة الفئات المعفاة من الساعات.",
    "The authority has published which categories need no hours.",
)
SHORT_HOURS = _set_here(
    "[12], assumed; renewal.cpd.short_hours",
    "وتختلف المصادر المنشورة في أثر نقص الساعات في التجديد.",
    "Published sources disagree on what too few hours mean for a renewal.",
)
YEARS = _set_here(
    "[13][31][12], reduced years assumed; renewal.years, renewal.reduced_years",
    "وتذكر تقارير صحفية سنتين، ويذكر أحد الأدلة سنة واحدة عند نقص الساعات أو لمن تجاوز عمره "
    "60 عامًا.",
    "Press reports say two years; one guide says one year for too few hours or above the age of "
    "60.",
)
FEES = _set_here(
    "[20][21], a year assumed; renewal.fees",
    "وتنشر صفحات ليست للهيئة مبالغ بحسب الدرجة المهنية، دون بيان ما إذا كانت عن سنة واحدة.",
    "Pages that are not the authority's give amounts by rank, and do not say whether they are for "
    "one year.",
)
FINE = RuleSource(
    "no source holds an amount; renewal.late_fine",
    InBoth(
        "لم نجد مصدرًا منشورًا يذكر مبلغ الغرامة.",
        "We know of no published source that gives an amount.",
    ),
)

DOCUMENTS: Mapping[DocumentKind, RuleSource] = {
    DocumentKind.EMPLOYER_LETTER: _set_here(
        "[6][12], article; documents.employer_letter_max_age_months",
        "وتطلب قائمة نشرتها الهيئة للتسجيل خطابًا لم يمضِ على إصداره أكثر من ثلاثة أشهر.",
        "A list that the authority has published for registration asks for an introduction letter "
        "no older than three months.",
    ),
    DocumentKind.RESIDENCE_CARD: _set_here(
        "[6][12], article; renewal.documents",
        "وتطلب قائمة نشرتها الهيئة للتسجيل إقامة سارية من غير السعوديين.",
        "A list that the authority has published for registration asks non-Saudis for a valid "
        "residence card.",
    ),
    DocumentKind.IDENTITY: _assumed("documents.gulf_citizens_show"),
    DocumentKind.MEDICAL_REPORT: _set_here(
        "[6][7][12], article; documents.medical_report_above_age_years",
        "وتطلبه قائمة نشرتها الهيئة للتسجيل ممن تجاوز عمره 65 عامًا.",
        "A list that the authority has published for registration asks for it above the age of 65.",
    ),
    DocumentKind.LIFE_SUPPORT: _set_here(
        "[7], perhaps outdated; renewal.documents",
        "وقد طلبتها قائمة قديمة منشورة، ولم ترد في قائمة أحدث.",
        "An earlier published list asks for it; a later one does not.",
    ),
    DocumentKind.MALPRACTICE_INSURANCE: _set_here(
        "[8][9], old; renewal.documents",
        "وقد طلبه نموذج قديم منشور.",
        "An old published form asks for it.",
    ),
}
