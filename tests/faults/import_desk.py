"""What the clerk can be told to do about imports: bring a file, look how far it is, and account for every record."""

from django.db.models import Count

from reviews.base.audit import queries as audit
from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.dedup.models import Answer
from reviews.dedup.queries import COMPARE
from reviews.library.models import Record
from reviews.models import User
from reviews.search import queries, services
from reviews.search.models import Import, Rejection
from reviews.team.rules import Role
from tests.factories import ReviewFactory, TeamFactory, UserFactory, member
from tests.searched import a_search, brought


def bring(records, bad_every):
    """A table with so many rows, every so many-th of them empty, handed to the worker."""
    for factory in (UserFactory, TeamFactory, ReviewFactory):
        factory.reset_sequence(User.objects.count())
    review = ReviewFactory()
    owner = member(review, Role.OWNER)
    rows = ["Title,Authors,Year"]
    rows += [",," if n % bad_every == 0 else f"Trial {n} of cells,Lind,{2000 + n % 20}" for n in range(1, records + 1)]
    found = brought(a_search(review, owner), owner, "\n".join(rows) + "\n", "table.csv")
    services.start_import(of=found, actor=owner)
    return found.pk


def bring_copies(works, copies):
    """So many works, each so many times, handed to the worker: the same record from the same place."""
    for factory in (UserFactory, TeamFactory, ReviewFactory):
        factory.reset_sequence(User.objects.count())
    review = ReviewFactory()
    owner = member(review, Role.OWNER)
    rows = ["Title,Authors,Year,Journal,Volume,Pages"]
    rows += [
        f'Invented trial {n} of cells for lungs,"Lind, F.",{2000 + n % 20},Imaginary Medicine,{n},{n}-{n + 9}'
        for n in range(1, works + 1)
        for _copy in range(copies)
    ]
    found = brought(a_search(review, owner), owner, "\n".join(rows) + "\n", "copies.csv")
    services.start_import(of=found, actor=owner)
    return found.pk


def is_comparing(import_id):
    """The lease of the comparing under way, or empty."""
    owed = Owed.objects.filter(kind=COMPARE, key=str(import_id)).exclude(lease=None).first()
    return str(owed.lease) if owed else ""


def is_compared(import_id):
    owed = Owed.objects.filter(kind=COMPARE, key=str(import_id)).first()
    return owed is not None and owed.done >= owed.wanted


def account_of_comparing(import_id):
    """Everything that must agree with everything else at the end."""
    found = Import.objects.select_related("review").get(pk=import_id)
    answers = Answer.objects.filter(review=found.review)
    events = Event.objects.filter(chain=found.review.chain, verb="merged duplicates")
    return {
        "records": Record.objects.filter(brought_in=found).count(),
        "kept": Record.objects.filter(brought_in=found, duplicate_of=None).count(),
        "merges": [answers.count(), answers.values("left", "right").distinct().count()],
        "told": [len(event.after["pairs"]) for event in events],
        "audit_faults": [str(fault) for fault in audit.faults()],
    }


def how_far(import_id):
    found = Import.objects.get(pk=import_id)
    return {"read": found.read, "state": found.state, "work": queries.work_of(found).state.value}


def account_of_import(import_id):
    """Everything that must agree with everything else at the end."""
    found = Import.objects.select_related("review").get(pk=import_id)
    records = Record.objects.filter(brought_in=found)
    rejections = Rejection.objects.filter(of=found)
    positions = sorted([*records.values_list("position", flat=True), *rejections.values_list("position", flat=True)])
    doubled = records.values("title").annotate(times=Count("pk")).filter(times__gt=1).order_by()
    return {
        "state": found.state,
        "counts": [found.starts, found.imported, found.rejected],
        "rows": [records.count(), rejections.count()],
        "every_start_once": positions == list(range(1, found.starts + 1)),
        "doubled_titles": doubled.count(),
        "told": Event.objects.filter(chain=found.review.chain, verb="imported").count(),
        "audit_faults": [str(fault) for fault in audit.faults()],
    }
