"""The numbers, as people and programs read them, beside what is to be reached."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.whole_pipeline.desk_rates import DeskRates
from benchmarks.whole_pipeline.lone_calls import LoneCalls
from benchmarks.whole_pipeline.ours import NAME as OURS
from benchmarks.whole_pipeline.singles import Singles
from benchmarks.whole_pipeline.waiting_gate import WaitingGate
from benchmarks.whole_pipeline.whole_file import WholeFile

#: On 2 cores: how often the faster peer's rate fits into ours, calls for a lone request, a second
#: accepted and decided one after the other, and what waiting may cost.
TARGET_RATIO = 1.5
TARGET_CALLS = 12
TARGET_ACCEPT, TARGET_DECIDE = 254.0, 250.0
TARGET_OF_A_FILE, TARGET_ALONE_SECONDS = 500.0, 1.0
TARGET_PERCENT, TARGET_PASS_SECONDS = 2.0, 1.0

#: Calls of a route for each request, below which it is noise of the idle stack.
_WORTH_A_LINE = 0.1


@dataclass(frozen=True)
class Report:
    """What one run measured; None, or not in it, for what was not asked for."""

    singles: Mapping[str, Singles]
    #: Why a side is not among them.
    left_out: Mapping[str, str]
    calls: LoneCalls | None = None
    desk: DeskRates | None = None
    waiting: WaitingGate | None = None
    file: WholeFile | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost, doubled or crashed on any side; slow numbers are no fault."""
        of_file = self.file.faults if self.file else ()
        return not (of_file or any(side.faults for side in self.singles.values()))

    @property
    def ratio(self) -> float | None:
        """Our rate by that of the faster peer; None where there is nothing to compare."""
        peers = [side.per_second for name, side in self.singles.items() if name != OURS]
        if OURS not in self.singles or not peers:
            return None
        return self.singles[OURS].per_second / max(peers)

    def to_json(self) -> dict[str, Any]:
        """The report as programs read it; seconds."""
        return {
            "singles": {
                name: {**asdict(side), "per_second": side.per_second}
                for name, side in self.singles.items()
            },
            "left_out": dict(self.left_out),
            "ratio_to_faster_peer": self.ratio,
            "calls": self.calls and {**asdict(self.calls), "all": self.calls.calls},
            "desk": self.desk and asdict(self.desk),
            "waiting": self.waiting and asdict(self.waiting),
            "file": self.file and {**asdict(self.file), "per_second": self.file.per_second},
        }

    def lines(self) -> list[str]:
        """The report as tables."""
        tables = [
            *self._singles(),
            *self._file(),
            *self._calls(),
            *self._desk(),
            *self._waiting(),
        ]
        return tables[1:] if tables and not tables[0] else tables

    def _singles(self) -> list[str]:
        if not self.singles and not self.left_out:
            return []
        titles = ("n", "accepted", "at gate", "decided", "e-mails", "whole", "a second")
        lines = [f"{'all at once, seconds':22}" + "".join(f"{title:>10}" for title in titles)]
        for name, side in self.singles.items():
            seconds = (side.accepted, side.at_gate, side.decided, side.to_last_letter, side.whole)
            lines.append(
                f"{name:22}{side.requests:>10}"
                + "".join(f"{value:>10.2f}" for value in seconds)
                + f"{side.per_second:>10.1f}"
            )
            lines += [f"{'':22}fault: {fault}" for fault in side.faults]
        lines += [f"{name:22}left out: {why}" for name, why in self.left_out.items()]
        if self.ratio is not None:
            target = f"target >= {TARGET_RATIO:g} x"
            lines.append(f"{'ours / faster peer':22}{self.ratio:>68.2f} x   {target}")
        return ["", *lines]

    def _file(self) -> list[str]:
        if self.file is None:
            return []
        file = self.file
        rate = f"a file of {file.requests:,}: {file.per_second:.0f} a second"
        before = f"accepted after {file.accepted:.1f} s, at the gate after {file.at_gate:.1f} s"
        after = (
            f"decided in {file.decided:.1f} s, the last e-mail after {file.to_last_letter:.1f} s"
        )
        lines = [
            "",
            f"{rate}   target >= {TARGET_OF_A_FILE:g}",
            f"{before}; {after}",
            f"then {file.without_run:,} requests had no run of their own in Prefect yet",
        ]
        if file.alone:
            p95 = file.alone[min(len(file.alone) - 1, int(len(file.alone) * 0.95))]
            alone = (
                f"{len(file.alone)} came alone meanwhile: {median(file.alone):.2f} s to the gate"
            )
            lines.append(f"{alone}, p95 {p95:.2f} s   target < {TARGET_ALONE_SECONDS:g} s")
        return [*lines, *(f"fault: {fault}" for fault in file.faults)]

    def _calls(self) -> list[str]:
        if self.calls is None:
            return []
        routes = sorted(self.calls.by_route.items(), key=lambda each: -each[1])
        title = f"calls to Prefect for a lone request: {self.calls.calls:.1f}"
        lines = (f"{each:>10.1f}  {route}" for route, each in routes if each >= _WORTH_A_LINE)
        return ["", f"{title}   target <= {TARGET_CALLS}", *lines]

    def _desk(self) -> list[str]:
        if self.desk is None:
            return []
        lines = [
            "",
            f"{'one process, a second':22}{'in turn':>10}{'at once':>10}   target (in turn)",
        ]
        desk = self.desk
        for what, in_turn, at_once, target in (
            ("accept", desk.accept, desk.accept_at_once, TARGET_ACCEPT),
            ("decide", desk.decide, desk.decide_at_once, TARGET_DECIDE),
            ("accept registration", desk.register, desk.register_at_once, None),
            (
                "decide registration",
                desk.decide_registration,
                desk.decide_registration_at_once,
                None,
            ),
        ):
            wanted = "" if target is None else f"   >= {target:g}"
            lines.append(f"{what:22}{in_turn:>10.0f}{at_once:>10.0f}{wanted}")
        return lines

    def _waiting(self) -> list[str]:
        if self.waiting is None:
            return []
        percent, seconds = self.waiting.worker_percent, self.waiting.pass_seconds
        return [
            "",
            f"{self.waiting.waiting:,} requests wait at the gate",
            f"worker, idle: {percent:.1f} % of a core   target < {TARGET_PERCENT:g} %",
            f"a pass of the sweep: {seconds:.2f} s   target < {TARGET_PASS_SECONDS:g} s",
        ]
