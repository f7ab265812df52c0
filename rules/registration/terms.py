"""What policy says of a first registration, as terms to compare."""

from datetime import date

from rules.policy.policy import Policy
from rules.policy.terms import Terms, document_terms
from rules.registration.normalised import NormalisedRegistration
from rules.requests.documents import needed_for_registration


def registration_terms(registration: NormalisedRegistration, today: date, policy: Policy) -> Terms:
    """What a valid registration asks for, what it costs and what it gives."""
    fee = registration.fee
    return {
        **document_terms(needed_for_registration(registration.on_file(""), today, policy)),
        "years": str(registration.years),
        "fee": fee.formatted("en") if fee else "set by the authority",
        "paid_before_activation": "yes" if policy.payment.required_before_activation else "no",
    }
