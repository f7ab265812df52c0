"""What of a queue is wanted, in an address and out of it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.requests.queue_filters import (
    NO_FILTER,
    DueWhen,
    QueueFilters,
    read_filters,
    said_filters,
)
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind

FILTERS = st.builds(
    QueueFilters,
    kind=st.none() | st.sampled_from(Kind),
    why=st.none() | st.sampled_from(ReviewReason),
    due=st.none() | st.sampled_from(DueWhen),
    before=st.none() | st.dates(date(2000, 1, 1), date(2999, 12, 31)),
    officer=st.none() | st.from_regex(r"[a-z][a-z0-9._-]{1,39}", fullmatch=True),
)


@given(FILTERS)
def test_what_is_said_is_read_again(filters: QueueFilters) -> None:
    """And nothing is said of what does not matter."""
    said = said_filters(filters)

    assert read_filters(said) == filters
    assert "" not in said.values()


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "x"},
        {"kind": "Card_Renewal"},
        {"why": "no_reason"},
        {"due": "yesterday"},
        {"before": "2026-02-30"},
        {"before": "0001-01-01"},
        {"before": "2026-W01-1"},
        {"before": "٢٠٢٦-٠١-٠١"},
        {"officer": "<b>"},
        {"officer": "a" * 41},
        {"officer": "amal\x00"},
        {"other": "amal"},
    ],
)
def test_what_cannot_be_read_counts_as_unsaid(said: dict[str, str]) -> None:
    """Whoever wrote the address."""
    assert read_filters(said) == NO_FILTER


@pytest.mark.parametrize("typed", [" Amal ", "\u2066Amal\u2069", "AM\u200fAL\u00a0"])
def test_a_user_name_is_read_as_it_is_kept(typed: str) -> None:
    """Without blanks and marks that nobody sees, in small letters."""
    assert read_filters({"officer": typed}).officer == "amal"
