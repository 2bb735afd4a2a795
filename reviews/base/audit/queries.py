"""Read the audit trail, and check that nobody has changed it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from reviews.base.audit.models import ChainHead, Event
from reviews.base.audit.rules import FIRST_HASH, Fact, fact_hash


@dataclass(frozen=True, slots=True)
class Fault:
    """The first row of a chain that does not follow from the one before it."""

    chain: str
    number: int
    problem: str


def events(chain: str) -> QuerySet[Event]:
    """A chain's events, newest first."""
    return Event.objects.filter(chain=chain).select_related("actor").order_by("-number")


def faults() -> Iterator[Fault]:
    """At most one fault a chain, its first; none when every chain holds."""
    chains = set(Event.objects.order_by().values_list("chain", flat=True).distinct())
    chains |= set(ChainHead.objects.values_list("chain", flat=True))
    for chain in sorted(chains):
        fault = first_fault(chain)
        if fault is not None:
            yield fault


def extent() -> tuple[int, int]:
    """How many chains there are, and how many events in all of them."""
    return ChainHead.objects.count(), Event.objects.count()


def first_fault(chain: str) -> Fault | None:
    number, previous = 0, FIRST_HASH
    for event in Event.objects.filter(chain=chain).order_by("number").iterator(chunk_size=1000):
        number += 1
        if event.number != number:
            return Fault(chain, number, f"event {number} is missing; the next one there is {event.number}")
        if event.previous_hash != previous:
            return Fault(chain, number, "it does not name the event before it")
        if event.hash != fact_hash(fact_of(event)):
            return Fault(chain, number, "what it says is not what was hashed")
        previous = event.hash
    head = ChainHead.objects.filter(chain=chain).first()
    if head is None:
        return Fault(chain, number, "the head of the chain is missing")
    if (head.number, head.hash) != (number, previous):
        return Fault(chain, number + 1, f"the head says that the chain ends at event {head.number}")
    return None


def fact_of(event: Event) -> Fact:
    return Fact(
        chain=event.chain,
        number=event.number,
        at=event.at,
        actor=event.actor_id,
        acting_role=event.acting_role,
        verb=event.verb,
        object_type=event.object_type,
        object_id=event.object_id,
        before=event.before,
        after=event.after,
        reason=event.reason,
        request_id=event.request_id,
        previous_hash=event.previous_hash,
    )
