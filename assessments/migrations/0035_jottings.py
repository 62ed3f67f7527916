"""What is written on the day: versions of marks, private notes, rulings as they are typed."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0034_mentors_of_old"),
        ("referentials", "0003_identities"),
    ]

    operations = [
        migrations.AddField(
            model_name="ballot",
            name="saved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="enregistré le"),
        ),
        migrations.AddField(
            model_name="ballot",
            name="version",
            field=models.PositiveIntegerField(default=0, verbose_name="version"),
        ),
        migrations.AddField(
            model_name="mark",
            name="saved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="enregistré le"),
        ),
        migrations.AddField(
            model_name="mark",
            name="version",
            field=models.PositiveIntegerField(default=0, verbose_name="version"),
        ),
        migrations.CreateModel(
            name="MarkNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                ("saved_at", models.DateTimeField(blank=True, null=True, verbose_name="enregistré le")),
                ("flagged", models.BooleanField(default=False, verbose_name="à revoir")),
                ("text", models.TextField(blank=True, verbose_name="note pour soi")),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="assessments.ballot"
                    ),
                ),
                (
                    "competency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentials.competency",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentials.criterion",
                    ),
                ),
            ],
            options={
                "verbose_name": "note d’un juré pour lui-même",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("competency__isnull", True), ("criterion__isnull", False)),
                            models.Q(("competency__isnull", False), ("criterion__isnull", True)),
                            _connector="OR",
                        ),
                        name="mark_note_on_one_line",
                    ),
                    models.UniqueConstraint(fields=("ballot", "criterion"), name="mark_note_unique"),
                    models.UniqueConstraint(fields=("ballot", "competency"), name="mark_note_competency_unique"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length(models.F("text")), 5000
                        ),
                        name="mark_note_length",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MotiveDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                ("saved_at", models.DateTimeField(blank=True, null=True, verbose_name="enregistré le")),
                ("motive", models.TextField(blank=True, verbose_name="motivation")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "slot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="motive_draft", to="assessments.slot"
                    ),
                ),
            ],
            options={
                "verbose_name": "brouillon d’une motivation",
                "verbose_name_plural": "brouillons des motivations",
                "constraints": [
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length(models.F("motive")), 20000
                        ),
                        name="motive_draft_length",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RulingDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                ("saved_at", models.DateTimeField(blank=True, null=True, verbose_name="enregistré le")),
                ("level", models.CharField(blank=True, max_length=20)),
                ("comment", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "competency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentials.competency",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referentials.criterion",
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ruling_drafts", to="assessments.slot"
                    ),
                ),
            ],
            options={
                "verbose_name": "brouillon d’un niveau retenu",
                "verbose_name_plural": "brouillons des niveaux retenus",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("competency__isnull", True), ("criterion__isnull", False)),
                            models.Q(("competency__isnull", False), ("criterion__isnull", True)),
                            _connector="OR",
                        ),
                        name="ruling_draft_on_one_line",
                    ),
                    models.UniqueConstraint(fields=("slot", "criterion"), name="ruling_draft_unique"),
                    models.UniqueConstraint(fields=("slot", "competency"), name="ruling_draft_competency_unique"),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length(models.F("comment")), 5000
                        ),
                        name="ruling_draft_comment_length",
                    ),
                ],
            },
        ),
    ]
