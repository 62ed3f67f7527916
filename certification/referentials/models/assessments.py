"""Assessments (épreuves), their parts, and the deliverables they expect."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certification.referentials.models.base import (
    Node,
    among,
    at_least_one_if_given,
    node_constraints,
    printed_code,
    reference_key,
    unique_if_given,
)
from certification.referentials.models.structure import Activity, Bloc, Competency


class AssessmentKind(models.TextChoices):
    """What an assessment, or one of its parts, is."""

    SITUATION = "situation", _("mise en situation professionnelle")
    CASE_STUDY = "case_study", _("étude de cas")
    ROLE_PLAY = "role_play", _("jeu de rôle")
    PEER = "peer", _("évaluation par les pairs")
    PROJECT = "project", _("projet")
    DEFENCE = "defence", _("soutenance")
    THESIS = "thesis", _("thèse professionnelle")
    OTHER = "other", _("autre")


class WorkMode(models.TextChoices):
    """Whether candidates work alone or together."""

    SOLO = "solo", _("individuel")
    GROUP = "group", _("en groupe")
    UNKNOWN = "unknown", _("non précisé")


class MarkingMode(models.TextChoices):
    """Whether each candidate or the group is marked."""

    INDIVIDUAL = "individual", _("individuelle")
    COLLECTIVE = "collective", _("collective")
    UNKNOWN = "unknown", _("non précisée")


class ScenarioKind(models.TextChoices):
    """Where the case comes from."""

    REAL = "real", _("réel")
    FICTIONAL = "fictional", _("fictif")
    EITHER = "either", _("réel ou fictif")
    UNKNOWN = "unknown", _("non précisé")


class MappingOrigin(models.TextChoices):
    """Who says what an assessment judges."""

    TEXT = "text", _("le texte du référentiel")
    CERTIFIER = "certifier", _("le certificateur, faute de texte")


class Assessment(Node):
    """An épreuve: covers a set of competencies, in one bloc, across activities, or the whole certification.

    What the référentiel does not state stays `unknown` or empty. Who works (`work`), whose result it is
    (`marking`), who assesses (`assessors`) and before whom (`audience`) are stated apart. `mapping` says whose are
    the competencies, and the criteria, that it names: the text's or the certifier's.
    """

    Work = WorkMode

    Marking = MarkingMode

    Scenario = ScenarioKind

    Mapping = MappingOrigin

    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, related_name="assessments", null=True, blank=True)
    competencies = models.ManyToManyField(
        Competency, through="referentials.AssessmentCompetency", related_name="assessments"
    )
    activities = models.ManyToManyField(Activity, through="referentials.AssessmentActivity", related_name="assessments")
    code = printed_code()
    title = models.TextField()
    kind = models.CharField(max_length=12, choices=AssessmentKind.choices)
    mapping = models.CharField(max_length=10, choices=Mapping.choices, default=Mapping.TEXT)
    brief = models.TextField(blank=True, default="")
    conditions = models.TextField(blank=True, default="")
    talk_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    questions_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    questions_minutes_max = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)
    work = models.CharField(max_length=10, choices=Work.choices, default=Work.UNKNOWN)
    marking = models.CharField(max_length=10, choices=Marking.choices, default=Marking.UNKNOWN)
    assessors = models.JSONField(default=list, blank=True, help_text="Among jury, mentor, trainer, peers.")
    audience = models.TextField(blank=True, default="")
    scenario = models.CharField(max_length=10, choices=Scenario.choices, default=Scenario.UNKNOWN)
    scenario_chosen_by_candidate = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ("referential", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("assessment"),
            among("assessment_kind_known", "kind", AssessmentKind),
            among("assessment_mapping_known", "mapping", MappingOrigin),
            among("assessment_work_known", "work", WorkMode),
            among("assessment_marking_known", "marking", MarkingMode),
            among("assessment_scenario_known", "scenario", ScenarioKind),
            at_least_one_if_given(
                "assessment_minutes_from_one",
                "talk_minutes",
                "questions_minutes",
                "questions_minutes_max",
                "duration_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class AssessmentPart(Node):
    """One of the studies or stages of an assessment, in their order."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="parts")
    code = printed_code()
    title = models.TextField()
    kind = models.CharField(max_length=12, choices=AssessmentKind.choices)
    brief = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("assessment", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("assessmentpart", "assessment"),
            among("assessmentpart_kind_known", "kind", AssessmentKind),
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentCompetency(Node):
    """A competency covered by an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="competency_rows")
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("assessment", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("assessmentcompetency", "assessment"),
            models.UniqueConstraint(fields=["assessment", "competency"], name="assessmentcompetency_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} → {self.competency_id}"


class AssessmentActivity(Node):
    """An activity covered by an assessment."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="activity_rows")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("assessment", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("assessmentactivity", "assessment"),
            models.UniqueConstraint(fields=["assessment", "activity"], name="assessmentactivity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} → {self.activity_id}"


class DeliverableKind(models.TextChoices):
    """What a deliverable is."""

    NOTEBOOK = "notebook", _("notebook")
    CODE = "code", _("code")
    MODEL = "model", _("fichier de modèle")
    API_URL = "api_url", _("adresse d’API")
    DASHBOARD_URL = "dashboard_url", _("adresse de tableau de bord")
    DOCUMENT = "document", _("note ou dossier PDF")
    SLIDES = "slides", _("support de présentation")
    DATA = "data", _("données")
    PREDICTIONS = "predictions", _("prédictions")
    OTHER = "other", _("autre")


class Deliverable(Node):
    """What a candidate hands in: for a competency, a bloc, an assessment, or the whole certification.

    `implied`: the référentiel names no such deliverable, but its criteria cannot be judged without it.
    `container`: the deliverable that gathers this one, such as the written dossier of a bloc.
    """

    Kind = DeliverableKind

    bloc = models.ForeignKey(Bloc, on_delete=models.PROTECT, related_name="deliverables", null=True, blank=True)
    competency = models.ForeignKey(
        Competency, on_delete=models.PROTECT, related_name="deliverables", null=True, blank=True
    )
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="deliverables", null=True, blank=True
    )
    container = models.ForeignKey("self", on_delete=models.PROTECT, related_name="contents", null=True, blank=True)
    key = reference_key()
    kind = models.CharField(max_length=14, choices=Kind.choices)
    text = models.TextField()
    required = models.BooleanField(default=True)
    implied = models.BooleanField(default=False)

    class Meta:
        ordering = ("referential", "bloc__position", "assessment__position", "position")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *node_constraints("deliverable", "bloc", "competency", "assessment"),
            unique_if_given("deliverable_key_unique", "referential", field="key"),
            among("deliverable_kind_known", "kind", DeliverableKind),
            models.CheckConstraint(
                condition=Q(competency__isnull=True) | Q(assessment__isnull=True),
                name="deliverable_of_one_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.text
