"""A card renewal as an officer reads it."""

from rules.card_renewal.fees import fee_sentences, fine_sentences
from rules.card_renewal.plan import RenewalPlan
from rules.findings.doubts import Doubt
from rules.requests.proposed import Fact, Proposed, RaisedDoubt
from rules.requests.review import Sentences


def proposed_renewal(plan: RenewalPlan) -> Proposed:
    """The plan of the renewal; it changes no field, and its official record is nobody's."""
    expires_on = plan.old_expires_on.isoformat()
    counted, needed = plan.hours_counted, plan.hours_needed
    facts = (
        (("تاريخ انتهاء البطاقة", "Card expires on"), (expires_on, expires_on)),
        (
            ("مدة التجديد بالسنوات", "Renewed for"),
            (str(plan.years), f"{plan.years} year{'' if plan.years == 1 else 's'}"),
        ),
        (
            ("ساعات التطوير المهني", "CPD hours"),
            (f"{counted} من {needed}", f"{counted} of {needed}"),
        ),
        (("الرسوم", "Fee"), fee_sentences(plan.fee)),
        (("الغرامة", "Fine"), fine_sentences(plan.fine)),
    )
    return Proposed(
        facts=tuple(Fact(Sentences(*label), Sentences(*value)) for label, value in facts),
        documents=plan.documents,
        doubts=tuple(RaisedDoubt(Doubt(code, ""), "") for code in plan.warnings),
    )
