"""Refuse to change or delete audit events, whoever asks."""

from django.db import migrations

from reviews.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_first_tables")]
    operations = [only_grows("reviews_event")]
