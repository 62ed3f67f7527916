"""Juries by law: rules of composition, habilitations, conflicts kept as rows, seats that live."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0031_states_of_whole_assessments"),
        ("referentials", "0003_identities"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompositionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "access_paths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("FI", "formation initiale"),
                                ("CA", "contrat d’apprentissage"),
                                ("FC", "formation continue"),
                                ("CQ", "contrat de professionnalisation"),
                                ("CL", "candidature libre"),
                                ("VAE", "validation des acquis de l’expérience"),
                            ],
                            max_length=3,
                        ),
                        size=None,
                        verbose_name="voies",
                    ),
                ),
                ("source", models.TextField(verbose_name="texte")),
                ("version", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField(verbose_name="depuis le")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="jusqu’au")),
                (
                    "minimum",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(2)], verbose_name="membres au moins"
                    ),
                ),
                (
                    "quorum",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(2)], verbose_name="quorum au moins"
                    ),
                ),
                ("qualified", models.PositiveSmallIntegerField(verbose_name="personnes qualifiées au moins")),
                (
                    "external_share",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)], verbose_name="part d’extérieurs"
                    ),
                ),
                (
                    "external_refuses",
                    models.BooleanField(default=False, verbose_name="sans cette part, le jury est refusé"),
                ),
                ("mixed", models.BooleanField(default=False, verbose_name="femmes et hommes")),
            ],
            options={
                "verbose_name": "règle de composition",
                "verbose_name_plural": "règles de composition",
                "ordering": ["session", "version"],
            },
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text_version", models.PositiveSmallIntegerField()),
                ("signed_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "déclaration d’indépendance",
                "verbose_name_plural": "déclarations d’indépendance",
            },
        ),
        migrations.CreateModel(
            name="DeclaredLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name": "lien déclaré",
                "verbose_name_plural": "liens déclarés",
            },
        ),
        migrations.CreateModel(
            name="EarlyOpening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="motif")),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "passage avancé",
                "verbose_name_plural": "passages avancés",
            },
        ),
        migrations.CreateModel(
            name="Employer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
            ],
            options={
                "verbose_name": "employeur",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Habilitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("qualified", models.BooleanField(default=False, verbose_name="professionnel qualifié")),
                ("external", models.BooleanField(default=False, verbose_name="extérieur")),
                ("valid_from", models.DateField(verbose_name="depuis le")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="jusqu’au")),
                ("reference", models.CharField(max_length=200, verbose_name="référence de l’acte")),
            ],
            options={
                "verbose_name": "habilitation",
                "ordering": ["user__full_name", "certification", "-valid_from", "pk"],
            },
        ),
        migrations.CreateModel(
            name="JurorDeparture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="motif")),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "départ d’un juré",
            },
        ),
        migrations.CreateModel(
            name="JuryProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("F", "femme"), ("M", "homme")], max_length=1, verbose_name="sexe"
                    ),
                ),
            ],
            options={
                "verbose_name": "situation d’une personne",
                "verbose_name_plural": "situations des personnes",
            },
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("absent", "absent"), ("recused", "récusé")], max_length=8)),
                ("cause", models.JSONField(blank=True, default=list)),
                ("reason", models.TextField(blank=True, verbose_name="motif")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "absence ou récusation",
                "ordering": ["slot", "pk"],
            },
        ),
        migrations.CreateModel(
            name="MentorSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "accompagnement",
                "ordering": ["enrolment", "since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Presidency",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="motif")),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "présidence",
                "ordering": ["sitting", "pk"],
            },
        ),
        migrations.AddField(
            model_name="sitting",
            name="state",
            field=models.CharField(
                choices=[("planned", "prévue"), ("cancelled", "annulée")],
                default="planned",
                max_length=9,
                verbose_name="état",
            ),
        ),
        migrations.AlterField(
            model_name="decisionline",
            name="decided_by",
            field=models.CharField(
                choices=[
                    ("machine", "évaluation automatique, confirmée par le mentor"),
                    ("mentor", "mentor"),
                    ("jury", "jury"),
                    ("casting", "jury, par la voix prépondérante du président"),
                    ("president", "président du jury, après délibération"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="sitting",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "cancelled"])), name="sitting_state_known"
            ),
        ),
        migrations.AddField(
            model_name="compositionrule",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="composition_rules", to="assessments.session"
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="juror",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="declaration", to="assessments.juror"
            ),
        ),
        migrations.AddField(
            model_name="declaredlink",
            name="candidate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="declaredlink",
            name="declaration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="links", to="assessments.declaration"
            ),
        ),
        migrations.AddField(
            model_name="earlyopening",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="earlyopening",
            name="slot",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="early_opening", to="assessments.slot"
            ),
        ),
        migrations.AddConstraint(
            model_name="employer",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"), name="employer_name_unique"
            ),
        ),
        migrations.AddField(
            model_name="habilitation",
            name="certification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="habilitations",
                to="referentials.certification",
            ),
        ),
        migrations.AddField(
            model_name="habilitation",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="habilitations", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="jurordeparture",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="jurordeparture",
            name="juror",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="departure", to="assessments.juror"
            ),
        ),
        migrations.AddField(
            model_name="juryprofile",
            name="employer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="profiles",
                to="assessments.employer",
            ),
        ),
        migrations.AddField(
            model_name="juryprofile",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="jury_profile", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="juror",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="leaves", to="assessments.juror"
            ),
        ),
        migrations.AddField(
            model_name="leave",
            name="slot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="leaves", to="assessments.slot"
            ),
        ),
        migrations.AddField(
            model_name="mentorspan",
            name="enrolment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mentor_spans", to="assessments.enrolment"
            ),
        ),
        migrations.AddField(
            model_name="mentorspan",
            name="mentor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="presidency",
            name="after",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="assessments.presidency",
            ),
        ),
        migrations.AddField(
            model_name="presidency",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="presidency",
            name="juror",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="presidencies", to="assessments.juror"
            ),
        ),
        migrations.AddField(
            model_name="presidency",
            name="sitting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="presidencies", to="assessments.sitting"
            ),
        ),
        migrations.AddField(
            model_name="presidency",
            name="slot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="presidencies",
                to="assessments.slot",
            ),
        ),
        migrations.AddConstraint(
            model_name="compositionrule",
            constraint=models.UniqueConstraint(fields=("session", "version"), name="composition_rule_version_unique"),
        ),
        migrations.AddConstraint(
            model_name="compositionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum__gte", 2),
                    ("qualified__lte", models.F("minimum")),
                    ("quorum__gte", 2),
                    ("quorum__lte", models.F("minimum")),
                ),
                name="composition_rule_never_alone",
            ),
        ),
        migrations.AddConstraint(
            model_name="compositionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("external_share__lte", 100)), name="composition_rule_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="compositionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="composition_rule_dates_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="compositionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("access_paths__contained_by", ["FI", "CA", "FC", "CQ", "CL", "VAE"]), ("access_paths__len__gte", 1)
                ),
                name="composition_rule_paths_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="compositionrule",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(models.F("source")), 5000
                ),
                name="composition_rule_source_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaredlink",
            constraint=models.UniqueConstraint(fields=("declaration", "candidate"), name="declared_link_unique"),
        ),
        migrations.AddConstraint(
            model_name="earlyopening",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(models.F("reason")), 5000
                ),
                name="early_opening_reason_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="habilitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                name="habilitation_dates_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="habilitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_until__isnull", True)),
                fields=("user", "certification"),
                name="habilitation_one_without_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="jurordeparture",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(models.F("reason")), 5000
                ),
                name="departure_reason_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="juryprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(("sex__in", ["", "F", "M"])), name="jury_profile_sex_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("juror", "slot"), name="leave_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "absent"), models.Q(("ended_at__isnull", True), ("kind", "recused")), _connector="OR"
                ),
                name="leave_recused_for_good",
            ),
        ),
        migrations.AddConstraint(
            model_name="leave",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(models.F("reason")), 5000
                ),
                name="leave_reason_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="mentorspan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)), fields=("enrolment",), name="mentor_span_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="mentorspan",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"),
                name="mentor_span_dates_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="presidency",
            constraint=models.UniqueConstraint(
                condition=models.Q(("after__isnull", True)),
                fields=("sitting", "slot"),
                name="presidency_one_first",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="presidency",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(models.F("reason")), 5000
                ),
                name="presidency_reason_length",
            ),
        ),
    ]
