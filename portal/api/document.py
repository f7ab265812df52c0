"""The document of the API (OpenAPI 3.1): made of the operations and of the types that they give."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter

from portal.api import examples
from portal.api.answers import PROBLEM, problem_content
from portal.api.operation import Body, Operation
from portal.api.operations import OPERATIONS
from portal.api.shapes import ProblemAnswer
from portal.web.sentences import said, sentences
from rules.findings.both_languages import InBoth
from rules.findings.catalogue import CATALOGUE
from rules.values.document_kind import DocumentKind
from rules.values.money import AmountInBoth, Money
from rules.values.sizes import Size

Json = dict[str, Any]

_REF = "#/components/schemas/{model}"
_JSON = "application/json"
#: The key of a submission is a header's.
_IN_HEADER = "idempotency_key"
#: Numbers that the sentences of examples speak of.
_FACTS: Mapping[str, Any] = {
    "limit": Size(262_144),
    "difference": AmountInBoth(Money(1_000, "SAR")),
}
#: Names in paths, each with an example.
_IN_PATHS: Mapping[str, str] = {
    "code": "K7Q2-M9XD",
    "document_id": examples.DOCUMENT["id"],
    "job_id": examples.JOB["id"],
}
_RATES = {"RateLimit": "Calls that are left.", "RateLimit-Policy": "Calls within seconds."}


@cache
def document() -> Json:
    """The whole document; the same each time."""
    inputs = [shape for one in OPERATIONS if one.body for shape in one.body.shapes]
    outputs = [one.gives for one in OPERATIONS] + [ProblemAnswer]
    refs, schemas = _schemas(inputs, outputs)
    paths: dict[str, Json] = {}
    for one in OPERATIONS:
        paths.setdefault(one.path, {})[one.method] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mumaris",
            "version": version("mumaris"),
            "description": (
                "Registrations, profile updates and card renewals of health practitioners, for "
                "other systems. "
                "Instants have an offset; days are plain dates in Riyadh."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The machine's key, as `mumaris machine make` printed it.",
                }
            },
        },
    }


def _schemas(inputs: list[type], outputs: list[type]) -> tuple[dict[type, Json], Json]:
    """The reference to each type, and what they refer to."""
    wanted: list[Any] = [(one, "validation", TypeAdapter(one)) for one in dict.fromkeys(inputs)]
    wanted += [(one, "serialization", TypeAdapter(one)) for one in dict.fromkeys(outputs)]
    found, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    schemas: Json = dict(sorted(shared["$defs"].items()))
    for schema in schemas.values():
        if _IN_HEADER in schema.get("properties", {}):
            del schema["properties"][_IN_HEADER]
            schema["required"].remove(_IN_HEADER)
    return {one: dict(ref) for (one, _), ref in found.items()}, schemas


def _operation(one: Operation, refs: Mapping[type, Json]) -> Json:
    described: Json = {
        "operationId": one.id,
        "summary": one.summary,
        "parameters": [*_parameters(one)],
        "responses": {
            f"{one.status}": {
                "description": one.summary,
                "headers": {
                    name: {"description": what, "schema": {"type": "string"}}
                    for name, what in {"ETag": "The version.", **_RATES}.items()
                },
                "content": {_JSON: {"schema": refs[one.gives], "example": dict(one.example)}},
            },
            **({"304": {"description": "The known version."}} if one.method == "get" else {}),
            **{f"{status}": _error(status, codes, refs) for status, codes in one.errors.items()},
        },
    }
    if one.body is not None:
        described["requestBody"] = _body(one.body, refs)
    if one.takes_file:
        described["requestBody"] = _form()
    if one.takes_rows:
        described["requestBody"] = _rows()
    return described


def _parameters(one: Operation) -> Iterable[Json]:
    for name, example in _IN_PATHS.items():
        if f"{{{name}}}" in one.path:
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "example": example,
            }
    for name, queried in one.query.items():
        yield {"name": name, "in": "query", "required": False, "schema": dict(queried)}
    for name, what in one.headers.items():
        schema: Json = {"type": "string", "minLength": 1}
        if name == "Idempotency-Key":
            schema = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{8,90}$"}
        yield {
            "name": name,
            "in": "header",
            "required": True,
            "description": what,
            "schema": schema,
        }
    if one.method == "get":
        yield {
            "name": "If-None-Match",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
        }


def _body(body: Body, refs: Mapping[type, Json]) -> Json:
    schemas = [refs[shape] for shape in body.shapes]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    content = {"schema": schema, "example": dict(body.example)}
    return {"required": True, "content": {_JSON: content}}


def _form() -> Json:
    """In this order: the file stands last."""
    fields: Json = {
        "registration_number": {"type": "string"},
        "email": {
            "type": "string",
            "description": (
                "In place of a number and of `replaces`: the address that the registration gives."
            ),
        },
        "kind": {"type": "string", "enum": list(DocumentKind)},
        "replaces": {"type": "string"},
        "document": {"type": "string", "contentMediaType": "application/octet-stream"},
    }
    required = ["kind", "document"]
    schema = {"type": "object", "properties": fields, "required": required}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _rows() -> Json:
    """CSV, or a JSON object a line."""
    text: Json = {"type": "string"}
    line = json.dumps(examples.PROFILE_UPDATE)
    content = {
        "text/csv": {"schema": text, "example": examples.SUBMISSION_FILE},
        "application/x-ndjson": {"schema": text, "example": f"{line}\n"},
    }
    return {"required": True, "content": content}


def _error(status: int, codes: Iterable[str], refs: Mapping[type, Json]) -> Json:
    examples = {code: {"value": problem_content(status, code, _sentence(code))} for code in codes}
    return {
        "description": " / ".join(each["value"]["title"] for each in examples.values()),
        "content": {PROBLEM: {"schema": refs[ProblemAnswer], "examples": examples}},
    }


def _sentence(code: str) -> InBoth:
    """The API's own, that of the forms with files, or the catalogue's."""
    for name in (f"api.{code}", f"documents.{code}"):
        if name in sentences():
            return said(name)
    arabic, english = CATALOGUE[code]
    return InBoth(arabic.format(**_FACTS), english.format(**_FACTS))
