"""Write an event in the transaction of the change that it tells of."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction
from django.utils import timezone

from reviews.base.audit.context import request_id
from reviews.base.audit.models import ChainHead, Event
from reviews.base.audit.rules import Fact, fact_hash, plain


def record(
    *,
    chain: str,
    actor: AbstractBaseUser | None,
    acting_role: str,
    verb: str,
    subject: models.Model,
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> Event:
    """Append one event to a chain, inside the caller's transaction.

    Raises:
        RuntimeError: there is no transaction, so the event could outlive a change that was rolled back.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event belongs into the transaction of the change it tells of.")
    head = hold(chain)
    fact = Fact(
        chain=chain,
        number=head.number + 1,
        at=timezone.now(),
        actor=actor.pk if actor else None,
        acting_role=str(acting_role),
        verb=verb,
        object_type=subject._meta.model_name or "",
        object_id=str(subject.pk),
        before=plain(before),
        after=plain(after),
        reason=reason,
        request_id=request_id.get(),
        previous_hash=head.hash,
    )
    event = Event.objects.create(
        chain=fact.chain,
        number=fact.number,
        at=fact.at,
        actor_id=fact.actor,
        acting_role=fact.acting_role,
        verb=fact.verb,
        object_type=fact.object_type,
        object_id=fact.object_id,
        object_label=str(subject)[:300],
        before=fact.before,
        after=fact.after,
        reason=fact.reason,
        request_id=fact.request_id,
        previous_hash=fact.previous_hash,
        hash=fact_hash(fact),
    )
    head.number, head.hash = event.number, event.hash
    head.save(update_fields=["number", "hash"])
    return event


def hold(chain: str) -> ChainHead:
    """Lock the end of a chain until the transaction ends.

    Whoever also locks owed work takes this lock first: the services do (their event comes before the news), and two
    transactions that lock the same rows in different orders stop each other.
    """
    ChainHead.objects.get_or_create(chain=chain)
    return ChainHead.objects.select_for_update().get(chain=chain)
