"""Sessions and enrolments: who presents which edition, with whom, by which access path."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.appeals import DAYS as APPEAL_DAYS
from assessments.models import AccessPath, Enrolment, Role, Session, User
from assessments.models.sessions import AcquiredBloc
from assessments.services import carried, composition, enrolling, journal, mentoring, people, seats
from assessments.services.entrants import Entrant, by_address, require_names
from assessments.services.errors import RULES, Denied, Refused
from assessments.services.journal import Act
from assessments.services.texts import kept
from certification.referentials.lines import unmapped
from certification.referentials.models import Bloc, EditionStatus, OptionGroup, Referential
from certification.referentials.tree import edition_tree


@dataclass(frozen=True, slots=True)
class Intake:
    """What enrolling a list did: the new enrolments, how many were there before, how many accounts were opened.

    ``carried`` counts the blocs won before that were recorded.
    """

    enrolments: Sequence[Enrolment]
    already: int
    invited: int
    carried: int = 0


@transaction.atomic
def create(
    *,
    actor: User,
    referential: Referential,
    name: str,
    starts_on: date,
    ends_on: date,
    deposit_deadline: datetime,
    max_attempts: int | None = None,
    appeal_days: int = APPEAL_DAYS,
) -> Session:
    """Open a session of a published edition.

    ``max_attempts`` bounds the attempts at an épreuve, None leaves them free; ``appeal_days`` is the delay of appeals.
    Raises Denied; Refused("session.edition") for an edition that is not in force; ("session.unmapped") for one whose
    épreuves do not all say what they judge; ("session.dates"), ("session.deadline"), ("session.name"),
    ("session.attempts"), ("session.appeals").
    """
    _require_administrator(actor)
    if referential.status != EditionStatus.PUBLISHED:
        raise Refused("session.edition", _("Seule une édition publiée du référentiel peut ouvrir une session."))
    _require_mapping(referential)
    session = Session(referential=referential)
    _describe(session, name, starts_on, ends_on, deposit_deadline)
    _rule(session, max_attempts, appeal_days)
    session.save(force_insert=True)
    journal.record(actor, "session.created", session, referential=referential.pk, **_dates(session))
    composition.adopt(actor=actor, session=session)
    return session


@transaction.atomic
def edit(
    *,
    actor: User,
    session: Session,
    name: str,
    starts_on: date,
    ends_on: date,
    deposit_deadline: datetime,
    max_attempts: int | None = None,
    appeal_days: int = APPEAL_DAYS,
) -> Session:
    """Change the name, the dates and the rules of a session; its edition stays. Raises like ``create``."""
    _require_administrator(actor)
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    before = _dates(session)
    _describe(session, name, starts_on, ends_on, deposit_deadline)
    _rule(session, max_attempts, appeal_days)
    session.save()
    journal.record(actor, "session.edited", session, before=before, after=_dates(session))
    return session


@transaction.atomic
def keep_jury_time(*, actor: User, session: Session, minutes: int) -> Session:
    """Set how long the jury has for itself after each passage; passages that are planned stay. Raises Denied.

    Refused("session.jury_time") beyond four hours.
    """
    _require_administrator(actor)
    if not 0 <= minutes <= 240:
        raise Refused("session.jury_time", _("Donnez un nombre de minutes, de 0 à 240."))
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    before, session.jury_minutes = session.jury_minutes, minutes
    session.save(update_fields=["jury_minutes"])
    journal.record(actor, "session.jury_time", session, before=before, after=minutes)
    return session


@transaction.atomic
def enrol(
    *,
    actor: User,
    session: Session,
    candidate: User,
    mentor: User | None = None,
    access_path: str = AccessPath.FC,
    options: Collection[Bloc] = (),
) -> Enrolment:
    """Enrol a candidate.

    The blocs that they won before are recorded; seated in a jury that is to hear them, their mentor is recused for
    them, and they for their mentor. Raises Denied; Refused("enrolment.candidate") without the role,
    ("enrolment.twice"), ("enrolment.elsewhere"), ("enrolment.titled"), ("enrolment.mentor"),
    ("enrolment.access_path"), ("enrolment.options"), ("enrolment.option_missing").
    """
    _require_administrator(actor)
    candidate = User.objects.select_for_update(no_key=True).get(pk=candidate.pk)
    _require_candidate(candidate)
    if Enrolment.objects.filter(session=session, candidate=candidate).exists():
        raise Refused("enrolment.twice", _("%(name)s est déjà inscrit à cette session."), name=candidate.full_name)
    enrolling.require_free(session=session, candidates=[candidate])
    _require_terms(candidate, mentor, access_path)
    enrolment = Enrolment.objects.create(session=session, candidate=candidate, mentor=mentor, access_path=access_path)
    mentoring.begin([enrolment])
    _won, recorded = carried.recorded_for(actor=actor, enrolments=[enrolment])
    _choose([enrolment], options, _groups(session, options))
    seats.recuse_conflicted(people=[candidate] if mentor else [])
    journal.record_all([_enrolled(actor, enrolment, options), *recorded])
    return enrolment


@transaction.atomic
def enrol_all(
    *,
    actor: User,
    session: Session,
    entrants: Sequence[Entrant],
    mentor: User | None = None,
    access_path: str = AccessPath.FC,
    options: Collection[Bloc] = (),
    names_seen: str = "",
) -> Intake:
    """Enrol a list of people by address, all or none: an unknown address is invited, one enrolled already stays.

    All of them on the same terms, options included.

    The blocs that each of them won before are recorded, and jurors recused as by ``enrol``. ``names_seen`` is what a
    NamesDiffer gave, once its differences were read. Raises Denied; NamesDiffer where a name is not that of the
    account; Refused like ``enrol`` and ``people.invite``.

    Everybody on the list is held before anything is written, newcomers are written in the order of their addresses,
    and the journal is told of it all at the end.
    """
    _require_administrator(actor)
    groups = _groups(session, options)
    unique = by_address(entrants)
    known = people.held(unique)
    differing = require_names(entrants, known, names_seen)
    candidates, acts = _candidates(actor, session, unique, known)
    enrolling.require_free(session=session, candidates=candidates)
    for candidate in candidates:
        _require_candidate(candidate)
        _require_terms(candidate, mentor, access_path)
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(session=session, candidate=candidate, mentor=mentor, access_path=access_path)
        for candidate in candidates
    )
    mentoring.begin(enrolments)
    acts += [_enrolled(actor, enrolment, options) for enrolment in enrolments]
    won, recorded = carried.recorded_for(actor=actor, enrolments=enrolments)
    acts += recorded
    _choose(enrolments, options, groups)
    seats.recuse_conflicted(people=candidates if mentor else [])
    if differing:
        acts.append(Act(actor, "session.names_confirmed", session, {"lines": len(differing)}))
    journal.record_all(acts)
    already, invited = len(unique) - len(enrolments), len(unique.keys() - known.keys())
    return Intake(enrolments, already, invited, won)


def _candidates(
    actor: User, session: Session, listed: Mapping[str, Entrant], known: Mapping[str, User]
) -> tuple[list[User], list[Act]]:
    """Those listed who are not enrolled yet: given the role where they have an account, invited where they have none.

    With them, what the journal is to say of it.
    """
    there = set(Enrolment.objects.filter(session=session).values_list("candidate", flat=True))
    found = [person for person in known.values() if person.pk not in there]
    acts = [act for person in found for act in people.granted(actor=actor, person=person, role=Role.CANDIDATE)]
    for address in sorted(listed.keys() - known.keys()):
        name = listed[address].full_name
        person, act = people.opened(actor=actor, email=address, full_name=name, roles=[Role.CANDIDATE])
        found.append(person)
        acts.append(act)
    return found, acts


@transaction.atomic
def edit_enrolment(
    *, actor: User, enrolment: Enrolment, mentor: User | None, access_path: str, options: Collection[Bloc] = ()
) -> Enrolment:
    """Assign the mentor, correct the access path and the options.

    Raises Denied; Refused like ``enrol``, and ("enrolment.presented") for an option taken away whose épreuve has
    been presented.

    A new mentor sees the candidate's works at once; reviews already given keep the name of who gave them. Seated in a
    jury that is to hear the candidate, a new mentor is recused for that candidate.
    """
    _require_administrator(actor)
    locked = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    enrolment = locked.select_related("candidate").get(pk=enrolment.pk)
    _require_terms(enrolment.candidate, mentor, access_path)
    before = _terms(enrolment, enrolment.options.all())
    enrolment.mentor = mentor
    enrolment.access_path = access_path
    enrolment.save(update_fields=["mentor", "access_path"])
    enrolling.require_kept(enrolment=enrolment, options=options)
    _choose([enrolment], options, _groups(enrolment.session, options))
    mentoring.change(enrolment)
    seats.recuse_conflicted(people=[enrolment.candidate])
    journal.record(actor, "enrolment.edited", enrolment, before=before, after=_terms(enrolment, options))
    return enrolment


def _require_administrator(actor: User) -> None:
    if not policies.can_administer(actor):
        raise Denied


def _require_mapping(referential: Referential) -> None:
    """Without it, each of several épreuves would be judged on everything, and award alone what they award together."""
    tree = edition_tree(referential)
    found = [tree["assessments"][rank] for rank in unmapped(tree)]
    if found:
        raise Refused(
            "session.unmapped",
            _(
                "Rien ne dit ce que ces épreuves évaluent : %(names)s. Partez de cette édition pour en préparer une "
                "nouvelle, où les compétences sont réparties entre elles, puis ouvrez-y la session."
            ),
            names=", ".join(" ".join(filter(None, (each["code"], each["title"]))) for each in found),
        )


def _describe(session: Session, name: str, starts_on: date, ends_on: date, deposit_deadline: datetime) -> None:
    if ends_on < starts_on:
        raise Refused("session.dates", _("La session ne peut pas finir avant d’avoir commencé."))
    if deposit_deadline.date() < starts_on:
        raise Refused("session.deadline", _("La date limite de dépôt précède le début de la session."))
    name = kept(name, texts.NAME)
    same = Session.objects.filter(referential=session.referential, name=name).exclude(pk=session.pk)
    if same.exists():
        raise Refused(*RULES["session_name_unique"])
    session.name = name
    session.starts_on, session.ends_on, session.deposit_deadline = starts_on, ends_on, deposit_deadline


def _rule(session: Session, max_attempts: int | None, appeal_days: int) -> None:
    if max_attempts is not None and max_attempts < 1:
        raise Refused("session.attempts", _("Une session permet une tentative au moins."))
    if appeal_days < 1:
        raise Refused("session.appeals", _("Le délai de recours compte un jour au moins."))
    session.max_attempts, session.appeal_days = max_attempts, appeal_days


def _dates(session: Session) -> dict[str, str | int | None]:
    return {
        "starts_on": session.starts_on.isoformat(),
        "ends_on": session.ends_on.isoformat(),
        "deposit_deadline": session.deposit_deadline.isoformat(),
        "max_attempts": session.max_attempts,
        "appeal_days": session.appeal_days,
    }


def _require_candidate(candidate: User) -> None:
    if not candidate.has_role(Role.CANDIDATE):
        raise Refused("enrolment.candidate", _("%(name)s n’a pas le rôle de candidat."), name=candidate.full_name)


def _require_terms(candidate: User, mentor: User | None, access_path: str) -> None:
    if access_path not in AccessPath.values:
        raise Refused("enrolment.access_path", _("Cette voie d’accès n’existe pas."))
    if mentor is not None and (mentor == candidate or not mentor.has_role(Role.MENTOR)):
        raise Refused("enrolment.mentor", _("Le mentor doit avoir le rôle de mentor et ne pas être le candidat."))


def _groups(session: Session, options: Collection[Bloc]) -> list[OptionGroup]:
    """The option groups of the edition. Raises Refused("enrolment.options") for options they do not let one take."""
    groups = list(OptionGroup.objects.filter(referential=session.referential_id))
    taken = Counter(bloc.option_group_id for bloc in options)
    choose = {group.pk: group.choose for group in groups}
    if any(count > choose.get(group or 0, 0) for group, count in taken.items()):
        raise Refused("enrolment.options", _("Ces options ne peuvent pas être choisies ensemble."))
    return groups


def _choose(enrolments: Collection[Enrolment], options: Collection[Bloc], groups: Collection[OptionGroup]) -> None:
    """Set the options of each: of every group as many blocs as it asks, those won before among them."""
    won: dict[int, set[Bloc]] = defaultdict(set)
    for row in AcquiredBloc.objects.filter(enrolment__in=enrolments).select_related("bloc"):
        won[row.enrolment_id].add(row.bloc)
    for enrolment in enrolments:
        taken = Counter(bloc.option_group_id for bloc in {*options, *won[enrolment.pk]})
        missing = next((group for group in groups if taken[group.pk] < group.choose), None)
        if missing is not None:
            raise Refused(
                "enrolment.option_missing",
                _("Choisissez l’option du candidat : « %(name)s » (%(count)d à prendre)."),
                name=missing.title,
                count=missing.choose,
            )
    through = Enrolment.options.through.objects
    through.filter(enrolment__in=enrolments).exclude(bloc__in=options).delete()
    rows = (through.model(enrolment=enrolment, bloc=bloc) for enrolment in enrolments for bloc in options)
    through.bulk_create(rows, ignore_conflicts=True)


def _enrolled(actor: User, enrolment: Enrolment, options: Collection[Bloc] = ()) -> Act:
    payload = {"session": enrolment.session_id, "candidate": enrolment.candidate_id, **_terms(enrolment, options)}
    return Act(actor, "enrolment.created", enrolment, payload)


def _terms(enrolment: Enrolment, options: Collection[Bloc]) -> dict[str, object]:
    return {
        "mentor": enrolment.mentor_id,
        "access_path": enrolment.access_path,
        "options": [bloc.pk for bloc in options],
    }
