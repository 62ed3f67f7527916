"""Editions of the référentiels with what the machine covers of them, and one edition as a tree to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from assessments.selectors.administration.editions import tree_of
from certification.referentials.lines import judges_itself, unmapped
from certification.referentials.models import CheckRole, Criterion, CriterionCheck, MappingOrigin, Referential
from certification.referentials.queries import Coverage, editions_summary
from evaluator.checks import REGISTRY

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EditionRow:
    """``decided`` and ``informed`` count the criteria that checks decide, or only inform."""

    pk: int
    title: str
    code: str
    edition: str
    status: str
    published_at: datetime | None
    blocs: int
    competencies: int
    criteria: int
    decided: int
    informed: int
    sessions: int

    @property
    def human(self) -> int:
        """Criteria that people answer without the machine."""
        return self.criteria - self.decided - self.informed


@dataclass(frozen=True, slots=True)
class CheckShown:
    code: str
    title: str
    decides: bool
    params: Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class CriterionShown:
    code: str
    text: str
    items: Sequence[str]
    notes: Sequence[tuple[str, Any]]
    checks: Sequence[CheckShown]


@dataclass(frozen=True, slots=True)
class Line:
    """A competency with its criteria; ``text`` is empty for criteria that stand outside any competency."""

    code: str
    text: str
    criteria: Sequence[CriterionShown]


@dataclass(frozen=True, slots=True)
class ActivityShown:
    code: str
    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class AssessmentShown:
    """``judges``: the codes of the competencies it names; ``by_certifier``: they, and ``criteria``, are not the text's.

    ``whole``: it is judged as a whole, having nothing else to be judged on.
    """

    name: str
    judges: Sequence[str]
    criteria: Sequence[CriterionShown]
    by_certifier: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class BlocShown:
    """``anchor`` names the bloc in the page."""

    anchor: str
    code: str
    title: str
    activities: Sequence[ActivityShown]
    assessments: Sequence[AssessmentShown]

    @property
    def coverage(self) -> Coverage:
        """How many of its criteria the machine decides, informs, or leaves to people alone."""
        roles = [
            {check.decides for check in criterion.checks}
            for listed in (
                *(line.criteria for activity in self.activities for line in activity.lines),
                *(assessment.criteria for assessment in self.assessments),
            )
            for criterion in listed
        ]
        decided = sum(True in role for role in roles)
        human = sum(not role for role in roles)
        return Coverage(self.code or self.title, decided, len(roles) - decided - human, human)


@dataclass(frozen=True, slots=True)
class EditionShown:
    pk: int
    title: str
    code: str
    edition: str
    status: str
    published_at: datetime | None
    content_hash: str
    certifier: str
    rncp_code: str
    level: int | None
    blocs: Sequence[BlocShown]
    unmapped: Sequence[str]


def edition_rows() -> list[EditionRow]:
    """Every edition in one line; the number of queries does not depend on how many there are."""
    found = Referential.objects.select_related("certification").annotate(session_count=Count("sessions", distinct=True))
    rows: dict[tuple[str, str], Any] = {(row.certification.code, row.edition): row for row in found}
    covered = _covered()
    return [
        EditionRow(
            pk=row.pk,
            title=item.title,
            code=item.code,
            edition=item.edition,
            status=item.status,
            published_at=row.published_at,
            blocs=item.blocs,
            competencies=item.competencies,
            criteria=item.criteria,
            decided=covered.get(row.pk, (0, 0))[0],
            informed=covered.get(row.pk, (0, 0))[1],
            sessions=row.session_count,
        )
        for item in editions_summary()
        if (row := rows.get((item.code, item.edition)))
    ]


def _covered() -> dict[int, tuple[int, int]]:
    """(decided, informed) criteria by edition."""
    checks = CriterionCheck.objects.filter(criterion=OuterRef("pk"))
    criteria = Criterion.objects.order_by().annotate(
        asked=Exists(checks), decided=Exists(checks.filter(role=CheckRole.DECIDED))
    )
    counted = criteria.values("referential").annotate(
        by_machine=Count("pk", filter=Q(decided=True)), helped=Count("pk", filter=Q(asked=True, decided=False))
    )
    return {row["referential"]: (row["by_machine"], row["helped"]) for row in counted}


def edition_shown(referential: Referential, lang: str) -> EditionShown:
    tree = tree_of(referential)
    blocs = [_bloc(rank, bloc, tree, lang) for rank, bloc in enumerate(tree["blocs"], start=1)]
    outside, beside = _activities(tree, lang), _assessed(tree, None, lang)
    if outside or beside:
        blocs.append(BlocShown("bloc-0", "", "", outside, beside))
    certification = referential.certification
    return EditionShown(
        pk=referential.pk,
        title=referential.title,
        code=certification.code,
        edition=referential.edition,
        status=referential.status,
        published_at=referential.published_at,
        content_hash=referential.content_hash,
        certifier=certification.certifier,
        rncp_code=certification.rncp_code,
        level=certification.level,
        blocs=blocs,
        unmapped=[_name(tree["assessments"][rank]) for rank in unmapped(tree)],
    )


def _bloc(rank: int, bloc: Tree, tree: Tree, lang: str) -> BlocShown:
    named = bloc["code"] or bloc["key"]
    return BlocShown(
        f"bloc-{rank}", bloc["code"] or "", bloc["title"], _activities(bloc, lang), _assessed(tree, named, lang)
    )


def _assessed(tree: Tree, bloc: str | None, lang: str) -> list[AssessmentShown]:
    return [
        AssessmentShown(
            name=_name(item),
            judges=item["competencies"],
            criteria=[_criterion(each, lang) for each in item["criteria"]],
            by_certifier=item["mapping"] == MappingOrigin.CERTIFIER,
            whole=judges_itself(tree, item),
        )
        for item in tree["assessments"]
        if item["bloc"] == bloc
    ]


def _name(assessment: Tree) -> str:
    return " ".join(part for part in (assessment["code"], assessment["title"]) if part)


def _activities(scope: Tree, lang: str) -> list[ActivityShown]:
    """The activities of a scope, then what stands in it outside any activity."""
    shown = [ActivityShown(item["code"] or "", item["title"], _lines(item, lang)) for item in scope["activities"]]
    own = _lines(scope, lang)
    return [*shown, ActivityShown("", "", own)] if own else shown


def _lines(scope: Tree, lang: str) -> list[Line]:
    lines = [
        Line(item["code"] or "", item["text"], [_criterion(each, lang) for each in item["criteria"]])
        for item in scope["competencies"]
    ]
    if scope["criteria"]:
        lines.append(Line("", "", [_criterion(each, lang) for each in scope["criteria"]]))
    return lines


def _criterion(node: Tree, lang: str) -> CriterionShown:
    notes = [(name, node[name]) for name in ("page_limit", "minimum", "weight", "eliminatory") if node.get(name)]
    return CriterionShown(
        code=node["code"] or "",
        text=f"{node['lead_in'] or ''} {node['text']}".strip(),
        items=node["items"],
        notes=notes,
        checks=[_check(check, lang) for check in node["checks"]],
    )


def _check(asked: Tree, lang: str) -> CheckShown:
    known = REGISTRY.get(asked["code"])
    title = (known.title.get(lang) or known.title["fr"]) if known else asked["code"]
    params = [(name, _shown(value)) for name, value in sorted(asked["params"].items())]
    return CheckShown(asked["code"], title, asked["role"] == CheckRole.DECIDED, params)


def _shown(value: Any) -> Any:
    """A list of words as a reader would write it."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value
