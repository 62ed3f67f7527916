"""What is asked before somebody is enrolled, or their options changed: one session of an edition at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.domain.workflow import ENDED, WorkState
from assessments.models import Award, Enrolment, Session, User, Work
from assessments.models.awards import TitleOutcome
from assessments.services.errors import Refused
from certification.referentials.models import Bloc


def require_free(*, session: Session, candidates: Sequence[User]) -> None:
    """Nobody of them, whom the caller holds, is under way in another session of the edition, or has its title.

    Raises Refused("enrolment.elsewhere"), ("enrolment.titled").
    """
    others = Enrolment.objects.filter(candidate__in=candidates, session__referential=session.referential_id).exclude(
        session=session
    )
    others = others.select_related("candidate", "session")
    titled = others.filter(
        Exists(Award.objects.titled().filter(enrolment=OuterRef("pk"), outcome=TitleOutcome.FULL))
    ).first()
    if titled is not None:
        raise Refused(
            "enrolment.titled",
            _("%(name)s a déjà obtenu cette certification, dans la session %(session)s."),
            name=titled.candidate.full_name,
            session=titled.session.name,
        )
    busy = others.exclude(_ended()).first()
    if busy is not None:
        sentence = _(
            "%(name)s est en cours dans une autre session de cette édition, %(session)s : on n’en présente qu’une à la "
            "fois. Attendez la fin des dépôts et des jurys, ou retirez les travaux qui y sont en cours."
        )
        raise Refused("enrolment.elsewhere", sentence, name=busy.candidate.full_name, session=busy.session.name)


def _ended() -> Q:
    """A jury has decided on the title, not put it off, or deposits are closed and nothing handed in is under way."""
    decided = Exists(Award.objects.titled().filter(enrolment=OuterRef("pk")))
    idle = [*ENDED, WorkState.DRAFT, WorkState.RETURNED]
    under_way = Work.objects.filter(enrolment=OuterRef("pk")).exclude(state__in=idle)
    closed = Q(session__deposit_deadline__lt=timezone.now())
    return Q(decided) | (closed & ~Q(Exists(under_way)))


def require_kept(*, enrolment: Enrolment, options: Collection[Bloc]) -> None:
    """No option is taken away of which a work was deposited. Raises Refused("enrolment.presented")."""
    kept = {bloc.pk for bloc in options}
    deposited = Work.objects.filter(enrolment=enrolment, submissions__isnull=False)
    presented = enrolment.options.exclude(pk__in=kept).filter(assessments__works__in=deposited).first()
    if presented is not None:
        raise Refused(
            "enrolment.presented",
            _("Un travail a été déposé pour « %(name)s » : cette option ne peut plus être retirée."),
            name=presented,
        )
