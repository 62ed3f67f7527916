"""At start-up, the certifier and the engine agree: every check named exists and is given what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

from certification.referentials.catalogue import known_checks
from certification.referentials.errors import Problem, UnreadableForm
from certification.referentials.models import CriterionCheck
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.validation import parameter_problems, problems_of
from certification.referentials.wording import say

REFERENTIALS_TAG = "referentials"


@register(REFERENTIALS_TAG)
def shipped_files_hold(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every référentiel shipped can be loaded, and names checks that the engine knows."""
    return list(_shipped_errors())


@register(Tags.database)
def stored_checks_exist(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every check named in the database exists; run by `migrate` and `check --database default`."""
    if not databases or not _is_migrated(databases):
        return []
    return list(_stored_errors(databases))


def _shipped_errors() -> Iterator[CheckMessage]:
    catalogue = known_checks()
    for code in shipped_codes():
        try:
            tree = shipped_tree(code)
        except UnreadableForm as error:
            yield Error(str(error), obj=f"{code}.yaml", id="referentials.E001")
            continue
        for problem in problems_of(tree, catalogue):
            if problem.level == "error":
                yield Error(str(problem), obj=f"{code}.yaml", id="referentials.E002")


def _is_migrated(databases: Sequence[str]) -> bool:
    """Before the first migration there is nothing to look at."""
    from django.db import connections

    table = CriterionCheck._meta.db_table
    return all(table in connections[alias].introspection.table_names() for alias in databases)


def _stored_errors(databases: Sequence[str]) -> Iterator[CheckMessage]:
    catalogue = known_checks()
    for alias in databases:
        named = CriterionCheck.objects.using(alias).values_list(
            "referential__certification__code", "referential__edition", "check_code", "params"
        )
        # Asked before the migrations: the order of criteria may read a column that one of them adds.
        for certification, edition, code, params in named.order_by("check_code").distinct():
            place = f"{certification} ({edition})"
            if code not in catalogue:
                problem = Problem(place, "unknown_check", say("form.unknown_check", check=code))
                yield Error(str(problem), id="referentials.E003")
                continue
            for problem in parameter_problems(f"{place}, {code}", params, catalogue[code]):
                yield Error(str(problem), id="referentials.E004")
