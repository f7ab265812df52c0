"""The review gate's rules: how many officers, why, and what they may answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from rules.findings.both_languages import InBoth
from rules.findings.doubts import IDENTITY_NUMBER_HELD, IDENTITY_NUMBER_WANTED, Doubt
from rules.policy.policy import Policy
from rules.register.fields import Field, Group, groups_of
from rules.requests.verdicts import Verdict


class SaidReason(StrEnum):
    """A code with a sentence in each language; members are ``code, Arabic, English``."""

    sentence: InBoth

    # The defaults are for type checkers alone: to them `ReviewReason(code)` is a call of this.
    def __new__(cls, code: str, sentence_ar: str = "", sentence_en: str = "") -> Self:
        """The member whose value is the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = InBoth(sentence_ar, sentence_en)
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
        "قُدّم طلب التجديد بعد انتهاء صلاحية البطاقة.",
        "The renewal was submitted after the card had expired.",
    )
    HOURS_SHORT = (
        "hours_short",
        "ساعات التطوير المهني أقل من المطلوب.",
        "There are fewer CPD hours than the card's period requires.",
    )
    PERIOD_REDUCED = (
        "period_reduced",
        "تُجدَّد البطاقة لمدة أقصر من المعتاد.",
        "The card is renewed for fewer years than usual.",
    )
    MEDICAL_REPORT_TO_READ = (
        "medical_report_to_read",
        "أُرفق تقرير طبي يتطلب الاطلاع عليه.",
        "A medical report is attached and must be read.",
    )
    REGISTRATION_TO_DECIDE = (
        "registration_to_decide",
        "يبتّ موظف في كل طلب تسجيل.",
        "An officer decides every registration.",
    )
    POLICY_ASKS_FOR_OFFICER = (
        "policy_asks_for_officer",
        "تقضي السياسة بأن يبتّ موظف في كل طلب تجديد.",
        "Policy requires an officer to decide every renewal.",
    )
    IDENTITY_NUMBER_HELD = (
        "identity_number_held",
        "رقم الهوية مسجّل لممارس آخر أو مطلوب في طلب ممارس آخر.",
        "The identity number belongs to another practitioner, or another request asks for it.",
    )
    WARNINGS_RAISED = (
        "warnings_raised",
        "رصد التدقيق الآلي ملاحظة تستدعي النظر.",
        "The automatic checks raised a doubt that needs a person to look at it.",
    )


class RejectionReason(SaidReason):
    """Why an officer says no; the applicant reads the sentence."""

    DOCUMENTS_NOT_AUTHENTIC = (
        "documents_not_authentic",
        "تعذّر التحقق من صحة المستندات المرفقة.",
        "We could not confirm that the documents are authentic.",
    )
    IDENTITY_MISMATCH = (
        "identity_mismatch",
        "بيانات الهوية لا تخص صاحب هذا التسجيل.",
        "The identity details do not belong to the holder of this registration.",
    )
    NOT_ELIGIBLE = (
        "not_eligible",
        "لم تُستوفَ شروط هذا الطلب.",
        "The conditions for this request are not met.",
    )
    DUPLICATE_REQUEST = (
        "duplicate_request",
        "سبق تقديم طلب بالبيانات نفسها.",
        "This has already been requested.",
    )
    OTHER_SEE_NOTE = (
        "other_see_note",
        "لسبب آخر موضّح في ملاحظة الموظف المختص.",
        "For another reason, explained in the officer's note.",
    )


class ReturnReason(SaidReason):
    """What is to be corrected before the request can be decided."""

    DOCUMENT_MISSING = (
        "document_missing",
        "يُرجى إرفاق المستند الذي يثبت هذا التغيير.",
        "Attach the document that proves this change.",
    )
    DOCUMENT_NOT_ACCEPTED = (
        "document_not_accepted",
        "المستند المرفق غير مقبول، ويُرجى إرفاق غيره.",
        "The document is not accepted. Attach another one.",
    )
    DIFFERS_FROM_DOCUMENT = (
        "differs_from_document",
        "هذا البيان لا يطابق المستند المرفق.",
        "This does not match the document.",
    )
    UNCLEAR = (
        "unclear",
        "هذا البيان غير واضح أو غير مكتمل.",
        "This is unclear or incomplete.",
    )
    OTHER_SEE_NOTE = (
        "other_see_note",
        "يُرجى تصحيح البيان كما هو موضّح في ملاحظة الموظف المختص.",
        "Correct this as the officer's note explains.",
    )


#: What an officer may give as a reason; an approval has none.
REASONS: Mapping[Verdict, tuple[SaidReason, ...]] = {
    Verdict.APPROVE: (),
    Verdict.RETURN: tuple(ReturnReason),
    Verdict.REJECT: tuple(RejectionReason),
}
#: These say nothing by themselves: they send the applicant to the officer's note.
WANT_A_NOTE = frozenset({RejectionReason.OTHER_SEE_NOTE, ReturnReason.OTHER_SEE_NOTE})

_ANOTHERS = frozenset({IDENTITY_NUMBER_HELD, IDENTITY_NUMBER_WANTED})

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


def reason_of(group: Group) -> ReviewReason:
    """Why a person is needed where this group changes, and policy asks for one."""
    return _REASON_OF[group]


@dataclass(frozen=True)
class ReviewNeed:
    """How many different officers must approve, and why; 0 opens the gate at once."""

    approvals: int
    reasons: tuple[ReviewReason, ...]

    def __or__(self, other: "ReviewNeed") -> "ReviewNeed":
        """Both needs at once: the larger number, all reasons in the order of `ReviewReason`."""
        reasons = {*self.reasons, *other.reasons}
        ordered = tuple(reason for reason in ReviewReason if reason in reasons)
        return ReviewNeed(max(self.approvals, other.approvals), ordered)


def review_needed(
    changed_fields: Collection[Field],
    *,
    has_certificates: bool,
    has_experience: bool,
    doubts: Collection[Doubt],
    policy: Policy,
) -> ReviewNeed:
    """Who must decide on these changes, by policy (DESIGN.md, decision 6).

    The strictest group or doubt decides the number; everything that asks for an officer gives its
    reason, in the order of `ReviewReason`.
    """
    changed = set(groups_of(changed_fields))
    changed |= {Group.CERTIFICATES} if has_certificates else set()
    changed |= {Group.EXPERIENCE} if has_experience else set()
    asked = {_REASON_OF[group]: policy.review.approvals[group] for group in changed}
    return _need(asked) | doubts_need(doubts, policy)


def doubts_need(doubts: Collection[Doubt], policy: Policy) -> ReviewNeed:
    """Who must look at these doubts.

    Policy says how many officers, but for an identity number that is somebody else's: at least one.
    """
    asked: dict[ReviewReason, int] = {}
    if doubts:
        asked[ReviewReason.WARNINGS_RAISED] = policy.review.approvals_on_warnings
    if any(doubt.code in _ANOTHERS for doubt in doubts):
        asked[ReviewReason.IDENTITY_NUMBER_HELD] = max(1, policy.review.approvals_on_warnings)
    return _need(asked)


def _need(asked: Mapping[ReviewReason, int]) -> ReviewNeed:
    reasons = tuple(reason for reason in ReviewReason if asked.get(reason, 0) > 0)
    return ReviewNeed(max(asked.values(), default=0), reasons)
