"""The schema, and a page for people that is made from it on the server: no script, no style of its own in the page."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from config.api.schema import is_open
from reviews.base.endpoints.rules import Kind, KindOfProblem

DEEPEST = 4
"""Fields within fields are shown this far down; below it the name of the part says enough."""

SUCCESS = "2"
TAGS: Sequence[tuple[str, str]] = (
    ("Published data", "Open to everybody: no sign-in, no cookie, and answers that caches may keep."),
    ("People", "Who you are, your reviews, and who else is in them."),
    ("Protocol", "What a review set out to do, version by version."),
    ("Search", "What was searched when, the files that came of it, and the records in them."),
    ("Duplicates", "Pairs of records that may be one, and what people said of them."),
    ("Library", "The studies that a team knows, and which of them a review includes."),
    ("Evidence", "Trials, their arms, and every number with its source."),
    ("Analyses", "What is pooled, how, and every result that was ever computed."),
    ("Earlier reviews", "What earlier reviews state without numbers to compute again, kept as published."),
    ("Releases", "The versions of a review, and what stands beside them."),
    ("Audit trail", "Who did what, when and why; each event sealed to the one before it."),
)


@login_not_required
@gzip_page
@require_safe
@cache_control(public=True, max_age=300)
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1: JSON, or YAML for ?format=yaml."""
    if request.GET.get("format") == "yaml":
        return HttpResponse(as_yaml(), content_type="application/vnd.oai.openapi; charset=utf-8")
    return HttpResponse(as_json(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


@login_not_required
@gzip_page
@require_safe
@cache_control(public=True, max_age=300)
def page(request: HttpRequest) -> HttpResponse:
    problems = [{"kind": kind.value, "words": marked(kind.value.meaning)} for kind in Kind]
    context = {"about": document()["info"], "groups": groups(), "problems": problems}
    return render(request, "api/docs.html", context)


def marked(words: str) -> SafeString:
    """A sentence with its `words of code` set as code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words)))  # noqa: S308  # escaped before


@cache
def document() -> dict[str, Any]:
    """The schema as it is published. Made once: it changes only with the code."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


@cache
def as_json() -> bytes:
    return json.dumps(document(), ensure_ascii=False).encode()


@cache
def as_yaml() -> bytes:
    made: bytes = OpenApiYamlRenderer().render(document(), renderer_context={})  # type: ignore[no-untyped-call]
    return made


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a table of fields; `depth` says how far it is indented."""

    name: str
    kind: str
    is_required: bool
    words: SafeString
    depth: int


@dataclass(frozen=True, slots=True)
class Example:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask."""

    name: str
    method: str
    path: str
    summary: str
    description: SafeString
    is_open: bool
    parameters: Sequence[Field]
    body: Sequence[Field]
    status: str
    answer_kind: str
    answer: Sequence[Field]
    examples: Sequence[Example]
    refusals: Sequence[KindOfProblem]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    words: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return self.name.lower().replace(" ", "-")


@cache
def groups() -> list[Group]:
    """The operations by tag, in the order of the workflow."""
    by_tag = {name: Group(name, words) for name, words in TAGS}
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            by_tag[said["tags"][0]].operations.append(_operation(path, method, said))
    return [group for group in by_tag.values() if group.operations]


def _operation(path: str, method: str, said: Mapping[str, Any]) -> Operation:
    status, answer = next((code, one) for code, one in said["responses"].items() if code.startswith(SUCCESS))
    answered, answer_examples = _content(answer)
    body, body_examples = _content(said.get("requestBody", {}))
    return Operation(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        description=marked(said.get("description", "")),
        is_open=is_open(dict(said)),
        parameters=[_parameter(one) for one in said.get("parameters", [])],
        body=list(_fields(body, 0)),
        status=status,
        answer_kind=_kind(answered),
        answer=list(_fields(answered, 0)),
        examples=[*body_examples, *answer_examples],
        refusals=[kind.value for kind in Kind if str(kind.value.status) in said["responses"]],
    )


def _parameter(said: Mapping[str, Any]) -> Field:
    place = {"query": "", "path": "", "header": "header"}[said["in"]]
    words = " ".join(part for part in (said.get("description", ""), f"({place})" if place else "") if part)
    return Field(said["name"], _kind(said["schema"]), said.get("required", False), marked(words), 0)


def _content(said: Mapping[str, Any]) -> tuple[dict[str, Any], list[Example]]:
    """The schema and the examples of a body; both empty where there is none."""
    media: Mapping[str, Any] = next(iter(said.get("content", {}).values()), {})
    examples = [
        Example(one.get("summary", name), json.dumps(one["value"], indent=2, ensure_ascii=False))
        for name, one in media.get("examples", {}).items()
    ]
    return media.get("schema", {}), examples


def _resolved(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its reference followed, its description kept."""
    for part in (*said.get("allOf", []), *said.get("oneOf", []), *said.get("anyOf", [])):
        if part.get("type") != "null" and "$ref" in part:
            return {**_resolved(part), **{name: said[name] for name in ("description",) if name in said}}
    if "$ref" not in said:
        return said
    name = said["$ref"].rsplit("/", 1)[-1]
    found: Mapping[str, Any] = document()["components"]["schemas"][name]
    return {**found, **{key: text for key, text in said.items() if key != "$ref"}}


def _kind(said: Mapping[str, Any]) -> str:
    """A schema's type, as a person says it."""
    found = _resolved(said)
    if "enum" in found:
        return " | ".join("null" if one is None else str(one) for one in found["enum"])
    choices = [one for one in (*found.get("oneOf", []), *found.get("anyOf", [])) if one.get("enum") != [""]]
    if "type" not in found and choices:
        return " or ".join(dict.fromkeys(_kind(one) for one in choices))
    stated = found.get("type", "anything")
    names = [stated] if isinstance(stated, str) else list(stated)
    if "array" in names:
        names[names.index("array")] = f"list of {_kind(found.get('items', {}))}"
    return " or ".join(names)


def _fields(said: Mapping[str, Any], depth: int) -> Iterator[Field]:
    found = _resolved(said)
    if found.get("type") == "array":
        yield from _fields(found.get("items", {}), depth)
        return
    for name, inner in found.get("properties", {}).items():
        part = _resolved(inner)
        words = _words(inner, part)
        yield Field(name, _kind(inner), name in found.get("required", []), marked(words), depth)
        if depth < DEEPEST:
            yield from _fields(inner, depth + 1)


def _words(inner: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    words = str(inner.get("description") or part.get("description", ""))
    return words.split("\n\n* `", 1)[0].removeprefix("* `") if "* `" in words else words
