"""Keep what other publications printed as the result of an analysis."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meta", "0003_plans_in_full"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=120, verbose_name="name of the result")),
                ("subgroup", models.CharField(blank=True, max_length=60, verbose_name="subgroup")),
                (
                    "model",
                    models.CharField(
                        blank=True,
                        choices=[("common", "common"), ("random", "random")],
                        max_length=10,
                        verbose_name="model",
                    ),
                ),
                ("estimate", models.CharField(max_length=20, verbose_name="estimate")),
                ("lower", models.CharField(blank=True, max_length=20, verbose_name="lower limit")),
                ("upper", models.CharField(blank=True, max_length=20, verbose_name="upper limit")),
                ("i2", models.CharField(blank=True, max_length=10, verbose_name="I²")),
                ("experimental", models.CharField(blank=True, max_length=21, verbose_name="experimental side")),
                ("control", models.CharField(blank=True, max_length=21, verbose_name="control side")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("url", models.URLField(blank=True, max_length=300, verbose_name="address")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="place")),
                ("note", models.TextField(blank=True, verbose_name="our remark")),
                ("reason", models.TextField(blank=True, verbose_name="reason for the correction")),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_current", models.BooleanField(default=True)),
                (
                    "analysis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_results",
                        to="meta.analysis",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="meta.publishedresult",
                    ),
                ),
            ],
            options={
                "ordering": ["analysis", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("estimate", ""), _negated=True), name="published_result_has_an_estimate"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="published_result_has_a_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lower", ""), ("upper", "")),
                            models.Q(models.Q(("lower", ""), _negated=True), models.Q(("upper", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="published_result_has_both_limits_or_none",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("replaces", None), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="published_result_correction_has_a_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("analysis", "label", "source"),
                        name="published_result_one_current_for_each_label",
                    ),
                ],
            },
        ),
    ]
