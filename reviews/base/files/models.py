"""Files that people brought, kept privately; the name on disk is the server's own."""

import uuid

from django.conf import settings
from django.db import models


def place(instance: "StoredFile", filename: str) -> str:
    """Two letters of folder, then a random name: nothing of what the person typed reaches the file system."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


class StoredFile(models.Model):
    """One uploaded file. It is found through what it belongs to, whose access rules apply."""

    content = models.FileField(upload_to=place, max_length=200)
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.original_name
