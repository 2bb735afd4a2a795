"""Store an uploaded file, checked and hashed."""

import hashlib
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from reviews.base.files import rules
from reviews.base.files.models import StoredFile

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

ENOUGH_TO_TELL = 16


def store(*, upload: "UploadedFile[bytes]", actor: "AbstractBaseUser") -> StoredFile:
    """Keep a file. If the transaction around it fails, the content is removed again.

    Raises:
        ValidationError: the file is empty, too large, or not of a kind that is taken.
    """
    head = upload.read(ENOUGH_TO_TELL)
    upload.seek(0)
    try:
        kind = rules.kind_of(head, size=upload.size or 0)
    except rules.Refused as refusal:
        raise ValidationError(str(refusal)) from refusal
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored = StoredFile(
        original_name=rules.safe_name(upload.name or ""),
        content_type=kind.content_type,
        size=upload.size or 0,
        sha256=digest.hexdigest(),
        uploaded_by_id=actor.pk,
    )
    stored.content.save("unused", upload, save=False)
    try:
        with transaction.atomic():
            stored.save()
    except Exception:
        stored.content.delete(save=False)
        raise
    return stored


def discard(stored: StoredFile) -> None:
    """Take back a file that was stored a moment ago and that nothing refers to."""
    content = stored.content
    stored.delete()
    content.delete(save=False)
