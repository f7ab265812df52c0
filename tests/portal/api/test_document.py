"""The API's document: served, written down, and true."""

import json
import runpy
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from portal.api.document import document
from portal.api.operation import Operation
from portal.api.operations import OPERATIONS
from portal.api.shapes import ProblemAnswer


async def test_the_document_is_served_and_written_down(
    stranger: httpx.AsyncClient, repository: Path
) -> None:
    """To anybody; `python docs/openapi.py` writes it."""
    served = await stranger.get("/openapi.json")
    written = (repository / "docs" / "openapi.json").read_text(encoding="utf-8")

    assert served.json() == json.loads(written)
    assert runpy.run_path(str(repository / "docs" / "openapi.py"))["written"]() == written


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.id)
def test_every_example_is_what_it_is_an_example_of(one: Operation) -> None:
    """Of what is given, and of what is taken."""
    TypeAdapter(one.gives).validate_python(one.example)
    for shape in one.body.shapes[:1] if one.body else ():
        sent = dict(one.body.example if one.body else {})
        if "idempotency_key" in shape.__dataclass_fields__:
            sent["idempotency_key"] = "of-the-header"
        TypeAdapter(shape).validate_python(sent)


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.id)
def test_every_error_has_an_example(one: Operation) -> None:
    """With a code, and in both languages."""
    responses = document()["paths"][one.path][one.method]["responses"]
    for status in one.errors:
        (content,) = responses[f"{status}"]["content"].values()
        for name, example in content["examples"].items():
            said = ProblemAnswer.model_validate(example["value"])
            assert (said.code, said.status) == (name, status)
            assert said.title != said.title_ar


def test_every_reference_leads_somewhere() -> None:
    """And nothing is described that nothing uses."""
    described = document()
    used = {one.rsplit("/", 1)[1] for one in _references(described)}

    assert used == described["components"]["schemas"].keys()


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        here = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return here + [one for inner in value.values() for one in _references(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in _references(inner)]
    return []
