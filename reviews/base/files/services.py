"""Store an uploaded file, checked and hashed."""

import hashlib
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import File
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
    return keep(content=upload, name=upload.name or "", content_type=kind.content_type, actor=actor)


def keep(*, content: "File[bytes]", name: str, content_type: str, actor: "AbstractBaseUser") -> StoredFile:
    """Keep a file that was found to be what it should be. If the transaction around it fails, it is removed again."""
    stored = StoredFile(
        original_name=rules.safe_name(name),
        content_type=content_type,
        size=content.size or 0,
        sha256=hash_of(content),
        uploaded_by_id=actor.pk,
    )
    stored.content.save("unused", content, save=False)
    try:
        with transaction.atomic():
            stored.save()
    except Exception:
        stored.content.delete(save=False)
        raise
    return stored


def hash_of(content: "File[bytes]") -> str:
    """SHA-256 of a file's content, in hexadecimal; the file is at its beginning afterwards."""
    digest = hashlib.sha256()
    content.seek(0)
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def discard(stored: StoredFile) -> None:
    """Take back a file that was stored a moment ago and that nothing refers to."""
    content = stored.content
    stored.delete()
    content.delete(save=False)
