"""What a refusal says to a program: RFC 9457, with the fields that it speaks of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

MEDIA_TYPE = "application/problem+json"
GENERAL = "non_field_errors"
"""The name under which messages stand that speak of no field in particular (Django REST framework's own)."""


@dataclass(frozen=True, slots=True)
class KindOfProblem:
    """A kind of refusal: its status, a short name for programs, its title, and when it is answered."""

    status: int
    name: str
    title: str
    meaning: str


class Kind(Enum):
    MALFORMED = KindOfProblem(400, "malformed", "This is not JSON", "The body cannot be read at all.")
    NOBODY = KindOfProblem(
        401, "nobody", "Sign in first", "The request carries no session and no valid token, so it comes from nobody."
    )
    REFUSED = KindOfProblem(
        403,
        "refused",
        "Your role does not allow this",
        "A member of the review without the role, a second person who is the first, or a missing CSRF token.",
    )
    NOT_FOUND = KindOfProblem(
        404,
        "not-found",
        "There is nothing here for you",
        "It does not exist, or it belongs to a review that you are no member of: the two cannot be told apart.",
    )
    METHOD = KindOfProblem(405, "method", "This cannot be done here", "The address does not answer to this method.")
    ACCEPT = KindOfProblem(406, "accept", "Only JSON is spoken here", "The Accept header leaves JSON out.")
    STALE = KindOfProblem(
        409,
        "stale",
        "Somebody was faster",
        "What stands there now is not what you saw when you decided. Read it again, then decide again.",
    )
    MEDIA = KindOfProblem(
        415, "media", "Send JSON", "The body must be application/json; where a file is sent, multipart/form-data."
    )
    INVALID = KindOfProblem(
        422, "invalid", "This cannot be right", "The request was understood, and `errors` says which field is wrong."
    )
    TOO_MANY = KindOfProblem(
        429, "too-many", "Too many requests", "Wait for as many seconds as the Retry-After header says."
    )
    FAILED = KindOfProblem(
        500, "failed", "The server failed", "Nothing was changed. Give the request id to the people who run the site."
    )


KIND_OF_STATUS = {kind.value.status: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal. `errors` maps a field (`arms.0.label` for a nested one) to sentences."""

    kind: Kind
    detail: str
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_dict(self, *, types: str, request_id: str) -> dict[str, Any]:
        """As the answer holds it; `types` is the address of the page that explains each kind."""
        return {
            "type": f"{types}#problem-{self.kind.value.name}",
            "title": self.kind.value.title,
            "status": self.kind.value.status,
            "detail": self.detail,
            "errors": {name: list(messages) for name, messages in self.errors.items()},
            "request_id": request_id,
        }


def invalid(detail: Any) -> Problem:
    """The messages of a refused body, nested as its fields are: those of no field become the detail."""
    general, errors = [], {}
    for path, messages in _leaves(detail, ()):
        if path:
            errors[".".join(path)] = messages
        else:
            general += messages
    told = " ".join(general) or ("One field is wrong." if len(errors) == 1 else "Some fields are wrong.")
    return Problem(Kind.INVALID, told, errors)


def _leaves(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _leaves(inner, path if name == GENERAL else (*path, str(name)))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        sentences = [str(item) for item in detail if not isinstance(item, Mapping)]
        if sentences:
            yield path, sentences
        for place, item in enumerate(detail):
            if isinstance(item, Mapping):
                yield from _leaves(item, (*path, str(place)))
    else:
        yield path, [str(detail)]
