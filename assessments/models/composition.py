"""What a jury must be made of, and what its members are: habilitations, employers."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.domain.composition import Rule
from assessments.models.lengths import at_most
from assessments.models.people import User
from assessments.models.sessions import AccessPath, Session
from certification.referentials.models import Certification


class CompositionRuleQuerySet(models.QuerySet["CompositionRule"]):
    def on(self, day: date) -> CompositionRuleQuerySet:
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class CompositionRule(models.Model):
    """The rule that juries of a session keep for some access paths; the law's own where there is none.

    Never edited: another version follows it, and closes it the day before. ``external_share`` is a percentage.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="composition_rules")
    access_paths = ArrayField(models.CharField(max_length=3, choices=AccessPath.choices), verbose_name=_("voies"))
    source = models.TextField(_("texte"))
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField(_("depuis le"))
    valid_until = models.DateField(_("jusqu’au"), null=True, blank=True)
    minimum = models.PositiveSmallIntegerField(_("membres au moins"), validators=[MinValueValidator(2)])
    quorum = models.PositiveSmallIntegerField(_("quorum au moins"), validators=[MinValueValidator(2)])
    qualified = models.PositiveSmallIntegerField(_("personnes qualifiées au moins"))
    external_share = models.PositiveSmallIntegerField(_("part d’extérieurs"), validators=[MaxValueValidator(100)])
    external_refuses = models.BooleanField(_("sans cette part, le jury est refusé"), default=False)
    mixed = models.BooleanField(_("femmes et hommes"), default=False)

    objects = CompositionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("règle de composition")
        verbose_name_plural = _("règles de composition")
        ordering = ["session", "version"]
        constraints = [
            models.UniqueConstraint(fields=["session", "version"], name="composition_rule_version_unique"),
            models.CheckConstraint(
                condition=Q(minimum__gte=2, quorum__gte=2, quorum__lte=F("minimum"), qualified__lte=F("minimum")),
                name="composition_rule_never_alone",
            ),
            models.CheckConstraint(condition=Q(external_share__lte=100), name="composition_rule_share"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="composition_rule_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(access_paths__contained_by=AccessPath.values, access_paths__len__gte=1),
                name="composition_rule_paths_known",
            ),
            at_most("source", texts.REMARK, "composition_rule_source_length"),
        ]

    def __str__(self) -> str:
        return f"{self.session} · {', '.join(self.access_paths)} · {self.version}"

    @property
    def rule(self) -> Rule:
        """As ``domain.composition`` reads it."""
        return Rule(
            paths=tuple(self.access_paths),
            source=self.source,
            minimum=self.minimum,
            quorum=self.quorum,
            qualified=self.qualified,
            external_share=self.external_share,
            external_refuses=self.external_refuses,
            mixed=self.mixed,
        )


class HabilitationQuerySet(models.QuerySet["Habilitation"]):
    def on(self, day: date) -> HabilitationQuerySet:
        """Those that hold on that day."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


class Habilitation(models.Model):
    """The certifier's act by which a person may sit in juries of a certification, and in which quality.

    ``qualified``: a person qualified for the certification (art. D6412-6). ``external``: to the certifier, its
    partners and the training body.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="habilitations")
    certification = models.ForeignKey(Certification, on_delete=models.PROTECT, related_name="habilitations")
    qualified = models.BooleanField(_("professionnel qualifié"), default=False)
    external = models.BooleanField(_("extérieur"), default=False)
    valid_from = models.DateField(_("depuis le"))
    valid_until = models.DateField(_("jusqu’au"), null=True, blank=True)
    reference = models.CharField(_("référence de l’acte"), max_length=200)

    objects = HabilitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("habilitation")
        ordering = ["user__full_name", "certification", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="habilitation_dates_ordered",
            ),
            models.UniqueConstraint(
                fields=["user", "certification"],
                condition=Q(valid_until__isnull=True),
                name="habilitation_one_without_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.certification}"


class Employer(models.Model):
    name = models.CharField(_("nom"), max_length=200)

    class Meta:
        verbose_name = _("employeur")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="employer_name_unique")]

    def __str__(self) -> str:
        return self.name


class Sex(models.TextChoices):
    FEMALE = "F", _("femme")
    MALE = "M", _("homme")


class JuryProfile(models.Model):
    """What juries ask of a person, member or candidate: who employs them; of a member, woman or man, if they say so."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="jury_profile")
    employer = models.ForeignKey(Employer, on_delete=models.PROTECT, null=True, blank=True, related_name="profiles")
    sex = models.CharField(_("sexe"), max_length=1, choices=Sex.choices, blank=True)

    class Meta:
        verbose_name = _("situation d’une personne")
        verbose_name_plural = _("situations des personnes")
        constraints = [models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="jury_profile_sex_known")]

    def __str__(self) -> str:
        return str(self.user)
