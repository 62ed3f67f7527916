"""What a dynamic extractor is given, and the shape of what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import jsonschema

from evaluator.errors import SubmissionFault
from evaluator.facts.base import Facts
from evaluator.limits import MB, JobLimits
from evaluator.references import Reference
from evaluator.runtimes.wishes import Wish
from evaluator.sandbox.job import Job, JobResult

BUNDLE = "/bundle"
_CLAIM_BYTES = 16 * MB  # scores and labels of 200,000 rows, twice over


class Jobs(Protocol):
    """The part of the sandbox that is used here."""

    def run(self, job: Job, attachments: Path | None = None) -> JobResult: ...


@dataclass(frozen=True, slots=True)
class Context:
    """``bundle`` is the unpacked folder on the host, never opened there; ``facts`` are what is already known.

    ``fact`` gives another dynamic fact, computed once. ``reference`` is the certifier's data set that the check
    names, if any.
    """

    bundle: Path
    facts: Facts
    sandbox: Jobs
    limits: JobLimits
    fact: Callable[[str], Facts]
    reference: Reference | None = None


def no_wish(facts: Facts) -> list[Wish]:
    """The default environment does."""
    return []


@dataclass(frozen=True, slots=True)
class DynamicExtractor:
    """Runs something of the bundle and tells what happened.

    ``parameters`` names those of a check's parameters on which the fact depends. ``extract`` answers a dict with
    ``"error"``: None, or ``{"code", "params"}`` of what the candidate's side did wrong or exceeded, or
    ``"missing"``: the code of what could not be found to run. ``wishes`` tells from the facts of ``needs`` which
    environments suit it, the best first; none for the default one.

    Raises:
        EngineFault: our side failed.
    """

    name: str
    version: int
    parameters: tuple[str, ...]
    needs: tuple[str, ...]
    extract: Callable[[Context, Mapping[str, Any]], dict[str, Any]]
    wishes: Callable[[Facts], list[Wish]] = no_wish


def failed(fault: SubmissionFault, **known: Any) -> dict[str, Any]:
    """The fact of something that ran and failed."""
    return {"error": {"code": fault.code, "params": dict(fault.params)}, "missing": None} | known


def missing(code: str, **params: Any) -> dict[str, Any]:
    """The fact of nothing to run: ``code`` names what was looked for."""
    return {"error": None, "missing": {"code": code, "params": params}}


def hostile(limits: JobLimits) -> JobLimits:
    """The limits of a job that runs code of the bundle: what it answers is parsed in the memory of the worker."""
    return replace(limits, result_bytes=min(limits.result_bytes, _CLAIM_BYTES))


def answered(context: Context, job: Job, shape: Mapping[str, Any]) -> dict[str, Any]:
    """What ``job`` claims, once it has the ``shape`` it must have (a JSON schema of an object).

    Raises:
        SubmissionFault: what the sandbox says of the job, or ``sandbox.result_invalid``.
        EngineFault: our side failed.
    """
    claim: dict[str, Any] = context.sandbox.run(job).value
    try:
        jsonschema.validate(claim, shape)
    except (jsonschema.ValidationError, RecursionError) as error:
        raise SubmissionFault("sandbox.result_invalid") from error
    return claim


def fact_of(context: Context, job: Job, shape: Mapping[str, Any], **known: Any) -> dict[str, Any]:
    """What is ``known`` of the subject of ``job``, with what the job answered or the fault that it ended in."""
    try:
        return {"error": None, "missing": None} | known | answered(context, job, shape)
    except SubmissionFault as fault:
        return failed(fault, **known)


def first_sound(facts: Iterable[dict[str, Any]], is_sound: Callable[[Facts], bool]) -> dict[str, Any] | None:
    """The first that is, else the first of all; those after it are never computed."""
    first: dict[str, Any] | None = None
    for fact in facts:
        if is_sound(fact):
            return fact
        first = first or fact
    return first
