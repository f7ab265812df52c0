"""Whatever is handed in as a registration is read, or refused with problems; nothing is kept."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import func, select

from desk.kinds import registering
from desk.kinds.reading import SubmissionRefused
from desk.kinds.registration import REGISTRATION
from desk.policy import current_policy
from desk.requests.submission import accept
from models.database import transaction
from models.requests import Request
from rules.findings.problems import Problem
from rules.registration.submission import RegistrationSubmission
from rules.requests.statuses import Kind
from support.hostile import HOSTILE
from support.newcomers import LAYLA, registration
from support.requests import NOW

Path = tuple[str | int, ...]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


def places(document: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in this document, itself but first."""
    members = document.items() if isinstance(document, dict) else enumerate(document)
    for name, inner in members:
        yield (*at, name)
        if isinstance(inner, dict | list):
            yield from places(inner, (*at, name))


def with_at(document: dict[str, Any], at: Path, value: Any) -> dict[str, Any]:
    """The document with another value at this place."""
    changed = deepcopy(document)
    within: Any = changed
    for name in at[:-1]:
        within = within[name]
    within[at[-1]] = value
    return changed


def read(document: dict[str, Any]) -> tuple[RegistrationSubmission | None, tuple[Problem, ...]]:
    """The submission, or what is wrong with its shape."""
    try:
        return REGISTRATION.read(document), ()
    except SubmissionRefused as refused:
        return None, tuple(refused.problems)


PLACES = sorted(places(registration()), key=str)


@given(at=st.sampled_from(PLACES), value=JSON)
def test_any_value_in_any_place_is_read_or_refused(at: Path, value: Any) -> None:
    """And what is read has an applicant, and is the same when it is read from its row."""
    document = with_at(registration(), at, value)

    found, problems = read(document)

    if found is None:
        assert problems
        assert all(each.sentence.en and each.sentence.ar for each in problems)
    else:
        assert REGISTRATION.read(REGISTRATION.to_json(found)) == found
        assert registering.as_submitted(found).practitioner_id is None


@given(st.dictionaries(st.sampled_from(sorted(LAYLA)), st.text(max_size=80)))
def test_no_text_keeps_an_applicant_from_being_named(typed: dict[str, str]) -> None:
    """What the rules cannot read of somebody is empty, and never as it was typed."""
    applicant = registering.as_submitted(REGISTRATION.read(registration(profile=typed)))

    assert applicant.email == "" or "@" in applicant.email
    assert all(len(name) < 1000 for name in (applicant.name_ar, applicant.name_en))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.usefixtures("database")
async def test_a_hostile_string_is_refused_at_the_door(hostile: str) -> None:
    """In every field at once: a problem of each that says nothing of it, and no row."""
    wish = registration(profile=dict.fromkeys(LAYLA, hostile))

    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.REGISTRATION, wish, now=NOW)

    async with transaction() as session:
        kept = (await session.exec(select(func.count()).select_from(Request))).one()
    fields = {each.field.removeprefix("profile.") for each in refused.value.problems}
    assert fields >= set(LAYLA)
    assert all(hostile not in each.sentence.en for each in refused.value.problems)
    assert kept == 0


@pytest.mark.usefixtures("database")
async def test_more_certificates_than_policy_takes_are_refused() -> None:
    """As one problem, however many there are."""
    wish = registration()
    most = current_policy().limits.certificates
    wish["certificates"] = wish["certificates"] * (most * 20)

    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.REGISTRATION, wish, now=NOW)

    assert "certificates" in {each.field for each in refused.value.problems}
