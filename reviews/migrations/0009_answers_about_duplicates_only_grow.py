"""Refuse to change or delete what was found and answered about duplicates, whoever asks."""

from django.db import migrations

from reviews.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_duplicates")]
    operations = [only_grows("reviews_candidate", "reviews_answer")]
