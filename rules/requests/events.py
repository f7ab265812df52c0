"""What can happen to a request: the names of the lines of its history, and of Prefect's events."""

from enum import StrEnum


class EventName(StrEnum):
    """One word for each thing that happens; the first ones are the statuses it comes to.

    A new one also needs its words in `desk.requests.timeline` and a migration
    (`migrations.checks`).
    """

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    RETURNED = "returned"
    APPROVED = "approved"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    AWAITING_ACTIVATION = "awaiting_activation"
    ACTIVATED = "activated"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    #: An officer works on it; nobody does any more; a supervisor said who does.
    CLAIMED = "claimed"
    RELEASED = "released"
    ASSIGNED = "assigned"
    #: An officer passed it on; put it aside until a day; took it up again before.
    SKIPPED = "skipped"
    PUT_ASIDE = "put_aside"
    TAKEN_UP = "taken_up"
    #: An officer's decision waits to land; was taken back before; was refused when it was to.
    DECISION_WAITS = "decision_waits"
    DECISION_TAKEN_BACK = "decision_taken_back"
    DECISION_NOT_LANDED = "decision_not_landed"
    #: Four eyes: the first pair has approved.
    APPROVED_BY_ONE = "approved_by_one"
    #: What it would bring was computed afresh, and officers look again.
    PLAN_CHANGED = "plan_changed"
    REVIEW_ESCALATED = "review_escalated"
    REFERENCE_ISSUED = "reference_issued"
    BILL_NEEDS_AMOUNT = "bill_needs_amount"
    BILL_ISSUED = "bill_issued"
    LINK_RESENT = "link_resent"
    LINK_REMINDED = "link_reminded"
    LINK_EXPIRED = "link_expired"
    #: A changed e-mail address was activated, and waits for the address on file to object.
    ACTIVATION_HELD = "activation_held"
    #: The address before took the contact details back.
    UNDONE = "undone"
    LETTER_FAILED = "letter_failed"
    #: A report said that it did not arrive, although the mail server had taken it.
    LETTER_CAME_BACK = "letter_came_back"
    #: Operations send it again, or say that it is not wanted any more.
    LETTER_RESENT = "letter_resent"
    LETTER_DROPPED = "letter_dropped"
    REGISTER_UNREACHABLE = "register_unreachable"
    RUN_RESTARTED = "run_restarted"
