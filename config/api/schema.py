"""What the API says of itself: the hooks that complete the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from config.api.authentication import Token
from reviews.base.endpoints.doors import KEPT_FOR, KEY_HEADER
from reviews.base.endpoints.rules import MEDIA_TYPE, Kind

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "Names the kind of refusal; it is explained there."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in a sentence for a person."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "Sentences by field; a nested field is named arms.0.label.",
        },
        "request_id": {"type": "string", "description": "Find the request in logs and in the audit trail by it."},
    },
}

KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "schema": {"type": "string", "minLength": 8, "maxLength": 80, "pattern": r"^[\x21-\x7e]+$"},
    "description": "Yours to choose, a UUID for example. The same request sent again with the same key is not done "
    f"again: it hears the first answer, for {KEPT_FOR.total_seconds() / 3600:.0f} hours.",
}

PLACES = {
    "slug": "The review, by the word in its address.",
    "version": "A version, as 1.3.0.",
    "number": "Its number, from 1.",
    "key": "The analysis, by the word in its address.",
    "study_id": "The study, by its id.",
    "user_id": "The person, by their id.",
    "report_id": "The report, by its id.",
    "file_id": "The file, by its id.",
    "invitation_id": "The invitation, by its id.",
    "search_id": "The search, by its id.",
    "import_id": "The import (one file of a search), by its id.",
    "record_id": "The record, by its id.",
    "candidate_id": "The pair of records, by its id.",
    "answer_id": "The answer about a pair, by its id.",
    "statement_id": "The statement of an earlier review, by its id.",
    "table": "Which part of the version: arms, values, results, published, studies or statements.",
    "published_id": "The printed result, by its id.",
}
"""What stands in an address, in words."""

OF_EVERY_ONE = (Kind.ACCEPT, Kind.TOO_MANY)
OF_MEMBERS = (Kind.NOBODY, Kind.REFUSED)
OF_WRITING = (Kind.MALFORMED, Kind.STALE, Kind.MEDIA, Kind.INVALID)


class Schema(AutoSchema):
    def get_description(self) -> str:  # type: ignore[override]  # the package's own signature
        """Only what an operation says of itself: the docstrings of classes are for those who read the code."""
        return ""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself, untyped
    target_class = Token
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal token, made on the page of your account.",
        }


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the refusals that every operation shares, and the header that every POST takes."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            if method == "post":
                operation.setdefault("parameters", []).append(KEY_PARAMETER)
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter.setdefault("description", PLACES[parameter["name"]])
            for kind in _refusals(path, method, operation):
                operation["responses"].setdefault(str(kind.value.status), _response(kind))
    return result


def is_open(operation: dict[str, Any]) -> bool:
    """Whether nobody needs to sign in for it."""
    return {} in operation.get("security", [])


def _refusals(path: str, method: str, operation: dict[str, Any]) -> list[Kind]:
    kinds = list(OF_EVERY_ONE)
    if not is_open(operation):
        kinds += OF_MEMBERS
    if "{" in path:
        kinds.append(Kind.NOT_FOUND)
    if method != "get":
        kinds += OF_WRITING
    elif any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        kinds += [Kind.INVALID, Kind.NOT_FOUND]
    return sorted(set(kinds), key=lambda kind: kind.value.status)


def _response(kind: Kind) -> dict[str, Any]:
    return {
        "description": f"{kind.value.title}. {kind.value.meaning}",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
