"""A trip belongs to one browser and one state."""

from identity.provider import Trip, trip_of


def parts(trip: Trip) -> set[str]:
    """What nobody else must be able to name."""
    return {trip.nonce, trip.verifier}


def test_a_trip_follows_from_the_browser_and_the_state() -> None:
    """From both, and from nothing else: another of either is another trip."""
    trip = trip_of("a browser", "a state")
    others = [trip_of("another browser", "a state"), trip_of("a browser", "another state")]

    assert parts(trip_of("a browser", "a state")) == parts(trip)
    assert all(parts(trip).isdisjoint(parts(other)) for other in others)


def test_what_the_provider_repeats_tells_nothing_of_what_it_must_not_know() -> None:
    """The nonce stands in tokens; the verifier is shown with the code alone, as RFC 7636 has it."""
    trip = trip_of("a browser", "a state")

    assert len(parts(trip)) == 2
    assert 43 <= len(trip.verifier) <= 128
    assert trip.verifier.replace("-", "").replace("_", "").isalnum()
