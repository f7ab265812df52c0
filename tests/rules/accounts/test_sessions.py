"""When a session is over, and what its browser is called."""

from datetime import UTC, datetime, timedelta

import pytest

from rules.accounts.kinds import AccountKind
from rules.accounts.sessions import browser_in_words, end_of_session
from support.policies import frozen_policy

BEGAN = datetime(2026, 11, 25, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "seen_after", "ends_after"),
    [
        (AccountKind.PRACTITIONER, timedelta(0), timedelta(minutes=30)),
        (AccountKind.PRACTITIONER, timedelta(hours=3), timedelta(hours=3, minutes=30)),
        (AccountKind.PRACTITIONER, timedelta(hours=11, minutes=50), timedelta(hours=12)),
        (AccountKind.OFFICER, timedelta(hours=9, minutes=50), timedelta(hours=10)),
    ],
)
def test_it_ends_when_it_idles_and_when_it_is_old(
    kind: AccountKind, seen_after: timedelta, ends_after: timedelta
) -> None:
    """Whichever comes first."""
    end = end_of_session(
        began_at=BEGAN, seen_at=BEGAN + seen_after, kind=kind, policy=frozen_policy().accounts
    )

    assert end == BEGAN + ends_after


_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"
_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_ANDROID = "Mozilla/5.0 (Linux; Android 16)"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0)"


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (f"{_IPHONE} {_WEBKIT} Version/19.0 Mobile Safari/604.1", "Safari, iPhone"),
        (f"{_WINDOWS} {_WEBKIT} Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
        (f"{_ANDROID} {_WEBKIT} SamsungBrowser/28.0 Chrome/130", "Samsung Internet, Android"),
        (f"{_LINUX} Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_words_of_ours(agent: str, said: str) -> None:
    """Nothing of a stranger's header is kept or shown."""
    assert browser_in_words(agent) == said
