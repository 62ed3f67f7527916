"""YAML → database → tree loses nothing, whatever the référentiel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.referentials import spec
from certification.referentials.loader import insert_content
from certification.referentials.models import Certification, Referential
from certification.referentials.structure import content_hash, walk
from certification.referentials.tree import edition_tree
from certification.referentials.validation import normalised, problems_of
from certification.referentials.yaml_form import parse_form, write_form

TEXTS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9, width=32) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
SCALE = [
    {"code": "yes", "label": {"fr": "oui", "en": "yes"}, "acquired": True},
    {"code": "no", "label": {"fr": "non", "en": "no"}, "acquired": False},
]
REFERENCES = ("option_group", "bloc", "deliverable", "competencies", "activities")


def by_identity(make: Callable[[Any], st.SearchStrategy[Any]]) -> Callable[[Any], st.SearchStrategy[Any]]:
    """Makes the strategy for each part of the form once: making them costs more than drawing from them."""
    made: dict[int, st.SearchStrategy[Any]] = {}

    def kept(of: Any) -> st.SearchStrategy[Any]:
        if id(of) not in made:
            made[id(of)] = make(of)
        return made[id(of)]

    return kept


@by_identity
def field_values(field: spec.Field) -> st.SearchStrategy[Any]:
    """Any value that a field admits, references apart."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "text": TEXTS,
        "int": st.integers(field.minimum, field.maximum),
        "bool": st.booleans(),
        "choice": st.sampled_from(field.choices or ("",)),
        "choices": st.lists(st.sampled_from(field.choices or ("",)), unique=True),
        "mapping": st.dictionaries(TEXTS, JSON, max_size=2),
    }
    known = values[field.kind]
    return known if field.required else st.none() | known


@by_identity
def parts(part: spec.Part) -> st.SearchStrategy[Any]:
    """Any part of a kind, with all it holds, keys and codes apart: those must be unique."""
    if part.plain:
        return TEXTS
    shape: dict[str, st.SearchStrategy[Any]] = {
        name: field_values(field)
        for name, field in part.fields.items()
        if field.kind not in REFERENCES and name not in ("key", "code")
    }
    for name, child in part.children.items():
        shape[name] = st.lists(parts(child), max_size=2)
    return st.fixed_dictionaries(shape)


CONTENT = st.fixed_dictionaries(
    {name: st.lists(parts(child), max_size=2) for name, child in spec.EDITION.children.items()}
)


@st.composite
def editions(draw: st.DrawFn) -> dict[str, Any]:
    """Any edition that holds, with codes, keys and references drawn where they may stand."""
    tree: dict[str, Any] = {
        "format": 1,
        "code": "essai",
        "edition": "1",
        "title": draw(TEXTS),
        "scale": SCALE,
        "notes": draw(st.lists(JSON, max_size=2)),
        "metadata": {"libre": draw(JSON)},
        **draw(CONTENT),
    }
    named: dict[str, list[str]] = {"competencies": [], "activities": []}
    for rank, (_, part, node) in enumerate(walk(tree)):
        _name(draw, part, node, rank, named)
    for group in tree["option_groups"]:
        group["choose"] = 1
        tree["blocs"].append({"code": f"O{group['code']}", "title": "Option", "option_group": group["code"]})
    codes = [bloc.get("code") or bloc["key"] for bloc in tree["blocs"]]
    for _, part, node in walk(tree):
        for name, field in part.fields.items():
            if named.get(field.kind):
                node[name] = draw(st.lists(st.sampled_from(named[field.kind]), unique=True, max_size=2))
        if part is spec.ASSESSMENT and codes:
            node["bloc"] = draw(st.none() | st.sampled_from(codes))
    return tree


def _name(draw: st.DrawFn, part: spec.Part, node: dict[str, Any], rank: int, named: dict[str, list[str]]) -> None:
    """Give a part a code that others may bear too, and a key of its own."""
    if part.unique_code or part is spec.CHECK:
        node["code"] = f"U{rank}"
    elif "code" in part.fields and part is not spec.EDITION:
        node["code"] = draw(st.none() | st.sampled_from(["C1", "C2"]))
    if part is spec.BLOC and draw(st.booleans()):
        node["key"], node["code"] = f"b{rank}", None
    if part is spec.ASSESSMENT:
        node["questions_minutes_max"] = node["questions_minutes"]
    kind = {id(spec.COMPETENCY): "competencies", id(spec.ACTIVITY): "activities"}.get(id(part))
    if kind is not None:
        node["key"] = f"k{rank}"
        named[kind].append(node["key"])


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=editions())
def test_nothing_is_lost(tree: dict[str, Any]) -> None:
    assert [problem for problem in problems_of(tree) if problem.level == "error"] == []
    whole = normalised(tree)
    sid = transaction.savepoint()
    certification = Certification.objects.create(code="essai", title="Essai")
    referential = Referential.objects.create(
        certification=certification,
        content_hash=content_hash(whole),
        **{name: whole[name] for name in ("edition", "title", "metadata", "scale", "award_rule", "notes")},
    )

    insert_content(referential, whole)
    found = edition_tree(Referential.objects.get(pk=referential.pk))
    transaction.savepoint_rollback(sid)

    assert found == whole
    assert content_hash(found) == content_hash(whole)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=editions())
def test_the_yaml_form_says_the_same(tree: dict[str, Any]) -> None:
    whole = normalised(tree)

    assert parse_form(write_form(whole).encode()) == whole
