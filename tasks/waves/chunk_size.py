"""How many of a file's rows a wave carries together."""

#: Seconds that whoever comes alone may wait for a step of such a chunk.
_STEP = 0.25
#: The first chunk; and what no chunk is below or above, however slow or quick the machine.
FIRST, FEWEST, MOST = 250, 50, 500


def next_size(size: int, carried: int, longest: float) -> int:
    """The size of the next chunk, by the ``longest`` step in seconds that the last one took.

    From a chunk that was not full nothing is learnt: it is what every step costs once. One slow
    step halves it at most, and one quick one doubles it.
    """
    if carried < size:
        return size
    wanted = int(size * _STEP / max(longest, 0.001))
    return min(max(wanted, size // 2, FEWEST), 2 * size, MOST)
