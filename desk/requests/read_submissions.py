"""A submission that has been read: its kind's own type, its key, and what is kept of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desk.kinds.kind import KindOfRequest
from desk.kinds.reading import SubmissionRefused
from models.submission_keys import content_digest
from rules.findings.problems import Problem, ValueRefused
from rules.requests.frame import Framed
from rules.values.text import clean_idempotency_key


@dataclass(frozen=True, repr=False)
class ReadSubmission:
    """A submission that has its shape; `rules` judge its content."""

    kind: KindOfRequest[Any]
    submission: Framed
    key: str
    #: As it is kept on the request's row.
    document: dict[str, Any]
    digest: str
    #: What was found where it came from, a file's cell, before anything read it: it is refused.
    noted: tuple[Problem, ...] = ()

    def refusal(self, problems: Iterable[Problem]) -> SubmissionRefused:
        """With all that stands against it; of what was noted the rules are not heard again."""
        fields = {found.field for found in self.noted}
        return SubmissionRefused(
            [*self.noted, *(found for found in problems if found.field not in fields)]
        )


def read_submission(
    kind: KindOfRequest[Any],
    submission: Mapping[str, Any] | Framed,
    noted: tuple[Problem, ...] = (),
) -> ReadSubmission:
    """A JSON object or the kind's own type, read once; raises `SubmissionRefused`."""
    try:
        read = kind.read(submission)
        key = clean_idempotency_key(read.idempotency_key)
    except SubmissionRefused as misfit:
        raise SubmissionRefused([*noted, *misfit.problems]) from None
    except ValueRefused as refused:
        raise SubmissionRefused([*noted, refused.about("idempotency_key")]) from None
    document = kind.to_json(read)
    return ReadSubmission(kind, read, key, document, content_digest(document), noted)
