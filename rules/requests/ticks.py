"""What an officer has to look at before approving: each is ticked by name."""

from collections.abc import Collection, Iterable

from rules.findings.doubts import Doubt
from rules.register.fields import Field, Group
from rules.requests.correctable import Correctable
from rules.requests.documents import DocumentOnRequest, placed
from rules.requests.review import reason_of

#: Looked at in the documents that show it, each of which is ticked by itself.
_BY_DOCUMENTS = frozenset({"documents", "category", "qualification"})


def to_tick(
    touched: Collection[Correctable],
    documents: Iterable[DocumentOnRequest],
    reasons: Collection[str],
    doubts: Iterable[Doubt],
) -> tuple[str, ...]:
    """The names of what must be looked at, in the order in which it is shown.

    A field, or a list that is added to, where its group brought the request to an officer
    (``reasons``, codes of `ReviewReason`), or a doubt is about it: of the rest, the applicant's own
    confirmation is enough. And each document, by its place.
    """
    doubted = {doubt.field for doubt in doubts}
    named = [str(each) for each in Correctable if each in touched and each not in _BY_DOCUMENTS]
    asked = [each for each in named if each in doubted or reason_of(_group_of(each)) in reasons]
    return (*asked, *(place for place, _ in placed(documents)))


def _group_of(name: str) -> Group:
    return Field(name).group if name in set(Field) else Group(name)
