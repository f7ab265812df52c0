"""The alert rules, the dashboard and the page that describes them ask only for what is told."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.core import Metric

from desk.operations.measures import measure
from portal.measures.counting import Counts
from portal.measures.figures import families

ROOT = Path(__file__).parents[3]
RULES = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yml").read_text("utf-8"))["groups"][0]
DASHBOARD = json.loads((ROOT / "deploy/monitoring/grafana.json").read_text("utf-8"))
PAGE = (ROOT / "docs/WATCHING.md").read_text("utf-8")
_NAME = re.compile(r"mumaris_[a-z_]+")
_SUFFIXES = ("", "_bucket", "_sum", "_count", "_total")


@pytest.fixture
async def told(database: str) -> list[Metric]:
    """Every family that the page tells."""
    return [*families(await measure()), *Counts().collect()]


def asked() -> Iterator[str]:
    """Every expression of the rules and of the dashboard."""
    yield from (rule["expr"] for rule in RULES["rules"])
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def test_each_rule_says_what_it_means_and_what_tells_more() -> None:
    """In words for whoever is woken."""
    annotations: list[dict[str, Any]] = [rule["annotations"] for rule in RULES["rules"]]

    assert [set(each) for each in annotations] == [{"summary", "mend"}] * len(annotations)


def test_nothing_asks_for_what_is_not_told(told: list[Metric]) -> None:
    """By name: an alert on a misspelt figure never fires."""
    names = {f"{family.name}{suffix}" for family in told for suffix in _SUFFIXES}

    assert {name for each in asked() for name in _NAME.findall(each)} <= names


def test_every_figure_is_described_and_shown(told: list[Metric]) -> None:
    """On the page that describes them, and on the dashboard."""
    shown = " ".join(asked())

    for family in told:
        assert f"`{family.name.removeprefix('mumaris_')}" in PAGE
        assert family.name in shown


async def test_an_empty_installation_needs_no_hand(told: list[Metric]) -> None:
    """Every figure of a fresh database can be read, and none of them is alarming."""
    alarming = {"mumaris_requests_stuck", "mumaris_mail_away", "mumaris_oldest_email_seconds"}
    values = [each.value for family in told if family.name in alarming for each in family.samples]

    assert values
    assert not any(values)
