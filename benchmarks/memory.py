"""How much memory a benchmark needs."""

from pathlib import Path


def peak_mib(pid: int | str = "self") -> float:
    """The most that this process, or another of ours, has held so far.

    Not ``ru_maxrss``, which begins with what the parent had that started it.
    """
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def forget_peak(pid: int) -> None:
    """From now on the peak of this process is what it has held since."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
