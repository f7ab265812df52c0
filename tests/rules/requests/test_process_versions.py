"""Which version of its process a request goes on under."""

import pytest

from rules.requests.process_versions import ProcessOfLaterVersion, check_known, current_version
from rules.requests.statuses import Kind


@pytest.mark.parametrize("kind", Kind)
def test_what_began_under_the_newest_version_or_an_older_one_is_known(kind: Kind) -> None:
    """A worker carries both."""
    for version in range(1, current_version(kind) + 1):
        check_known("RK-1", kind, version)


def test_what_began_under_a_later_version_waits_for_a_later_worker() -> None:
    """The refusal says which request, and both versions."""
    known = current_version(Kind.REGISTRATION)

    with pytest.raises(ProcessOfLaterVersion) as refused:
        check_known("RK-1", Kind.REGISTRATION, known + 1)

    assert str(refused.value) == (
        f"request RK-1 began under version {known + 1} of its process, and this program knows "
        f"{known} at most: a worker of the later version carries it"
    )
