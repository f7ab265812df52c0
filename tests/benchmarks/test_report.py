"""What the benchmark makes of its numbers."""

import json

from benchmarks.burst import BurstResult
from benchmarks.latency import Latencies
from benchmarks.report import Report, percentile, summary

OURS = Latencies([0.5, 0.4, 0.6], [0.25, 0.5, 0.75])
PROCESS = Latencies([8.0, 12.0, 10.0], [6.0, 5.0, 20.0])
WHOLE = BurstResult(submitted=100, at_gate=100, seconds=25.0, crashed=0, restarted=0)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """Nearest rank: no number between two measurements is made up."""
    assert (percentile([4, 1, 3, 2], 50), percentile([4, 1, 3, 2], 95)) == (2, 4)
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7.0], 50) == 7.0


def test_nothing_measured_has_no_summary() -> None:
    """Rather than zeros."""
    assert summary([]) is None


def test_the_ratio_is_that_of_the_medians() -> None:
    """Process over ours, for each of the two waits."""
    report = Report(OURS, PROCESS, None).to_json()

    assert report["trigger_to_gate"]["ratio_at_p50"] == 20.0
    assert report["decision_to_letter"]["ratio_at_p50"] == 12.0


def test_a_side_that_was_left_out_has_no_ratio() -> None:
    """And the report is JSON all the same."""
    report = json.loads(json.dumps(Report(OURS, None, None).to_json()))

    assert report["trigger_to_gate"]["process"] is None
    assert report["trigger_to_gate"]["ratio_at_p50"] is None


def test_the_table_shows_both_sides_the_ratio_and_the_targets() -> None:
    """So that nobody has to look up what was to be reached."""
    lines = Report(OURS, PROCESS, WHOLE).lines()

    assert _words(lines[1]) == "trigger → gate ours 3 0.500 0.600 < 1 s"
    assert _words(lines[2]) == "process 3 10.000 12.000"
    assert _words(lines[3]) == "ratio 20.0 x >= 8 x"
    assert "100 at the gate after 25.0 s (4.0 a second)" in "\n".join(lines)


def test_slow_numbers_are_no_fault() -> None:
    """The exit code tells of what was lost, and of nothing else."""
    slow = Latencies([50.0], [50.0])

    assert Report(slow, PROCESS, WHOLE).is_whole


def test_a_lost_request_is_a_fault() -> None:
    """One that did not come to the gate in the time given."""
    burst = BurstResult(submitted=100, at_gate=99, seconds=25.0, crashed=0, restarted=0)

    assert burst.lost == 1
    assert not Report(OURS, None, burst).is_whole


def test_a_crashed_run_is_a_fault_even_if_its_request_came_through() -> None:
    """The sweep repairs it, but it should not have happened."""
    burst = BurstResult(submitted=100, at_gate=100, seconds=25.0, crashed=1, restarted=1)

    assert burst.lost == 0
    assert not Report(OURS, None, burst).is_whole


def _words(line: str) -> str:
    return " ".join(line.split())
