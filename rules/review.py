"""The review gate's rules: how many officers, why, and what they may answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from rules.fields import Field, Group, groups_of
from rules.policy import Policy


class SaidReason(StrEnum):
    """A code with a sentence in each language; members are ``code, Arabic, English``."""

    sentence_ar: str
    sentence_en: str

    # The defaults are for type checkers alone: to them `ReviewReason(code)` is a call of this.
    def __new__(cls, code: str, sentence_ar: str = "", sentence_en: str = "") -> Self:
        """The member whose value is the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence_ar = sentence_ar
        member.sentence_en = sentence_en
        return member


class ReviewReason(SaidReason):
    """Why a person is needed at the gate."""

    CONTACT_CHANGED = (
        "contact_changed",
        "تغيّرت بيانات التواصل.",
        "Contact details change.",
    )
    NAMES_CHANGED = (
        "names_changed",
        "تغيّر الاسم.",
        "A name changes.",
    )
    IDENTITY_CHANGED = (
        "identity_changed",
        "تغيّرت بيانات الهوية أو الجنسية أو تاريخ الميلاد.",
        "The kind of identity, the nationality or the date of birth changes.",
    )
    IDENTITY_NUMBER_CHANGED = (
        "identity_number_changed",
        "تغيّر رقم الهوية أو الإقامة.",
        "The identity number changes.",
    )
    EMPLOYER_CHANGED = (
        "employer_changed",
        "تغيّرت جهة العمل.",
        "The employer changes.",
    )
    SPECIALTY_OR_RANK_CHANGED = (
        "specialty_or_rank_changed",
        "تغيّر التخصص أو الدرجة المهنية.",
        "The specialty or the rank changes.",
    )
    CERTIFICATES_ADDED = (
        "certificates_added",
        "أُضيفت شهادات.",
        "Certificates are added.",
    )
    EXPERIENCE_ADDED = (
        "experience_added",
        "أُضيفت خبرات.",
        "Experience is added.",
    )
    RENEWAL_LATE = (
        "renewal_late",
        "قُدّم طلب التجديد بعد انتهاء البطاقة.",
        "The renewal was submitted after the card had expired.",
    )
    HOURS_SHORT = (
        "hours_short",
        "ساعات التطوير المهني أقل من المطلوب.",
        "The CPD hours are fewer than the card's period asks for.",
    )
    PERIOD_REDUCED = (
        "period_reduced",
        "تُجدَّد البطاقة لمدة أقصر من المعتاد.",
        "The card is renewed for fewer years than usual.",
    )
    MEDICAL_REPORT_TO_READ = (
        "medical_report_to_read",
        "أُرفق تقرير طبي يحتاج إلى قراءة.",
        "A medical report is attached for a person to read.",
    )
    POLICY_ASKS_FOR_OFFICER = (
        "policy_asks_for_officer",
        "تنص السياسة على أن يقرر موظف في كل تجديد.",
        "Policy asks for an officer to decide on every renewal.",
    )
    WARNINGS_RAISED = (
        "warnings_raised",
        "أثارت المراجعة الآلية ملاحظة تحتاج إلى نظر.",
        "The automatic checks raised a doubt for a person to look at.",
    )


class RejectionReason(SaidReason):
    """Why an officer says no; the applicant reads the sentence."""

    DOCUMENTS_NOT_AUTHENTIC = (
        "documents_not_authentic",
        "تعذّر التحقق من صحة المستندات المرفقة.",
        "The documents could not be confirmed as authentic.",
    )
    IDENTITY_MISMATCH = (
        "identity_mismatch",
        "بيانات الهوية لا تخص صاحب هذا التسجيل.",
        "The identity data do not belong to the holder of this registration.",
    )
    NOT_ELIGIBLE = (
        "not_eligible",
        "شروط هذا الطلب غير متحققة.",
        "The conditions for this request are not met.",
    )
    DUPLICATE_REQUEST = (
        "duplicate_request",
        "سبق تقديم طلب بالبيانات نفسها.",
        "The same was already requested.",
    )
    OTHER_SEE_NOTE = (
        "other_see_note",
        "لسبب آخر موضّح في ملاحظة المراجع.",
        "For another reason, which the reviewer's note explains.",
    )


class ReturnReason(SaidReason):
    """What is to be corrected before the request can be decided."""

    DOCUMENT_MISSING = (
        "document_missing",
        "أرفق المستند الذي يثبت هذا التغيير.",
        "Attach the document that proves this change.",
    )
    DOCUMENT_NOT_ACCEPTED = (
        "document_not_accepted",
        "المستند المرفق غير مقبول، فأرفق غيره.",
        "The document is not accepted; attach another one.",
    )
    DIFFERS_FROM_DOCUMENT = (
        "differs_from_document",
        "البيان لا يطابق المستند المرفق.",
        "The value does not equal the document.",
    )
    UNCLEAR = (
        "unclear",
        "البيان غير واضح أو غير مكتمل.",
        "The value is unclear or incomplete.",
    )
    OTHER_SEE_NOTE = (
        "other_see_note",
        "صحّح البيان كما هو موضّح في ملاحظة المراجع.",
        "Correct the value as the reviewer's note explains.",
    )


class Sentences(NamedTuple):
    """One thing said in both languages."""

    ar: str
    en: str


_REASON_OF: Mapping[Group, ReviewReason] = {
    Group.CONTACT: ReviewReason.CONTACT_CHANGED,
    Group.NAMES: ReviewReason.NAMES_CHANGED,
    Group.IDENTITY: ReviewReason.IDENTITY_CHANGED,
    Group.IDENTITY_NUMBER: ReviewReason.IDENTITY_NUMBER_CHANGED,
    Group.EMPLOYER: ReviewReason.EMPLOYER_CHANGED,
    Group.PROFESSIONAL: ReviewReason.SPECIALTY_OR_RANK_CHANGED,
    Group.CERTIFICATES: ReviewReason.CERTIFICATES_ADDED,
    Group.EXPERIENCE: ReviewReason.EXPERIENCE_ADDED,
}


@dataclass(frozen=True)
class ReviewNeed:
    """How many different officers must approve, and why; 0 opens the gate at once."""

    approvals: int
    reasons: tuple[ReviewReason, ...]


def review_needed(
    changed_fields: Collection[Field],
    *,
    has_certificates: bool,
    has_experience: bool,
    warnings: Collection[str],
    policy: Policy,
) -> ReviewNeed:
    """Who must decide on these changes, by policy (DESIGN.md, decision 6).

    The strictest group decides the number; every group that asks for an officer gives its reason,
    in the order of `ReviewReason`.
    """
    changed = set(groups_of(changed_fields))
    changed |= {Group.CERTIFICATES} if has_certificates else set()
    changed |= {Group.EXPERIENCE} if has_experience else set()
    asked = {_REASON_OF[group]: policy.review.approvals[group] for group in changed}
    if warnings:
        asked[ReviewReason.WARNINGS_RAISED] = policy.review.approvals_on_warnings
    reasons = tuple(reason for reason in ReviewReason if asked.get(reason, 0) > 0)
    return ReviewNeed(max(asked.values(), default=0), reasons)
