"""Numbers as people and programs read them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.burst import BurstResult
from benchmarks.latency import Latencies

#: What is to be reached on 2 cores: our worker's p50 in seconds, and how often it fits into that of
#: the process worker.
TARGET_SECONDS = 1.0
TARGET_RATIO = 8.0

_MEASURES = {
    "trigger_to_gate": "trigger → gate",
    "decision_to_letter": "decision → letter accepted",
}


@dataclass(frozen=True)
class Report:
    """What one run of the benchmark measured; None for what was not asked for."""

    ours: Latencies | None
    process: Latencies | None
    burst: BurstResult | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost and nothing crashed; slow numbers are no fault."""
        return self.burst is None or self.burst.is_whole

    def to_json(self) -> dict[str, Any]:
        """The report as programs read it; seconds."""
        return {
            "targets": {"ours_p50_seconds": TARGET_SECONDS, "ratio_at_p50": TARGET_RATIO},
            **{measure: self._measure(measure) for measure in _MEASURES},
            "burst": None if self.burst is None else _burst_json(self.burst),
        }

    def lines(self) -> list[str]:
        """The report as a table."""
        return [*self._latency_lines(), *self._burst_lines()]

    def _measure(self, measure: str) -> dict[str, Any]:
        ours, process = self._seconds(self.ours, measure), self._seconds(self.process, measure)
        return {
            "ours": summary(ours),
            "process": summary(process),
            "ratio_at_p50": percentile(process, 50) / percentile(ours, 50)
            if ours and process
            else None,
        }

    def _seconds(self, side: Latencies | None, measure: str) -> list[float]:
        return [] if side is None else list(getattr(side, measure))

    def _latency_lines(self) -> list[str]:
        lines = [f"{'seconds':28}{'worker':10}{'n':>4}{'p50':>9}{'p95':>9}   targets (p50)"]
        for measure, title in _MEASURES.items():
            found = self._measure(measure)
            lines.append(_row(title, "ours", found["ours"], f"< {TARGET_SECONDS:g} s"))
            lines.append(_row("", "process", found["process"], ""))
            if found["ratio_at_p50"] is not None:
                ratio = f"{found['ratio_at_p50']:.1f} x"
                lines.append(f"{'':28}{'ratio':14}{ratio:>9}{'':9}   >= {TARGET_RATIO:g} x")
        return lines

    def _burst_lines(self) -> list[str]:
        if self.burst is None:
            return []
        burst = self.burst
        came = f"{burst.at_gate} at the gate after {burst.seconds:.1f} s"
        broken = f"crashed {burst.crashed}, lost {burst.lost} (both must be 0)"
        return [
            "",
            f"burst on our worker: {burst.submitted} submissions at once",
            f"{came} ({burst.per_second:.1f} a second)",
            f"{broken}, restarted {burst.restarted}",
        ]


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile: always a value that was measured. There must be one."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float | int] | None:
    """How many, p50 and p95; None where nothing was measured."""
    if not values:
        return None
    return {"n": len(values), "p50": percentile(values, 50), "p95": percentile(values, 95)}


def _row(title: str, worker: str, found: dict[str, float] | None, target: str) -> str:
    numbers = (
        f"{'-':>4}{'-':>9}{'-':>9}"
        if found is None
        else f"{found['n']:>4}{found['p50']:>9.3f}{found['p95']:>9.3f}"
    )
    return f"{title:28}{worker:10}{numbers}   {target}".rstrip()


def _burst_json(burst: BurstResult) -> dict[str, Any]:
    return {
        "submitted": burst.submitted,
        "at_gate": burst.at_gate,
        "seconds": burst.seconds,
        "per_second": burst.per_second,
        "crashed": burst.crashed,
        "lost": burst.lost,
        "restarted": burst.restarted,
    }
