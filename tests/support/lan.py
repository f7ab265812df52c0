"""Machines on cables that tests pull: network namespaces that a bridge joins, which needs root.

A link of `support.network` answers TCP itself, whatever it lets through. Here the kernel's network
does: what is sent over a pulled cable is lost, and neither side is told.
"""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

#: Networks there can be at once. Their addresses (RFC 2544) are for tests and lead nowhere else.
_NUMBERS = range(256)
_ADDRESS = "198.18.{}.{}"
#: Where machines' addresses begin; those below are the bridge's.
_FIRST = 11


class NoLan(Exception):
    """No network can be made here; it says why."""


@dataclass(frozen=True)
class Cable:
    """Between the bridge and one machine, which is a network namespace of the same name."""

    name: str
    #: The machine's.
    address: str

    def within(self, *command: str) -> list[str]:
        """The command that runs this one on the machine, as the same process."""
        return ["ip", "netns", "exec", self.name, *command]

    def pull(self) -> None:
        """Whatever is sent from now on is lost."""
        _ip("link", "set", self.name, "down")

    def plug(self) -> None:
        """As before; connections that neither side has given up go on."""
        _ip("link", "set", self.name, "up")


@dataclass(frozen=True)
class Lan:
    """A bridge with two addresses of this process, and what is plugged into it."""

    bridge: str
    subnet: str
    #: Where this process's servers listen for the machines.
    hosts: tuple[str, str]
    cables: tuple[Cable, ...]


def lan_or_skip(opened: ExitStack, machines: int = 1) -> Lan:
    """One that ends with what is ``opened``; the test is skipped where none can be made."""
    try:
        return opened.enter_context(lan(machines))
    except NoLan as why:
        pytest.skip(str(why))


@contextmanager
def lan(machines: int) -> Iterator[Lan]:
    """A network of one's own, with so many machines.

    What killed runs have left of theirs is removed. Raises `NoLan`.
    """
    if os.geteuid() != 0:
        raise NoLan("the run is not root's")
    _remove_leftovers()
    with ExitStack() as held:
        number = held.enter_context(_any_number())
        held.callback(_remove, number)
        yield _laid(number, machines)


def _laid(number: int, machines: int) -> Lan:
    bridge, address = f"mumaris{number}", _ADDRESS.format
    hosts = (address(number, 1), address(number, 2))
    _ip("link", "add", bridge, "type", "bridge")
    for host in hosts:
        _ip("address", "add", f"{host}/24", "dev", bridge)
    _ip("link", "set", bridge, "up")
    cables = tuple(
        Cable(f"{bridge}-{one}", address(number, _FIRST + one)) for one in range(machines)
    )
    for cable in cables:
        _ip("netns", "add", cable.name)
        _ip("link", "add", cable.name, "type", "veth", "peer", "eth0", "netns", cable.name)
        _ip("-n", cable.name, "address", "add", f"{cable.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", cable.name, "link", "set", device, "up")
        _ip("link", "set", cable.name, "master", bridge, "up")
    return Lan(bridge, f"{address(number, 0)}/24", hosts, cables)


@contextmanager
def _any_number() -> Iterator[int]:
    for number in _NUMBERS:
        with _held(number) as is_ours:
            if is_ours:
                yield number
                return
    raise NoLan(f"{len(_NUMBERS)} others are in use")


@contextmanager
def _held(number: int) -> Iterator[bool]:
    """Whether it is ours meanwhile. A socket without a file holds it, which goes with us."""
    with socket.socket(socket.AF_UNIX) as holder:
        try:
            holder.bind(f"\0mumaris-lan-{number}")
        except OSError:
            yield False
        else:
            yield True


def _remove_leftovers() -> None:
    bridges = [re.fullmatch(r"mumaris(\d+)", name) for _, name in socket.if_nameindex()]
    for number in [int(found[1]) for found in bridges if found]:
        with _held(number) as is_left:
            if is_left:
                _remove(number)


def _remove(number: int) -> None:
    """All there is of it; the bridge, by which it is known, last."""
    bridge = f"mumaris{number}"
    spaces = [line.split()[0] for line in _ip("netns", "list").splitlines()]
    for name in spaces:
        if name.startswith(f"{bridge}-"):
            _ip("netns", "delete", name)
    # A namespace goes with its last process, and takes its end of the cable along only then.
    devices = [name for _, name in socket.if_nameindex() if name.startswith(f"{bridge}-")]
    for name in devices:
        subprocess.run(["ip", "link", "delete", name], check=False, capture_output=True)
    if bridge in [name for _, name in socket.if_nameindex()]:
        _ip("link", "delete", bridge)


def _ip(*words: str) -> str:
    try:
        done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NoLan("there is no `ip`") from None
    if done.returncode != 0:
        raise NoLan(f"`ip {' '.join(words)}` says: {done.stderr.strip()}")
    return done.stdout
