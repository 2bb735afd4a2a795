"""Refuse to change or delete snapshots, releases and notices: what was computed or published stays."""

from django.db import migrations

from reviews.base.append_only import only_grows


class Migration(migrations.Migration):
    dependencies = [("meta", "0001_first_tables")]
    operations = [only_grows("meta_snapshot", "meta_release", "meta_notice")]
