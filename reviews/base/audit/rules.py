"""What an audit event says, and the hash that chains it to the one before."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

FIRST_HASH = "0" * 64
"""What the first event of a chain names as its predecessor."""


@dataclass(frozen=True, slots=True)
class Fact:
    """All that the hash of an event covers."""

    chain: str
    number: int
    at: dt.datetime
    actor: int | None
    acting_role: str
    verb: str
    object_type: str
    object_id: str
    before: Any
    after: Any
    reason: str
    request_id: str
    previous_hash: str


def plain(value: Any) -> Any:
    """The value as JSON holds it on both databases: numbers with a fraction become text, so that no digit is lost.

    Raises:
        TypeError: the value is of a kind that an event cannot hold.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case float() | Decimal() | UUID():
            return str(value)
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat()
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Sequence() | set() | frozenset():
            items = sorted(value) if isinstance(value, set | frozenset) else value
            return [plain(item) for item in items]
        case _:
            raise TypeError(f"An audit event cannot hold a {type(value).__name__}.")


def canonical(value: Any) -> str:
    """One spelling for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical spelling, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def fact_hash(fact: Fact) -> str:
    return digest(asdict(fact))
