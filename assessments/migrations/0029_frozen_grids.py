"""What people rest on is frozen: the grid of a submission, the bases of a decision, the names it bears."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

from assessments.migrations._guards import frozen, not_emptied

TABLES = ("gridsnapshot", "linestate", "linecheck", "decisionbasis", "decisionnames")
# A flag is closed once, and nothing else of it ever changes.
FLAG = """
CREATE TRIGGER settled BEFORE UPDATE ON assessments_lineflag FOR EACH ROW WHEN (
    OLD.before_id IS DISTINCT FROM NEW.before_id OR OLD.after_id IS DISTINCT FROM NEW.after_id
    OR OLD.outcome IS DISTINCT FROM NEW.outcome OR OLD.proposal IS DISTINCT FROM NEW.proposal
    OR OLD.raised_at IS DISTINCT FROM NEW.raised_at OR OLD.closed_at IS NOT NULL
) EXECUTE FUNCTION jalon_refuse_change();
CREATE TRIGGER kept BEFORE DELETE ON assessments_lineflag
    FOR EACH ROW EXECUTE FUNCTION jalon_refuse_change();
"""
FLAG_FREE = """
DROP TRIGGER settled ON assessments_lineflag;
DROP TRIGGER kept ON assessments_lineflag;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0028_one_place_at_once"),
        ("referentials", "0003_identities"),
    ]

    operations = [
        migrations.CreateModel(
            name="DecisionNames",
            fields=[
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="names",
                        serialize=False,
                        to="assessments.decision",
                    ),
                ),
                ("candidate", models.TextField()),
                ("certification", models.TextField()),
                ("rncp_code", models.TextField(blank=True)),
                ("edition", models.TextField()),
                ("session", models.TextField()),
                ("bloc", models.TextField(blank=True)),
                ("assessment", models.TextField()),
                ("president", models.TextField()),
                ("jurors", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("mentor", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "noms lors d’une décision",
                "verbose_name_plural": "noms lors d’une décision",
            },
        ),
        migrations.CreateModel(
            name="GridSnapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "taken_for",
                    models.CharField(
                        choices=[("review", "avis du mentor"), ("ballots", "bulletins du jury")], max_length=7
                    ),
                ),
                ("taken_at", models.DateTimeField(auto_now_add=True)),
                ("engine_version", models.CharField(blank=True, max_length=20)),
                ("reconstructed", models.BooleanField(default=False)),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="snapshot",
                        to="assessments.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "grille figée",
                "verbose_name_plural": "grilles figées",
            },
        ),
        migrations.CreateModel(
            name="LineCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("check_code", models.CharField(max_length=80)),
                ("params_digest", models.CharField(max_length=64)),
                ("decides", models.BooleanField()),
                ("fault", models.JSONField(blank=True, default=dict)),
                (
                    "result",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line_checks",
                        to="assessments.checkresult",
                    ),
                ),
            ],
            options={
                "verbose_name": "contrôle d’une ligne figée",
                "verbose_name_plural": "contrôles des lignes figées",
                "ordering": ["state", "position"],
            },
        ),
        migrations.CreateModel(
            name="LineFlag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=10)),
                ("proposal", models.CharField(max_length=12)),
                ("raised_at", models.DateTimeField(auto_now_add=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("word", models.TextField(blank=True, verbose_name="mot de clôture")),
                (
                    "after",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="assessments.checkresult"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="assessments.linecheck"
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "écart relevé",
                "verbose_name_plural": "écarts relevés",
                "ordering": ["-raised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="LineState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("proposal", models.CharField(max_length=12)),
                ("settled", models.CharField(max_length=7)),
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
                    "remark",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="states",
                        to="assessments.reviewremark",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="states",
                        to="assessments.gridsnapshot",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne figée",
                "verbose_name_plural": "lignes figées",
                "ordering": ["snapshot", "position"],
            },
        ),
        migrations.AddField(
            model_name="linecheck",
            name="state",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="assessments.linestate"
            ),
        ),
        migrations.CreateModel(
            name="DecisionBasis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bases", to="assessments.decisionline"
                    ),
                ),
                (
                    "mark",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision_bases",
                        to="assessments.mark",
                    ),
                ),
                (
                    "state",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision_bases",
                        to="assessments.linestate",
                    ),
                ),
            ],
            options={
                "verbose_name": "base d’une décision",
                "verbose_name_plural": "bases d’une décision",
                "ordering": ["line", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="gridsnapshot",
            constraint=models.CheckConstraint(
                condition=models.Q(("taken_for__in", ["review", "ballots"])), name="snapshot_taken_for_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="lineflag",
            constraint=models.UniqueConstraint(fields=("before", "outcome"), name="line_flag_once_per_outcome"),
        ),
        migrations.AddConstraint(
            model_name="lineflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "proposal__in",
                        [
                            "acquired",
                            "not_acquired",
                            "none",
                        ],
                    )
                ),
                name="line_flag_proposal_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lineflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True), ("word", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_by__isnull", False),
                        models.Q(("word", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="line_flag_closed_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="lineflag",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(models.F("word")), 5000
                ),
                name="line_flag_word_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="linestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("competency__isnull", True), ("criterion__isnull", False)),
                    models.Q(("competency__isnull", False), ("criterion__isnull", True)),
                    _connector="OR",
                ),
                name="line_state_on_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="linestate",
            constraint=models.UniqueConstraint(fields=("snapshot", "criterion"), name="line_state_unique"),
        ),
        migrations.AddConstraint(
            model_name="linestate",
            constraint=models.UniqueConstraint(fields=("snapshot", "competency"), name="line_state_competency_unique"),
        ),
        migrations.AddConstraint(
            model_name="linestate",
            constraint=models.UniqueConstraint(fields=("snapshot", "position"), name="line_state_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="linestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "proposal__in",
                        [
                            "acquired",
                            "not_acquired",
                            "none",
                        ],
                    )
                ),
                name="line_state_proposal_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="linestate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "settled__in",
                        [
                            "machine",
                            "mentor",
                            "nobody",
                        ],
                    )
                ),
                name="line_state_settled_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="linecheck",
            constraint=models.UniqueConstraint(fields=("state", "position"), name="line_check_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="linecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__isnull", True), ("fault", {}), _connector="OR"),
                name="line_check_answer_or_fault",
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionbasis",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mark__isnull", True), ("state__isnull", False)),
                    models.Q(("mark__isnull", False), ("state__isnull", True)),
                    _connector="OR",
                ),
                name="decision_basis_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="decisionbasis",
            constraint=models.UniqueConstraint(fields=("line", "state"), name="decision_basis_state_once"),
        ),
        migrations.AddConstraint(
            model_name="decisionbasis",
            constraint=models.UniqueConstraint(fields=("line", "mark"), name="decision_basis_mark_once"),
        ),
        *(frozen(table) for table in TABLES),
        migrations.RunSQL(FLAG, FLAG_FREE),
        *(not_emptied(table) for table in (*TABLES, "lineflag")),
    ]
