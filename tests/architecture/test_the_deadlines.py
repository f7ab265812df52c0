"""No test of ours fails because the machine is busy."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
#: Seconds. What ends sooner than this is about the test; what hangs, pytest ends by itself.
_LONG = 60
_DEADLINES = frozenset({"asyncio.timeout", "asyncio.wait_for"})
#: What has one of five seconds unless it says otherwise.
_CLIENTS = ("AsyncClient", "Client", "request", "stream")
_VERBS = ("delete", "get", "head", "options", "patch", "post", "put")
_HTTPX = frozenset(f"httpx.{each}" for each in (*_CLIENTS, *_VERBS))
_CLOCKS = frozenset({"time.monotonic", "time.perf_counter", "time.time"})


def found_in(source: str) -> Iterator[str]:
    """Deadlines of few seconds, said or not, and what took fewer seconds than a number says."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call() if ast.unparse(node.func) in _DEADLINES:
                said = [*node.args, *(keyword.value for keyword in node.keywords)]
                if any(0 < seconds < _LONG for seconds in map(_number, said)):
                    yield ast.unparse(node)
            case ast.Call() if ast.unparse(node.func) in _HTTPX:
                said = {keyword.arg: keyword.value for keyword in node.keywords}
                is_short = isinstance(said.get("timeout"), ast.Constant | None) and (
                    _number(said.get("timeout")) < _LONG
                )
                if is_short and "transport" not in said:  # without a socket nothing is waited for
                    yield ast.unparse(node)
            case ast.Compare(left=ast.BinOp(left=ast.Call(func=clock)), ops=[ast.Lt() | ast.LtE()]):
                if ast.unparse(clock) in _CLOCKS and _number(node.comparators[0]):
                    yield ast.unparse(node)


def _number(node: ast.expr | None) -> float:
    value = node.value if isinstance(node, ast.Constant) else None
    return float(value) if isinstance(value, int | float) else 0.0


def test_no_test_has_a_deadline_that_a_busy_machine_breaks() -> None:
    """`support.patience` waits longer where the machine is busy."""
    found = {
        str(file.relative_to(TESTS)): lines
        for file in sorted(TESTS.rglob("*.py"))
        if (lines := list(found_in(file.read_text(encoding="utf-8"))))
    }

    assert found == {}


def test_what_would_break_is_found() -> None:
    """Else the test above says nothing."""
    broken = """
async with asyncio.timeout(5):
    await asyncio.wait_for(coming(), timeout=0.5)
    httpx.get(page)
    httpx.Client(timeout=30)
assert time.monotonic() - begun < 5
"""

    assert len(list(found_in(broken))) == 5
