"""How much memory a benchmark needs."""

from pathlib import Path


def peak_mib() -> float:
    """The most that this process has held so far.

    Not ``ru_maxrss``, which begins with what the parent had that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
