"""How many files are received at once."""

from contextlib import ExitStack

import httpx
import pytest
from fastapi import FastAPI

from portal.documents.answers import _STATUSES
from portal.documents.rooms import (
    MOST,
    MOST_OF_ONE,
    NoRoomForUpload,
    OwnUploadsGoOn,
    UploadRooms,
)
from rules.findings.catalogue import CATALOGUE
from support.documents import PDF_HEAD
from support.people import Applicant
from support.sent_forms import HEADERS, letter


def test_one_person_does_not_take_all_rooms() -> None:
    """Others are served meanwhile; a room is free again when its upload has ended, however."""
    rooms = UploadRooms()
    with ExitStack() as own:
        for _ in range(MOST_OF_ONE):
            own.enter_context(rooms.taken("a"))
        with pytest.raises(OwnUploadsGoOn), rooms.taken("a"):
            pytest.fail("there was room")
        with rooms.taken("b"):
            pass
    with pytest.raises(ZeroDivisionError), rooms.taken("a"):
        _ = 1 / 0
    with ExitStack() as again:
        for _ in range(MOST_OF_ONE):
            again.enter_context(rooms.taken("a"))


def test_there_are_so_many_rooms() -> None:
    """Whoever they are taken by."""
    rooms = UploadRooms()
    with ExitStack() as all_of_them:
        for number in range(MOST):
            all_of_them.enter_context(rooms.taken(f"{number}"))
        with pytest.raises(NoRoomForUpload), rooms.taken("late"):
            pytest.fail("there was room")
    with rooms.taken("late"):
        pass


@pytest.mark.parametrize(("others", "status"), [(False, 429), (True, 503)])
async def test_who_finds_no_room_is_told(
    sender: httpx.AsyncClient,
    documents: FastAPI,
    applicant: Applicant,
    *,
    others: bool,
    status: int,
) -> None:
    """One's own uploads, or those of all."""
    rooms: UploadRooms = documents.state.rooms
    own = applicant.registration_number
    with ExitStack() as taken:
        for number in range(MOST if others else MOST_OF_ONE):
            taken.enter_context(rooms.taken(f"{number}" if others else own))
        answer = await sender.post("/documents", content=letter(PDF_HEAD), headers=HEADERS)

    assert answer.status_code == status
    assert answer.json()["problems"][0]["code"] == f"{status}"


def test_every_code_with_a_status_of_its_own_is_one() -> None:
    """One that was renamed would be answered with 422."""
    assert _STATUSES.keys() <= CATALOGUE.keys()
