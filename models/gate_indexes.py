"""The indexes by which the requests at the review gate are found: a part of their table."""

from sqlalchemy import Index, text

_GATE = text("status = 'under_review'")
_BY_KIND, _BY_REASON = "requests_at_the_gate_by_kind", "requests_at_the_gate_by_reason"

AT_THE_GATE = (
    # Queues are read in this order, page by page, and *Next* takes the first.
    Index("requests_at_the_gate", "review_due_at", "id", postgresql_where=_GATE),
    # The sweep asks for those that became late, and not again for those that are.
    Index(
        "reviews_to_become_late",
        "review_due_at",
        postgresql_where=text("status = 'under_review' AND late_at IS NULL"),
    ),
    # Few are claimed, and few need several officers; those queues are read without the rest.
    Index(
        "requests_claimed",
        "claimed_by",
        postgresql_where=text("status = 'under_review' AND claimed_by IS NOT NULL"),
    ),
    Index(
        "requests_for_several",
        "review_due_at",
        "id",
        postgresql_where=text("status = 'under_review' AND approvals_needed > 1"),
    ),
    # A queue that is narrowed to what few are of is read without the rest as well.
    Index(_BY_KIND, "kind", "review_due_at", "id", postgresql_where=_GATE),
    Index(_BY_REASON, "review_reasons", postgresql_using="gin", postgresql_where=_GATE),
)
