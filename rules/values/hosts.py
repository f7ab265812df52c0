"""Names of hosts, as far as what we decide depends on them."""

#: This machine, by its names: what leads there leads nobody else anywhere.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
