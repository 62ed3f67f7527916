"""Building, testing and shipping: continuous integration, containers, tests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

_INTEGRATION = "repository.continuous_integration"
_CONTAINER = "repository.container"
_TESTS = "repository.tests"
_SHOWN = 8
_RUNS_TESTS = re.compile(
    r"\b(?:pytest|unittest|nosetests?|tox|nox|behave|coverage run|manage\.py test|kedro test|dbt test)\b"
)
_INSPECTS = re.compile(r"\b(?:flake8|ruff|pylint|black|isort|mypy|pre-commit|sonar\w*|bandit)\b")
_SHIPS = re.compile(
    r"docker (?:build|push)|docker/build-push-action|\bdocker[- ]compose\b|git push\s+\S*(?:hf|space|huggingface)"
    r"|heroku|webapps-deploy|az (?:webapp|container|acr)|aws (?:s3|ecs|lambda|ecr|deploy|elasticbeanstalk)|aws-actions/"
    r"|gcloud (?:run|app|builds|functions)|kubectl apply|helm (?:upgrade|install)|terraform apply|flyctl|railway up"
    r"|huggingface_hub|\bscp\b|\brsync\b|\bssh\s+\S*@|appleboy/(?:ssh|scp)-action|deploy",
    re.IGNORECASE,
)
_PATTERNS = {"test": _RUNS_TESTS, "inspect": _INSPECTS, "ship": _SHIPS}
_BELOW_A_KEY = re.compile(r"^\s+\S|^-\s")
_BASE = re.compile(r"^\s*FROM\s+\S+", re.IGNORECASE)
_DOES_IN_CONTAINER = re.compile(r"^\s*(?:CMD|ENTRYPOINT|RUN|COPY|ADD)\s+\S", re.IGNORECASE)
_STARTS = re.compile(r"^\s*(?:CMD|ENTRYPOINT)\s+\S", re.IGNORECASE)
_OF_API = re.compile(r"(?:^|\.)(?:TestClient|test_client|client\.(?:get|post|put|delete)|requests\.(?:get|post)|post)$")
_OF_MODEL = re.compile(r"(?:^|\.)(?:predict\w*|fit|score|transform|load_model|load)$")


def _of_kind(facts: Facts, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [(path, file) for path, file in sorted(facts["delivery"]["files"].items()) if file["kind"] == kind]


def _at(path: str, file: Mapping[str, Any], line: Sequence[Any]) -> Evidence:
    number, text = line
    return Evidence(EvidenceKind.FILE, path, line=number, end_line=number, excerpt=text.strip(), sha256=file["sha256"])


def continuous_integration(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """A workflow that tests, inspects or ships; with ``stages``, one line at least for each of these."""
    files = _of_kind(facts, "integration")
    if not files:
        return Finding(Outcome.NOT_MET, Message(f"{_INTEGRATION}.not_met_none"))
    found = {stage: _lines_of(files, pattern) for stage, pattern in _PATTERNS.items()}
    done = [stage for stage, lines in found.items() if lines]
    told = {"path": files[0][0], "stages": [{"code": f"{_INTEGRATION}.stage_{stage}", "params": {}} for stage in done]}
    wanted = set(params["stages"])
    evidence = [item for stage in sorted(done, key=lambda one: one not in wanted) for item in found[stage][:3]]
    if done and wanted <= set(done):
        return Finding(
            Outcome.MET, Message(f"{_INTEGRATION}.met", told | {"path": evidence[0].path}), evidence[:_SHOWN]
        )
    first = evidence or [Evidence(EvidenceKind.FILE, path, sha256=file["sha256"]) for path, file in files]
    return Finding(Outcome.NOT_MET, Message(f"{_INTEGRATION}.not_met{'_stages' if done else ''}", told), first[:_SHOWN])


def _lines_of(files: Sequence[tuple[str, Mapping[str, Any]]], pattern: re.Pattern[str]) -> list[Evidence]:
    """The lines that do what ``pattern`` says: below a key, since the names of a workflow do nothing."""
    return [
        _at(path, file, line)
        for path, file in files
        for line in file["lines"]
        if _BELOW_A_KEY.match(line[1]) and not _is_title(line[1]) and pattern.search(line[1])
    ]


def _is_title(text: str) -> bool:
    return re.match(r"\s*-?\s*(?:name|stage|description|displayName)\s*:|\s*[\w-]+:\s*$", text) is not None


def container(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """A container recipe with a base image and something put or run in it."""
    files = _of_kind(facts, "container")
    if not files:
        return Finding(Outcome.NOT_MET, Message(f"{_CONTAINER}.not_met_none"))
    for path, file in files:
        lines = file["lines"]
        base = [line for line in lines if _BASE.match(line[1])]
        starts = [line for line in lines if _STARTS.match(line[1])]
        does = [line for line in lines if _DOES_IN_CONTAINER.match(line[1])]
        if base and does:
            shown = [_at(path, file, line) for line in (base[0], *starts[:1], *does[:2])]
            told = {"path": path, "count": len(files), "base": base[0][1].split()[1]}
            return Finding(Outcome.MET, Message(f"{_CONTAINER}.met", told), _once(shown))
    path, file = files[0]
    evidence = [Evidence(EvidenceKind.FILE, path, sha256=file["sha256"])]
    return Finding(Outcome.NOT_MET, Message(f"{_CONTAINER}.not_met", {"path": path}), evidence)


def _once(items: Sequence[Evidence]) -> list[Evidence]:
    """One place for each line."""
    seen: dict[int | None, Evidence] = {}
    for item in items:
        seen.setdefault(item.line, item)
    return list(seen.values())


def tests(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Tests that a runner finds, that assert something and call something; what they are about is told."""
    written = facts["delivery"]["tests"]
    real = [test for test in written if test["asserts"] and test["calls"]]
    told: dict[str, Any] = {"count": len(real), "minimum": params["minimum"], "empty": len(written) - len(real)}
    if len(real) < params["minimum"]:
        ending = "not_met" if written else "not_met_none"
        return Finding(Outcome.NOT_MET, Message(f"{_TESTS}.{ending}", told), [_test(test) for test in written[:_SHOWN]])
    told["path"] = real[0]["path"]
    told["api"] = sum(any(_OF_API.search(name) for name in test["calls"]) for test in real)
    told["model"] = sum(any(_OF_MODEL.search(name) for name in test["calls"]) for test in real)
    return Finding(Outcome.MET, Message(f"{_TESTS}.met", told), [_test(test) for test in real[:_SHOWN]])


def _test(test: Mapping[str, Any]) -> Evidence:
    return Evidence(
        EvidenceKind.CODE,
        test["path"],
        line=test["line"],
        end_line=test["end_line"],
        excerpt=test["name"],
        sha256=test["sha256"],
        detail={"asserts": test["asserts"], "calls": list(test["calls"])[:10]},
    )


_STAGES = {
    "type": "object",
    "properties": {
        "stages": {"type": "array", "items": {"enum": sorted(_PATTERNS)}, "uniqueItems": True, "default": []},
    },
    "additionalProperties": False,
}
_MINIMUM = {
    "type": "object",
    "properties": {"minimum": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1}},
    "additionalProperties": False,
}


def _check(code: str, version: int, run: Any, fr: str, en: str, parameters: Mapping[str, Any] | None = None) -> Check:
    closed: Mapping[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}
    return Check(code, version, "repository", {"fr": fr, "en": en}, ("delivery",), run, parameters or closed)


CHECKS: tuple[Check, ...] = (
    _check(_INTEGRATION, 2, continuous_integration, "Intégration continue", "Continuous integration", _STAGES),
    _check(_CONTAINER, 1, container, "Conteneur", "Container"),
    _check(_TESTS, 2, tests, "Tests automatisés", "Automated tests", _MINIMUM),
)

MESSAGES: dict[str, dict[str, str]] = {
    f"{_INTEGRATION}.met": {
        "fr": "{path} est exécuté par l’intégration continue : {stages}.",
        "en": "{path} is run by continuous integration: {stages}.",
    },
    f"{_INTEGRATION}.not_met": {
        "fr": "{path} n’exécute ni tests, ni contrôles, ni déploiement.",
        "en": "{path} runs no tests, no inspection and no deployment.",
    },
    f"{_INTEGRATION}.not_met_stages": {
        "fr": "L’intégration continue ne fait pas tout ce qui est demandé ; elle fait : {stages}.",
        "en": "Continuous integration does not do all that is asked; it does: {stages}.",
    },
    f"{_INTEGRATION}.not_met_none": {
        "fr": "Aucun fichier d’intégration continue n’a été trouvé (.github/workflows, .gitlab-ci.yml, Jenkinsfile…).",
        "en": "No file of continuous integration was found (.github/workflows, .gitlab-ci.yml, Jenkinsfile…).",
    },
    f"{_INTEGRATION}.stage_test": {"fr": "tests", "en": "tests"},
    f"{_INTEGRATION}.stage_inspect": {"fr": "contrôle du code", "en": "inspection of the code"},
    f"{_INTEGRATION}.stage_ship": {"fr": "déploiement", "en": "deployment"},
    f"{_CONTAINER}.met": {
        "fr": "{path} décrit un conteneur à partir de {base} ({count:recette|recettes} au total).",
        "en": "{path} describes a container from {base} ({count:recipe|recipes} in all).",
    },
    f"{_CONTAINER}.not_met": {
        "fr": "{path} ne décrit pas un conteneur complet : une image de départ, et ce qu’on y met ou exécute.",
        "en": "{path} does not describe a whole container: a base image, and what is put or run in it.",
    },
    f"{_CONTAINER}.not_met_none": {
        "fr": "Aucune recette de conteneur (Dockerfile) n’a été trouvée.",
        "en": "No container recipe (Dockerfile) was found.",
    },
    f"{_TESTS}.met": {
        "fr": "{count:test vérifie|tests vérifient} un résultat, d’abord dans {path} ; "
        "{api} portent sur l’API, {model} sur un modèle.",
        "en": "{count:test checks|tests check} a result, first in {path}; "
        "{api} are about the API, {model} about a model.",
    },
    f"{_TESTS}.not_met": {
        "fr": "{count:test vérifie|tests vérifient} un résultat, il en faut au moins {minimum} ; "
        "{empty} ne vérifient rien.",
        "en": "{count:test checks|tests check} a result, at least {minimum} are needed; {empty} check nothing.",
    },
    f"{_TESTS}.not_met_none": {
        "fr": "Aucun test automatisé n’a été trouvé.",
        "en": "No automated test was found.",
    },
}
