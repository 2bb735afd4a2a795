"""Take the files of a search, show what is in them, and begin to read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from reviews.base.audit import services as audit
from reviews.base.files import services as files
from reviews.base.files.rules import safe_name
from reviews.base.work import services as work
from reviews.search import archives, queries, reading
from reviews.search.models import ColumnMapping, Import, Search
from reviews.search.rules import ImportState
from reviews.team.access import require
from reviews.team.models import User
from reviews.team.rules import Action

CONTENT_TYPE = "application/octet-stream"
NO_PREVIEW = "This file is being read, or was read, already."


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of an upload: files to look at, and those that the review holds already."""

    new: Sequence[Import]
    same: Sequence[Import]
    refused: Sequence[str] = ()
    """Sentences about files in which nothing was recognised."""


@transaction.atomic
def bring_files(*, search: Search, actor: User, uploads: Sequence["UploadedFile[bytes]"]) -> Brought:
    """Keep the files of a search, unpacked, and find out what they are. No record is made before `start_import`.

    The same content as before is not kept again, whatever its name.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: no file, or an upload that is empty, too large, damaged, or made to burst.
    """
    role = require(actor, search.review, Action.SEARCH)
    if not uploads:
        raise ValidationError({"files": "Choose a file."})
    new: list[Import] = []
    same: list[Import] = []
    refused: list[str] = []
    for upload in uploads:
        name = safe_name(upload.name or "")
        try:
            for packed in archives.files_of(cast(BinaryIO, upload), name, upload.size or 0):
                made, is_new = _bring(search, actor, packed)
                (new if is_new else same).append(made)
        except archives.Unpackable as refusal:
            raise ValidationError({"files": str(refusal)}) from refusal
        except reading.Unreadable as refusal:
            refused.append(f"{name}: {refusal}")
    for each in new:
        audit.record(
            chain=search.review.chain,
            actor=actor,
            acting_role=role,
            verb="brought file",
            subject=each,
            after={"search": search.pk, "file": each.file_id, "size": each.file.size, "sha256": each.sha256},
        )
    return Brought(new, same, refused)


def _bring(search: Search, actor: User, packed: archives.Packed) -> tuple[Import, bool]:
    content = ContentFile(packed.content)
    digest = files.hash_of(content)
    before = queries.same_file(search.review, digest)
    if before is not None:
        return before, False
    waiting = Import.objects.filter(search=search, sha256=digest, state=ImportState.PREVIEW).first()
    if waiting is not None:
        return waiting, True
    name = safe_name(packed.name)
    seen = reading.look(packed.content, name=name)
    stored = files.keep(content=content, name=name, content_type=CONTENT_TYPE, actor=actor)
    mapping = queries.remembered_mapping(search.review, seen.columns) if seen.columns else None
    if mapping is not None and not set(mapping.values()) <= {"", *dict(reading.COLUMNS)}:
        mapping = None
    return (
        Import.objects.create(
            review=search.review,
            search=search,
            file=stored,
            name=name,
            sha256=digest,
            format=seen.format,
            encoding=seen.encoding,
            mapping=dict(mapping or seen.mapping),
            brought_by=actor,
        ),
        True,
    )


@transaction.atomic
def look_again(
    *, of: Import, actor: User, format: str = "", encoding: str = "", mapping: Mapping[str, str] | None = None
) -> Import:
    """Say what a file is where it was taken for something else, before anything of it is imported.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: it is no preview any more, or it cannot be read so.
    """
    require(actor, of.review, Action.SEARCH)
    kept = _preview(of)
    try:
        seen = reading.look(reading.content_of(kept), name=kept.name, format=format, encoding=encoding)
    except reading.Unreadable as refusal:
        raise ValidationError({"format": str(refusal)}) from refusal
    kept.format, kept.encoding = seen.format, seen.encoding
    kept.mapping = dict(mapping) if mapping and seen.columns else dict(seen.mapping)
    kept.save(update_fields=["format", "encoding", "mapping"])
    return kept


@transaction.atomic
def start_import(*, of: Import, actor: User) -> Import:
    """Have a file read into records by a worker. What is what in its columns is remembered for the next one like it.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: it is no preview any more, the review holds the same file, or its columns are not told apart.
    """
    role = require(actor, of.review, Action.SEARCH)
    kept = _preview(of)
    seen = reading.look(
        reading.content_of(kept), name=kept.name, format=kept.format, encoding=kept.encoding, mapping=kept.mapping
    )
    if seen.columns:
        if not seen.is_told_apart:
            raise ValidationError({"mapping": "Say which column holds the titles."})
        ColumnMapping.objects.update_or_create(
            review=kept.review,
            header=queries.header_digest(seen.columns),
            defaults={"mapping": kept.mapping, "set_by": actor, "set_at": timezone.now()},
        )
    kept.state = ImportState.READING
    try:
        with transaction.atomic():
            kept.save(update_fields=["state"])
    except IntegrityError as refusal:
        raise ValidationError("This review holds the same file already; nothing was added.") from refusal
    audit.record(
        chain=kept.review.chain,
        actor=actor,
        acting_role=role,
        verb="started import",
        subject=kept,
        after={"format": kept.format, "encoding": kept.encoding, "mapping": kept.mapping},
    )
    work.owe(kind=queries.READ_IMPORT, key=kept.work_key)
    return kept


@transaction.atomic
def discard_preview(*, of: Import, actor: User) -> None:
    """Put a file away of which nothing was imported.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: it is no preview any more.
    """
    role = require(actor, of.review, Action.SEARCH)
    kept = _preview(of)
    audit.record(
        chain=kept.review.chain, actor=actor, acting_role=role, verb="put file away", subject=kept, before=_named(kept)
    )
    stored = kept.file
    kept.delete()
    content = stored.content
    stored.delete()
    transaction.on_commit(lambda: content.delete(save=False))


def _named(of: Import) -> dict[str, Any]:
    return {"file": of.file_id, "sha256": of.sha256}


def _preview(of: Import) -> Import:
    kept = Import.objects.select_for_update(of=("self",)).select_related("review", "file").get(pk=of.pk)
    if kept.state != ImportState.PREVIEW:
        raise ValidationError(NO_PREVIEW, code="stale")
    return kept
