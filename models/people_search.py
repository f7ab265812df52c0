"""People found by what officers type: each question is answered by an index.

Names are indexed by the words that the SQL function ``name_words`` (migration 0032) makes of their
eight columns: what `rules.values.name_words` makes of what is typed.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ColumnElement, cast, func, literal, literal_column
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import NAME_WORDS, Practitioner
from models.requests import Request
from rules.requests.searched import By, Searched
from rules.values.name_words import with_and_without_article

_FEWEST_OF_A_BEGINNING = 3


async def people_found(
    session: AsyncSession, searched: Searched, by: By, *, limit: int
) -> list[Practitioner]:
    """Those whom this way finds, in no order: the first that the index has, where there are more.

    ``by`` is one of the `ways` of what was searched for.
    """
    query = select(Practitioner).where(_is_found(searched, by)).limit(limit)
    return list((await session.exec(query)).all())


async def newest_requests(
    session: AsyncSession, people: Collection[UUID], *, each: int
) -> list[Request]:
    """The newest requests of these people, so many of each at most, newest first."""
    place = func.row_number().over(
        partition_by=col(Request.practitioner_id), order_by=col(Request.submitted_at).desc()
    )
    ranked = (
        select(Request.id, place.label("place"))
        .where(col(Request.practitioner_id).in_(people), col(Request.emptied_at).is_(None))
        .subquery()
    )
    query = (
        select(Request)
        .join(ranked, ranked.c.id == col(Request.id))
        .where(ranked.c.place <= each)
        .order_by(col(Request.submitted_at).desc(), col(Request.tracking_code))
    )
    return list((await session.exec(query)).all())


def _is_found(searched: Searched, by: By) -> ColumnElement[bool]:
    if by is By.NAME:
        words: ColumnElement[str] = literal_column(NAME_WORDS, TSVECTOR)
        return words.bool_op("@@")(cast(literal(_as_query(searched.name)), TSQUERY))
    value = searched.exact[by]
    if by in _OF_REQUESTS:
        whose = select(Request.practitioner_id).where(_OF_REQUESTS[by] == value)
        return col(Practitioner.id).in_(whose)
    return _OF_PEOPLE[by] == value


def _as_query(words: Sequence[str]) -> str:
    """All words, each by itself or joined with the one beside it; in letters and digits alone.

    So ``عبد الرحمن`` is found where ``عبدالرحمن`` is on file, and the other way round.
    """
    pairs = [_asked(one + other) for one, other in pairwise(words)]
    # Of each word: the pair that it ends, itself, the pair that it begins.
    ended, begun = ["", *pairs], [*pairs, ""]
    ways = zip(ended, map(_asked, words), begun, strict=True)
    return " & ".join(f"({' | '.join(filter(None, each))})" for each in ways)


def _asked(word: str) -> str:
    """The word as the beginning of one on file, with its article and without.

    A short one as a whole, as it begins too many.
    """
    beginning = ":*" if len(word) >= _FEWEST_OF_A_BEGINNING else ""
    return " | ".join(f"'{each}'{beginning}" for each in with_and_without_article(word))


_OF_PEOPLE = {
    By.REGISTRATION_NUMBER: col(Practitioner.registration_number),
    By.IDENTITY_NUMBER: col(Practitioner.identity_number),
    By.EMAIL: func.lower(col(Practitioner.email)),
}
_OF_REQUESTS = {
    By.TRACKING_CODE: col(Request.tracking_code),
    By.REFERENCE_NUMBER: col(Request.reference_number),
}
