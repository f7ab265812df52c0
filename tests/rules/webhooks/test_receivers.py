"""Where webhooks may go."""

from dataclasses import replace

import pytest

from rules.webhooks.receivers import ReceiverRefused, may_reach, read_receiver
from support.policies import frozen_policy

POLICY = frozen_policy().webhooks
LOCAL = replace(POLICY, plain_http=True, networks=("10.20.0.0/16", "fd00:20::/32"))


@pytest.mark.parametrize(
    ("typed", "host", "port", "target"),
    [
        ("https://hr.example.org", "hr.example.org", 443, "/"),
        (" https://HR.example.org:8443/a/b?c=d ", "hr.example.org", 8443, "/a/b?c=d"),
        ("https://xn--mgbh0fb.example", "xn--mgbh0fb.example", 443, "/"),
        ("https://93.184.215.14/hook", "93.184.215.14", 443, "/hook"),
        ("https://[2606:2800:21f:cb07::1]/hook", "2606:2800:21f:cb07::1", 443, "/hook"),
    ],
)
def test_an_https_address_is_taken_apart(typed: str, host: str, port: int, target: str) -> None:
    """As it is connected to, and asked for."""
    found = read_receiver(typed, POLICY)

    assert (found.host, found.port, found.target, found.scheme) == (host, port, target, "https")
    assert found.url == typed.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hr.example.org/hook",
        "http://hr.example.org/hook",
        "ftp://hr.example.org/hook",
        "file:///etc/passwd",
        "https:///hook",
        "https://user@hr.example.org/",
        "https://user:secret@hr.example.org/",
        "https://hr.example.org/#part",
        "https://hr.example.org:0/",
        "https://hr.example.org:65536/",
        "https://hr.example.org:x/",
        "https://hr.example.org\\@10.0.0.1/",
        "https://hr.exa mple.org/",
        "https://hr.example.org/a\\b",
        "https://hr.example.org/\r\nHost: other",
        "https://مثال.example/",
        "https://-example.org/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://127.0.0.1/",
        "https://10.20.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://hr.example.org/" + "a" * 2_000,
    ],
)
def test_any_other_address_is_refused(typed: str) -> None:
    """Also one within our own network that is written as such."""
    with pytest.raises(ReceiverRefused):
        read_receiver(typed, POLICY)


def test_the_longest_address_is_taken() -> None:
    """One character more is refused."""
    longest = "https://hr.example.org/".ljust(2_000, "a")

    assert read_receiver(longest, POLICY).url == longest
    with pytest.raises(ReceiverRefused):
        read_receiver(longest + "a", POLICY)


def test_policy_may_open_http_and_networks_of_the_house() -> None:
    """Both are for those who run it to say."""
    assert read_receiver("http://10.20.0.1:80/hook", LOCAL).scheme == "http"
    assert read_receiver("https://10.20.0.1/hook", LOCAL).scheme == "https"
    with pytest.raises(ReceiverRefused):
        read_receiver("http://10.21.0.1/hook", LOCAL)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1"])
def test_public_addresses_are_reached(address: str) -> None:
    """Of either family."""
    assert may_reach(address, ())


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - nothing is bound to it
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_no_other_address_is(address: str) -> None:
    """This machine, what is behind it, what is reserved, and what embeds another address."""
    assert not may_reach(address, ())


@pytest.mark.parametrize(
    ("address", "is_reached"),
    [
        ("10.20.0.0", True),
        ("10.20.255.255", True),
        ("::ffff:10.20.3.4", True),
        ("fd00:20::1", True),
        ("10.19.255.255", False),
        ("10.21.0.0", False),
        ("fd00:21::1", False),
    ],
)
def test_networks_that_policy_names_are_reached(address: str, *, is_reached: bool) -> None:
    """To their edges, and not beyond."""
    assert may_reach(address, LOCAL.networks) is is_reached
