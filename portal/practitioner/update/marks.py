"""What an officer, or the checks, marked in a returned update."""

from collections.abc import Mapping

from desk.drafts.update import Written
from portal.practitioner.update.forms import form_of
from rules.findings.both_languages import InBoth
from rules.findings.problems import Problem
from rules.profile_update.drafted import Drafted, Entry, entry_of


def marks_of(written: Written) -> Mapping[str, InBoth]:
    """The words, by the field or the list that they speak of; none for a new request."""
    return {found.field: found.sentence for found in _marks(written)}


def words_on(written: Written, part: str) -> dict[str, tuple[InBoth, ...]]:
    """The words on one certificate, experience or document: by its box, or "" for all of it."""
    found: dict[str, tuple[InBoth, ...]] = {}
    entry, request = entry_of(part), written.corrects
    if entry is None or request is None:
        return found
    submitted = Drafted(
        {},
        {
            each.member: tuple(
                f"{each}-{number}" for number in range(1, len(request.submission[each.member]) + 1)
            )
            for each in Entry
        },
    )
    boxes = {field.name for field in form_of(part).fields}
    for mark in _marks(written):
        place = submitted.place_of(mark.field)
        if mark.field == entry.member:
            place = (part, "")
        if place is not None and place[0] == part:
            box = place[1] if place[1] in boxes else ""
            found[box] = (*found.get(box, ()), mark.sentence)
    return found


def _marks(written: Written) -> list[Problem]:
    request = written.corrects
    return [Problem.from_json(found) for found in request.corrections] if request else []
