"""Refuse to change or delete a correction of a record, whoever asks."""

from django.db import migrations

from reviews.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_searches_imports_and_records")]
    operations = [only_grows("reviews_correction")]
