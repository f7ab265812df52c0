"""A card renewal as an officer reads it."""

from rules.card_renewal.fees import fee_sentences, fine_sentences
from rules.card_renewal.plan import RenewalPlan
from rules.findings.both_languages import InBoth
from rules.requests.proposed import Fact, Proposed, RaisedDoubt


def proposed_renewal(plan: RenewalPlan) -> Proposed:
    """The plan of the renewal; it changes no field, and its official record is nobody's."""
    expires_on = plan.old_expires_on.isoformat()
    counted, needed = plan.hours_counted, plan.hours_needed
    years = InBoth(str(plan.years), f"{plan.years} year{'' if plan.years == 1 else 's'}")
    facts = (
        Fact(InBoth("تاريخ انتهاء البطاقة", "Card expires on"), InBoth(expires_on, expires_on)),
        Fact(InBoth("مدة التجديد بالسنوات", "Renewed for"), years),
        Fact(
            InBoth("ساعات التطوير المهني", "CPD hours"),
            InBoth(f"{counted} من {needed}", f"{counted} of {needed}"),
        ),
        Fact(InBoth("الرسوم", "Fee"), fee_sentences(plan.fee)),
        Fact(InBoth("الغرامة", "Fine"), fine_sentences(plan.fine)),
    )
    return Proposed(
        facts=facts,
        documents=plan.documents,
        doubts=tuple(RaisedDoubt(doubt, "") for doubt in plan.warnings),
    )
