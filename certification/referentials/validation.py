"""Whether a tree is a référentiel that makes sense. Pure functions over trees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from certification.referentials import spec
from certification.referentials.carry_over_form import carry_over_problems
from certification.referentials.contradictions import award_rule_contradictions, judging_problems
from certification.referentials.errors import InvalidTree, Problem
from certification.referentials.references import (
    AmbiguousReference,
    References,
    UnknownReference,
    activities_of,
    bloc_name,
    competencies_of,
)
from certification.referentials.rules import award_rule_problems, metadata_problems, scale_problems
from certification.referentials.schemas import schema_reasons
from certification.referentials.structure import completed, structure_problems, walk
from certification.referentials.wording import say

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNWRITTEN = "unwritten"
"""The problem of a text still to be written."""
Node = dict[str, Any]
Catalogue = Mapping[str, Mapping[str, Any]]
"""JSON schema of the parameters of each known check, by its code."""


def problems_of(tree: Any, catalogue: Catalogue | None = None) -> list[Problem]:
    """Everything wrong with `tree`, in its order; empty when it can be loaded.

    The checks that criteria name are compared with `catalogue`, unless it is None. When the form itself is
    wrong, only that is reported.
    """
    found = structure_problems(tree)
    if found:
        return found
    whole = completed(tree)
    if not _SLUG.fullmatch(whole["code"]):
        found.append(Problem("code", "slug", say("form.slug")))
    found.extend(list(metadata_problems(whole["metadata"])) or carry_over_problems(whole))
    found.extend(scale_problems(whole["scale"]))
    found.extend(list(award_rule_problems(whole["award_rule"])) or award_rule_contradictions(whole))
    found.extend(_duplicates(whole))
    found.extend(_option_group_problems(whole))
    found.extend(_container_problems(whole))
    found.extend(_reference_problems(whole))
    found.extend(_quantity_problems(whole))
    found.extend(judging_problems(whole))
    found.extend(_unwritten(whole))
    if catalogue is not None:
        found.extend(check_problems(whole, catalogue))
    return found


def normalised(tree: Any, catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The complete, canonical form of `tree`: every field present, every reference at its shortest.

    Raises InvalidTree with every problem that is not a mere warning.
    """
    errors = [problem for problem in problems_of(tree, catalogue) if problem.level == "error"]
    if errors:
        raise InvalidTree(errors)
    whole = completed(tree)
    for kind, references in _referable(whole):
        for _, bloc, node, name in _reference_fields(whole, kind):
            node[name] = [references.canonical(references.resolve(each, bloc), bloc) for each in node[name]]
    blocs = _blocs(whole)
    for assessment in whole["assessments"]:
        assessment["bloc"] = blocs.get(assessment["bloc"])
    return whole


def check_problems(tree: Node, catalogue: Catalogue) -> Iterator[Problem]:
    """Checks named by the criteria of a well-formed tree that the catalogue lacks, or misuses of them."""
    for path, part, node in walk(tree):
        if part is not spec.CHECK:
            continue
        if node["code"] not in catalogue:
            yield Problem(f"{path}.code", "unknown_check", say("form.unknown_check", check=node["code"]))
        else:
            yield from parameter_problems(f"{path}.params", node.get("params") or {}, catalogue[node["code"]])


def parameter_problems(path: str, params: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Differences between the parameters of a check and their JSON schema."""
    for place, reason in schema_reasons(params, schema):
        yield Problem(f"{path}{place}", "check_params", say("form.check_params", reason=reason))


def _referable(tree: Node) -> tuple[tuple[str, References], ...]:
    return ("competencies", competencies_of(tree)), ("activities", activities_of(tree))


def _reference_fields(tree: Node, kind: str) -> Iterator[tuple[str, str | None, Node, str]]:
    """Where references of a `kind` stand: (path, name of the bloc they stand in, part, field)."""
    for path, part, node in walk(tree):
        for name, field in part.fields.items():
            if field.kind == kind:
                yield f"{path}.{name}", _bloc_at(tree, path, node), node, name


def _bloc_at(tree: Node, path: str, node: Mapping[str, Any]) -> str | None:
    """The name of the bloc that holds the part at `path`, or that an assessment names."""
    if path.startswith("blocs["):
        return bloc_name(tree["blocs"][int(path[len("blocs[") : path.index("]")])])
    return _blocs(tree).get(node.get("bloc", ""))


def _blocs(tree: Node) -> dict[str, str]:
    """The name of each bloc, by its key and by its code."""
    keys = {bloc["key"]: bloc_name(bloc) or "" for bloc in tree["blocs"] if bloc["key"] is not None}
    return keys | {bloc["code"]: bloc["code"] for bloc in tree["blocs"] if bloc["code"] is not None}


def _reference_problems(tree: Node) -> Iterator[Problem]:
    for kind, references in _referable(tree):
        for path, bloc, node, name in _reference_fields(tree, kind):
            yield from _named_problems(path, node[name], bloc, references)
    blocs = _blocs(tree)
    for rank, assessment in enumerate(tree["assessments"]):
        if assessment["bloc"] is not None and assessment["bloc"] not in blocs:
            yield Problem(f"assessments[{rank}].bloc", "unknown_reference", say("form.unknown_bloc"))


def _named_problems(path: str, named: list[str], bloc: str | None, references: References) -> Iterator[Problem]:
    found: list[str] = []
    for rank, reference in enumerate(named):
        place = f"{path}[{rank}]"
        try:
            target = references.resolve(reference, bloc)
        except UnknownReference:
            yield Problem(place, "unknown_reference", say("form.unknown_reference", reference=reference))
        except AmbiguousReference:
            yield Problem(place, "ambiguous_reference", say("form.ambiguous_reference", reference=reference))
        else:
            if target.path in found:
                yield Problem(place, "duplicate", say("form.reference_twice", reference=reference))
            found.append(target.path)


def _unwritten(tree: Node) -> Iterator[Problem]:
    """Texts that the editor put there for want of any: a draft may have some, an edition in force may not."""
    for path, part, node in walk(tree):
        texts = [(name, node[name]) for name, field in part.fields.items() if field.kind == "text"]
        for name, child in part.children.items():
            texts += [(f"{name}[{rank}]", text) for rank, text in enumerate(node[name]) if child.plain]
        for name, value in node.get("params", {}).items():
            texts += [(f"params.{name}", text) for text in (value if isinstance(value, list) else [value])]
        for name, text in texts:
            if text == spec.PLACEHOLDER:
                yield Problem(f"{path}.{name}".lstrip("."), UNWRITTEN, say("form.unwritten"), "warning")


def _duplicates(tree: Node) -> Iterator[Problem]:
    for path, part, node in walk(tree):
        for name, child in part.children.items():
            if child is spec.CHECK:
                yield from _repeated_checks(f"{path}.{name}", node[name])
            elif "code" in child.fields:
                level = "error" if child.unique_code else "warning"
                yield from _repeated_codes(f"{path}.{name}".lstrip("."), node[name], level)
    yield from _repeated_keys(tree)
    named = Counter(bloc_name(bloc) for bloc in tree["blocs"])
    for rank, bloc in enumerate(tree["blocs"]):
        if bloc["code"] is None and bloc["key"] is not None and named[bloc["key"]] > 1:
            yield Problem(f"blocs[{rank}].key", "duplicate_key", say("form.bloc_key_taken"))


def _repeated_checks(path: str, checks: list[dict[str, Any]]) -> Iterator[Problem]:
    for rank, check in enumerate(checks):
        if any((check["code"], check["params"]) == (each["code"], each["params"]) for each in checks[:rank]):
            yield Problem(f"{path}[{rank}]", "duplicate", say("form.check_twice", check=check["code"]))


def _repeated_codes(path: str, nodes: list[dict[str, Any]], level: str) -> Iterator[Problem]:
    seen: set[tuple[str | None, str]] = set()
    for rank, node in enumerate(nodes):
        if node["code"] is None:
            continue
        scoped = (node.get("bloc"), node["code"])
        if scoped in seen:
            yield Problem(f"{path}[{rank}].code", "duplicate_code", say("form.code_twice", text=node["code"]), level)
        seen.add(scoped)


def _repeated_keys(tree: Node) -> Iterator[Problem]:
    seen: Counter[tuple[int, str]] = Counter()
    for path, part, node in walk(tree):
        key = node.get("key")
        if key is None:
            continue
        seen[id(part), key] += 1
        if seen[id(part), key] > 1:
            yield Problem(f"{path}.key", "duplicate_key", say("form.key_twice", text=key))


def _option_group_problems(tree: Node) -> Iterator[Problem]:
    chosen = Counter(bloc["option_group"] for bloc in tree["blocs"])
    known = {group["code"] for group in tree["option_groups"]}
    for rank, bloc in enumerate(tree["blocs"]):
        if bloc["option_group"] is not None and bloc["option_group"] not in known:
            yield Problem(f"blocs[{rank}].option_group", "unknown_reference", say("form.unknown_group"))
    for rank, group in enumerate(tree["option_groups"]):
        if chosen[group["code"]] < group["choose"]:
            yield Problem(
                f"option_groups[{rank}].choose",
                "option_group",
                say("form.too_few_options", choose=group["choose"], count=chosen[group["code"]]),
            )


def _container_problems(tree: Node) -> Iterator[Problem]:
    deliverables = [(path, node) for path, part, node in walk(tree) if part is spec.DELIVERABLE]
    containers = {node["key"]: node for _, node in deliverables if node["key"] is not None}
    for path, node in deliverables:
        if node["container"] is None:
            continue
        container = containers.get(node["container"])
        if container is None:
            yield Problem(f"{path}.container", "unknown_reference", say("form.unknown_container"))
        elif container["container"] is not None:
            yield Problem(f"{path}.container", "nested_container", say("form.nested_container"))


def _quantity_problems(tree: Node) -> Iterator[Problem]:
    for rank, assessment in enumerate(tree["assessments"]):
        least, most = assessment["questions_minutes"], assessment["questions_minutes_max"]
        if most is not None and (least is None or most < least):
            yield Problem(
                f"assessments[{rank}].questions_minutes_max",
                "range",
                say("form.longest_time"),
            )
