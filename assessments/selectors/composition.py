"""The rules that bind a jury of a session, and its members as those rules see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from assessments.domain.composition import Finding, Member, Rule, findings, findings_present, rules_for
from assessments.domain.conflicts import Tie, barred
from assessments.models import (
    AccessPath,
    CompositionRule,
    Enrolment,
    Habilitation,
    Juror,
    JuryProfile,
    Session,
    Sitting,
    Slot,
    User,
)
from assessments.models.histories import bonds_about
from assessments.models.juries import JurorQuerySet


def rules_of(session: Session, day: date, paths: Collection[str] = ()) -> list[Rule]:
    """The rules of the access ``paths`` on that day; of those that the session's candidates take, if none is named.

    Before anybody is enrolled, those of continuing education.
    """
    taken = Enrolment.objects.filter(session=session).order_by().values_list("access_path", flat=True).distinct()
    held = CompositionRule.objects.on(day).filter(session=session).order_by("version")
    return rules_for(set(paths) or set(taken) or {AccessPath.FC.value}, [row.rule for row in held])


def as_members(session: Session, users: Collection[int], day: date) -> list[Member]:
    """People as members of a jury of the session that sits that day."""
    acts = Habilitation.objects.on(day).filter(certification=session.referential.certification_id, user__in=users)
    qualities: dict[int, list[tuple[bool, bool]]] = {}
    for user, qualified, external in acts.values_list("user", "qualified", "external"):
        qualities.setdefault(user, []).append((qualified, external))
    sexes = dict(JuryProfile.objects.filter(user__in=users).values_list("user", "sex"))
    return [
        Member(
            user,
            habilitated=user in qualities,
            qualified=any(qualified for qualified, _external in qualities.get(user, ())),
            external=any(external for _qualified, external in qualities.get(user, ())),
            sex=sexes.get(user, ""),
        )
        for user in users
    ]


def composition_of(
    session: Session,
    users: Collection[int],
    starts_at: datetime,
    *,
    president: int | None,
    quorum: int,
    paths: Collection[str] = (),
) -> list[Finding]:
    """What is wrong with a jury of these people, refusals first; ``paths`` as ``rules_of`` takes them."""
    day = timezone.localdate(starts_at)
    members = as_members(session, list(dict.fromkeys(users)), day)
    return findings(members, rules_of(session, day, paths), president=president, quorum=quorum)


def findings_of(sitting: Sitting, paths: Collection[str] = ()) -> list[Finding]:
    """What is wrong with the jury as it stands: those who have not left it."""
    users = list(in_office(sitting).values_list("user", flat=True))
    presides = president_of(sitting)
    president = presides.user_id if presides else None
    return composition_of(
        sitting.session, users, sitting.starts_at, president=president, quorum=sitting.quorum, paths=paths
    )


def findings_now(slot: Slot) -> list[Finding]:
    """What is wrong with those who sit for a passage, as a jury that meets: their number is the quorum's matter."""
    day = timezone.localdate(slot.starts_at)
    users = list(Juror.objects.filter(sitting=slot.sitting_id).seated(slot.pk).values_list("user", flat=True))
    rules = rules_of(slot.sitting.session, day, [slot.work.enrolment.access_path])
    return findings_present(as_members(slot.sitting.session, users, day), rules)


def members_for(sitting: Sitting, enrolment: Enrolment) -> list[int]:
    """The people of a certification jury who may decide on a candidate: in office, declared, without a tie to them."""
    declared = in_office(sitting).filter(declaration__isnull=False)
    users = list(declared.values_list("user", flat=True))
    tied = barred(users, enrolment.candidate_id, bonds_about([enrolment.candidate_id]))
    return [user for user in users if user not in tied]


def findings_for(sitting: Sitting, enrolment: Enrolment, members: Collection[int]) -> list[Finding]:
    """What is wrong with these members, as a certification jury that meets for a candidate."""
    day = timezone.localdate(sitting.starts_at)
    rules = rules_of(sitting.session, day, [enrolment.access_path])
    return findings_present(as_members(sitting.session, members, day), rules)


def president_of(sitting: Sitting) -> Juror | None:
    return in_office(sitting).presiding(sitting.pk).first()


def in_office(sitting: Sitting) -> JurorQuerySet:
    """The members who have not left the jury, as people."""
    return Juror.objects.filter(sitting=sitting).in_office().select_related("user")


@dataclass(frozen=True, slots=True)
class Bar:
    """A person who may not judge a candidate of the session, and why."""

    person: str
    candidate: str
    ties: Sequence[Tie]


def bars_in(session: Session, users: Collection[User]) -> list[Bar]:
    """For each of these people, the candidates of the session whom they may not judge."""
    names = dict(Enrolment.objects.filter(session=session).values_list("candidate", "candidate__full_name"))
    people = {user.pk: str(user) for user in users}
    of_them = [bond for bond in bonds_about(list(names)) if bond.person in people]
    tied = {bond.candidate for bond in of_them} | (names.keys() & people.keys())
    return [
        Bar(people[person], names[candidate], sorted(ties))
        for candidate in sorted(tied, key=lambda key: names[key])
        for person, ties in barred(people, candidate, of_them).items()
    ]
