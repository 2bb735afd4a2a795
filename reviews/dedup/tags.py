"""What the duplicates room knows of a record, for the page of the record, which lies in an earlier room."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext_lazy as _

from reviews.dedup import queries
from reviews.dedup.forms import LEFT, RIGHT
from reviews.dedup.matching import Relation
from reviews.dedup.models import Answer
from reviews.library.models import Record

register = template.Library()

RELATION = {
    Relation.PREPRINT_OF: (_("preprint of"), _("has the preprint")),
    Relation.ERRATUM_OF: (_("erratum of"), _("has the erratum")),
    Relation.RETRACTION_OF: (_("retraction of"), _("is retracted by")),
    Relation.COMMENT_ON: (_("comment on"), _("has the comment")),
    Relation.PART_OF: (_("part of"), _("has the part")),
    Relation.PROTOCOL_OF: (_("protocol of"), _("has the protocol")),
    Relation.REGISTRATION_OF: (_("registration of"), _("has the registration")),
    Relation.ABSTRACT_OF: (_("abstract of"), _("has the abstract")),
    Relation.VERSION_OF: (_("version of"), _("has the version")),
    Relation.SECONDARY_ANALYSIS_OF: (_("secondary analysis of"), _("has the secondary analysis")),
}
"""Each relation read from the one that is the … of the other, and from the other."""
FIELD = {
    "title": _("Title"), "authors": _("Authors"), "year": _("Year"), "journal": _("Journal"), "volume": _("Volume"),
    "issue": _("Issue"), "pages": _("Pages"), "doi": _("DOI"), "pmid": _("PubMed number"),
    "registrations": _("Registrations"), "abstract": _("Abstract"), "language": _("Language"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kin:
    """A related record as a line of the list; ``side`` is where the form finds the one that is the … of the other."""

    words: str
    of: queries.Related
    side: str


@register.inclusion_tag("reviews/dedup/_together.html", takes_context=True)
def together(context: Context, record: Record, *, can_answer: bool) -> dict[str, Any]:
    """A record's copies, the best of each field with its origin, and the records that belong to it."""
    found = queries.together(record)
    origin = {each.pk: each for each in found.records}
    ids = set(found.ids)
    return {
        "review": record.review,
        "record": record,
        "csrf_token": context.get("csrf_token"),
        "can_answer": can_answer,
        "records": found.records if len(found.records) > 1 else [],
        "best": [(FIELD[field.name], field.value, origin[field.record_id]) for field in found.best],
        "related": [_kin(each) for each in found.related],
        "apart": [(said, _other(said, ids)) for said in found.apart],
    }


def _kin(related: queries.Related) -> Kin:
    ours, theirs = RELATION[Relation(related.relation)]
    is_left = (related.mine_id < related.other.pk) is related.is_subject
    return Kin(str(ours if related.is_subject else theirs), related, LEFT if is_left else RIGHT)


def _other(said: Answer, ids: set[int]) -> Record:
    return said.right if said.left_id in ids else said.left
