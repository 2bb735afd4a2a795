"""What is owed, and where a piece of it stands."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from reviews.base.work import rules
from reviews.base.work.models import Owed


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one piece of work stands, for a page to say."""

    state: rules.State
    attempts: int
    last_error: str
    asked_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in {rules.State.WAITING, rules.State.RUNNING}


def standing(kind: str, key: str) -> Standing:
    row = Owed.objects.filter(kind=kind, key=key).first()
    if row is None:
        return Standing(rules.State.SETTLED, 0, "", None)
    return _standing(row, timezone.now())


def standings(kind: str, keys: list[str]) -> dict[str, Standing]:
    """One statement for a whole page; keys that were never asked for are left out."""
    now = timezone.now()
    return {row.key: _standing(row, now) for row in Owed.objects.filter(kind=kind, key__in=keys)}


def due(now: dt.datetime) -> QuerySet[Owed]:
    """Owed, not parked, not leased and not pausing: oldest ask first."""
    free = Q(lease=None) | Q(leased_until__lte=now)
    return Owed.objects.filter(free, done__lt=F("wanted"), parked_at=None, not_before__lte=now).order_by(
        "asked_at", "pk"
    )


def parked() -> QuerySet[Owed]:
    return Owed.objects.filter(done__lt=F("wanted")).exclude(parked_at=None).order_by("parked_at", "pk")


def _standing(row: Owed, now: dt.datetime) -> Standing:
    place = rules.state(
        owed=row.is_owed,
        parked=row.parked_at is not None,
        leased_until=row.leased_until if row.lease else None,
        now=now,
    )
    return Standing(place, row.attempts, row.last_error, row.asked_at)
