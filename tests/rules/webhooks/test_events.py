"""What a webhook tells."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from rules.requests.statuses import Status
from rules.webhooks.events import EventUnknown, Happening, clean_events
from support.requests import NOW

HAPPENING = Happening(
    number=7,
    request_id=UUID(int=1),
    at=NOW,
    tracking_code="K7Q2-M9XD",
    kind="card_renewal",
    status="activated",
    status_before="awaiting_activation",
    reason_code=None,
    round=2,
)


def test_it_is_a_cloud_event_in_codes() -> None:
    """All that the specification asks for, and the data in codes."""
    assert json.loads(HAPPENING.cloud_event("https://portal.example/api/v1")) == {
        "specversion": "1.0",
        "id": str(HAPPENING.id),
        "source": "https://portal.example/api/v1",
        "type": "mumaris.request.activated",
        "subject": "K7Q2-M9XD",
        "time": "2026-11-23T09:00:00+00:00",
        "datacontenttype": "application/json",
        "data": {
            "tracking_code": "K7Q2-M9XD",
            "kind": "card_renewal",
            "status": "activated",
            "status_before": "awaiting_activation",
            "reason_code": None,
            "round": 2,
        },
    }


def test_an_event_keeps_its_id_and_another_has_another() -> None:
    """Repeats are dropped by it."""
    assert replace(HAPPENING, reason_code="other").id == HAPPENING.id
    assert replace(HAPPENING, number=8).id != HAPPENING.id


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ((), tuple(Status)),
        (("activated",), (Status.ACTIVATED,)),
        (
            ("mumaris.request.activated", " awaiting_payment "),
            (Status.AWAITING_PAYMENT, Status.ACTIVATED),
        ),
    ],
)
def test_events_are_named_by_statuses(typed: tuple[str, ...], heard: tuple[Status, ...]) -> None:
    """None is all of them."""
    assert clean_events(typed) == heard


@pytest.mark.parametrize("typed", ["", "claimed", "mumaris.card.activated", "ACTIVATED"])
def test_anything_else_is_no_event_for_others(typed: str) -> None:
    """What officers do among themselves is theirs."""
    with pytest.raises(EventUnknown):
        clean_events([typed])


def test_it_travels_without_blanks() -> None:
    """It is signed as it is: the same bytes on every attempt, and no more than needed."""
    told = HAPPENING.cloud_event("https://portal.example/api/v1")

    assert b'"specversion":"1.0","id":' in told
