"""What the rules would say of a submission that is not handed in yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from desk.kinds.reading import SubmissionRefused
from desk.requests.submission import rehearse
from models.drafts import Draft
from models.requests import Request
from rules.findings.problems import Problem
from rules.requests.statuses import Kind


async def problems_of(
    kind: Kind,
    document: Mapping[str, Any],
    *,
    corrects: Request | None = None,
    draft: Draft | None = None,
    now: datetime,
) -> tuple[Problem, ...]:
    """All of them, as a new request or as the correction of one. Changes nothing."""
    code = corrects.tracking_code if corrects else None
    try:
        checked = await rehearse(kind, document, now=now, tracking_code=code, draft=draft)
    except SubmissionRefused as refused:
        return refused.problems
    return checked.problems
