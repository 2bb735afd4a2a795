"""The Celery app: it carries ids only; what is owed stands in the database (reviews.base.work)."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TRANSPORT_ALIASES["filesystem"] = "config.file_broker:Transport"

app = Celery("perennial")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["reviews.base.work", "reviews.search", "reviews.dedup", "meta.analysis"])
