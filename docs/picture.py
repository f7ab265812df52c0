"""Draws the pipelines and the statuses for the README, from the code that runs.

``python docs/picture.py`` writes the pictures into README.md, between their markers;
tests/architecture sees that they are up to date.
"""

import ast
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rules.requests.statuses import ActorKind, Status  # noqa: E402 - the script may be run from anywhere
from rules.requests.transitions import FINAL, TRANSITIONS  # noqa: E402

README = ROOT / "README.md"
FLOWS = ROOT / "flows"
_WAITS = {"review_gate", "correction", "payment", "activation"}
#: Off the straight way: what not every request passes, and when one does.
_ONLY = {
    "correction": "returned",
    "ask_for_payment": "if policy asks",
    "payment": "if policy asks",
}


def pipelines() -> str:
    """A Mermaid flowchart of each flow whose steps a journey takes."""
    charts = []
    for path in sorted(FLOWS.glob("*.py")):
        steps = _steps(path)
        if steps:
            charts.append(_chart(path.stem, steps))
    return "\n".join(["```mermaid", "flowchart LR", *charts, "```"])


def drawn_steps() -> Iterator[str]:
    """The same pipelines in words, for who sees no drawing: Markdown, one list for each."""
    for path in sorted(FLOWS.glob("*.py")):
        steps = _steps(path)
        if steps:
            yield f"\n## {path.stem.replace('_', ' ').capitalize()}\n"
        for name, _ in steps:
            words = name.replace("_", " ")
            when = f" ({_ONLY[name]})" if name in _ONLY else ""
            yield f"1. {f'**{words}**, a wait' if name in _WAITS else words}{when}"


def _steps(path: Path) -> list[tuple[str, bool]]:
    """What the flow awaits of its request, in order, and whether it may be repeated."""
    flow = next(
        (
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.AsyncFunctionDef) and node.name == path.stem
        ),
        None,
    )
    if flow is None:
        return []
    repeated = {
        id(inner)
        for loop in ast.walk(flow)
        if isinstance(loop, ast.While)
        for inner in ast.walk(loop)
    }
    calls = [
        node
        for node in ast.walk(flow)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "request"
    ]
    calls.sort(key=lambda call: call.lineno)
    steps = [(_name(call), id(call) in repeated) for call in calls]
    return [step for step in steps if step[0] != "end"]  # it names the outcome, and does nothing


def _name(call: ast.Call) -> str:
    if call.args and isinstance(call.args[0], ast.Name):
        return call.args[0].id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _chart(flow: str, steps: list[tuple[str, bool]]) -> str:
    lines = [f'  subgraph {flow}["{flow.replace("_", " ")}"]', "    direction LR"]
    for name, _ in steps:
        shape = ("{{", "}}") if name in _WAITS else ("[", "]")
        lines.append(f'    {flow}_{name}{shape[0]}"{name.replace("_", " ")}"{shape[1]}')
    straight = [name for name, _ in steps if name not in _ONLY]
    lines += [f"    {flow}_{one} --> {flow}_{other}" for one, other in pairwise(straight)]
    return "\n".join([*lines, *_side_ways(flow, steps), "  end"])


def _side_ways(flow: str, steps: list[tuple[str, bool]]) -> Iterator[str]:
    """From the step before, over what only some requests pass, to the step after.

    A side way in a loop leads back to where the loop begins.
    """
    names = [name for name, _ in steps]
    again = [name for name, repeated in steps if repeated]
    for at, (name, repeated) in enumerate(steps):
        if name not in _ONLY:
            continue
        begins, ends = names[at - 1] not in _ONLY, names[at + 1] not in _ONLY
        way = f"-. {_ONLY[name]} .->" if begins else "-->"
        yield f"    {flow}_{names[at - 1]} {way} {flow}_{name}"
        if ends and repeated:
            yield f"    {flow}_{name} -. corrected .-> {flow}_{again[0]}"
        elif ends:
            yield f"    {flow}_{name} --> {flow}_{names[at + 1]}"


def statuses() -> str:
    """A Mermaid state diagram of the transition table."""
    lines = ["```mermaid", "stateDiagram-v2", f"  [*] --> {Status.SUBMITTED}"]
    for (from_, to), actors in TRANSITIONS.items():
        who = ", ".join(kind.replace("_", " ") for kind in ActorKind if kind in actors)
        lines.append(f"  {from_} --> {to}: {who}")
    lines += [f"  {status} --> [*]" for status in FINAL]
    return "\n".join([*lines, "```"])


def drawn(readme: str) -> str:
    """The README with its pictures drawn anew; raises ValueError where a marker is missing."""
    for name, picture in (("pipelines", pipelines()), ("statuses", statuses())):
        begin, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        before, _, rest = readme.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"README.md has no place for the picture {name!r}")
        readme = f"{before}{begin}{picture}{end}{after}"
    return readme


if __name__ == "__main__":
    README.write_text(drawn(README.read_text(encoding="utf-8")), encoding="utf-8")
