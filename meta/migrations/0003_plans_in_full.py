"""Let a plan say everything that the engine can do: intervals, subgroups, studies left out, checks."""

from django.db import migrations, models

import meta.analysis.models


class Migration(migrations.Migration):
    dependencies = [
        ("meta", "0002_results_only_grow"),
    ]

    operations = [
        migrations.AddField(
            model_name="plan",
            name="checks",
            field=models.JSONField(default=meta.analysis.models.every_check, verbose_name="checks"),
        ),
        migrations.AddField(
            model_name="plan",
            name="groups",
            field=models.JSONField(default=list, verbose_name="subgroups, one by one"),
        ),
        migrations.AddField(
            model_name="plan",
            name="interval",
            field=models.CharField(default="wald", max_length=10, verbose_name="confidence interval"),
        ),
        migrations.AddField(
            model_name="plan",
            name="left_out",
            field=models.JSONField(default=list, verbose_name="studies left out, with reasons"),
        ),
        migrations.AddField(
            model_name="plan",
            name="prediction",
            field=models.CharField(blank=True, max_length=10, verbose_name="prediction interval"),
        ),
        migrations.AddField(
            model_name="plan",
            name="subgroups_by",
            field=models.CharField(blank=True, max_length=60, verbose_name="subgroups by"),
        ),
        migrations.AddField(
            model_name="plan",
            name="variant",
            field=models.CharField(blank=True, max_length=20, verbose_name="formula of the measure"),
        ),
    ]
