"""Use cases on editions: load a draft or start one from another, publish it, archive it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from certification.referentials.carry_over import Table
from certification.referentials.carry_over_form import as_metadata
from certification.referentials.catalogue import known_checks
from certification.referentials.errors import EditionExists, EditionFrozen, EditionInUse, InvalidTree, Problem
from certification.referentials.identity import Identities, recognised
from certification.referentials.loader import delete_content, insert_content
from certification.referentials.models import Certification, Referential
from certification.referentials.structure import content_hash
from certification.referentials.tree import edition_content, edition_tree
from certification.referentials.validation import UNWRITTEN, normalised, problems_of
from certification.referentials.wording import say

_NAMED_METADATA = ("certifier", "rncp_code", "level")
_EDITION_METADATA = ("predecessor", "carry_over")
BLOCKING = ("carry_over_target", UNWRITTEN)
"""Warnings that a draft may have, and an edition in force may not."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: `outcome` is created, replaced or unchanged."""

    referential: Referential
    outcome: str


@transaction.atomic
def load_edition(*, tree: Any, identities: Identities | None = None) -> Loaded:
    """Load an edition as a draft; the same content again changes nothing, a draft is replaced.

    `identities` are those of the parts of a new draft, which are else given one after their place. In a draft that
    is replaced, the parts that are recognised keep theirs. Raises InvalidTree; EditionFrozen when the edition is
    published with another content; EditionInUse when the draft to replace is already referred to.
    """
    whole = normalised(tree, known_checks())
    digest = content_hash(whole)
    certification = _certification(whole)
    existing = Referential.objects.select_for_update().filter(certification=certification, edition=whole["edition"])
    referential = existing.first()
    if referential is None:
        referential = Referential(certification=certification, edition=whole["edition"])
        outcome = "created"
    elif digest == _present_hash(referential):
        return Loaded(referential, "unchanged")
    else:
        identities = recognised(edition_content(referential), whole)
        _clear(referential)
        outcome = "replaced"
    for name in ("title", "metadata", "scale", "award_rule", "notes"):
        setattr(referential, name, whole[name])
    referential.content_hash = digest
    referential.save()
    insert_content(referential, whole, identities)
    if not certification.editions.exclude(status=Referential.Status.DRAFT).exists():
        _describe(certification, whole)
    return Loaded(referential, outcome)


@transaction.atomic
def publish(*, referential: Referential) -> Referential:
    """Freeze a draft: its content is validated and hashed as it stands, then refuses every change.

    Raises EditionFrozen when it is no draft, InvalidTree when its content does not hold.
    """
    locked = Referential.objects.select_for_update().get(pk=referential.pk)
    if locked.is_frozen:
        raise EditionFrozen(say("edition.no_draft", edition=str(locked)))
    whole = edition_tree(locked)
    errors = publication_problems(whole)
    if errors:
        raise InvalidTree(errors)
    locked.content_hash = content_hash(whole)
    locked.status = Referential.Status.PUBLISHED
    locked.published_at = timezone.now()
    locked.save(update_fields=["content_hash", "status", "published_at"])
    _describe(locked.certification, whole)
    return locked


def publication_problems(tree: dict[str, Any]) -> list[Problem]:
    """What keeps a normalised tree from being published.

    Its errors, texts that are still to be written, a carry-over to what it has lost.
    """
    return [
        problem for problem in problems_of(tree, known_checks()) if problem.level == "error" or problem.code in BLOCKING
    ]


@transaction.atomic
def new_edition(*, from_referential: Referential, edition: str) -> Referential:
    """A draft that says what a frozen edition says, under another label; its metadata name where it comes from.

    Its parts are those of that edition, and keep their identities.

    Raises EditionFrozen when `from_referential` is itself a draft; EditionExists when the label is taken;
    InvalidTree when it is no label.
    """
    if not from_referential.is_frozen:
        raise EditionFrozen(say("edition.correct_it", edition=str(from_referential)))
    content = edition_content(from_referential)
    tree = content.tree
    metadata = {key: value for key, value in tree["metadata"].items() if key != "carry_over"}
    tree |= {"edition": edition, "metadata": metadata | {"predecessor": from_referential.edition}}
    certification = Certification.objects.select_for_update().get(pk=from_referential.certification_id)
    if certification.editions.filter(edition=edition).exists():
        raise EditionExists(say("edition.exists", edition=edition))
    return load_edition(tree=tree, identities=content.identities).referential


@transaction.atomic
def decide_carry_over(*, referential: Referential, predecessor: Referential, table: Table) -> Referential:
    """Keep in a draft what of its predecessor counts in it.

    Raises EditionFrozen when it is no draft, InvalidTree when a row of the table does not hold.
    """
    locked = Referential.objects.select_for_update().get(pk=referential.pk)
    if locked.is_frozen:
        raise EditionFrozen(say("edition.table_frozen", edition=str(locked)))
    tree = edition_tree(locked)
    written = as_metadata(table, edition_tree(predecessor), tree)
    tree["metadata"] = {**tree["metadata"], "carry_over": written}
    whole = normalised(tree, known_checks())
    locked.metadata = whole["metadata"]
    locked.content_hash = content_hash(whole)
    locked.save(update_fields=["metadata", "content_hash"])
    return locked


@transaction.atomic
def archive(*, referential: Referential) -> Referential:
    """Take a published edition out of force; raises EditionFrozen when it is not published."""
    locked = Referential.objects.select_for_update().get(pk=referential.pk)
    if locked.status != Referential.Status.PUBLISHED:
        raise EditionFrozen(say("edition.not_published", edition=str(locked)))
    locked.status = Referential.Status.ARCHIVED
    locked.save(update_fields=["status"])
    return locked


def _certification(tree: dict[str, Any]) -> Certification:
    """The certification of the tree, locked: two loads of one certification follow each other."""
    Certification.objects.get_or_create(code=tree["code"], defaults={"title": tree["title"]})
    return Certification.objects.select_for_update().get(code=tree["code"])


def _present_hash(referential: Referential) -> str:
    """The hash of the content as it stands: a draft may have been edited since it was loaded."""
    if referential.is_frozen:
        return referential.content_hash
    return content_hash(edition_tree(referential))


def _describe(certification: Certification, tree: dict[str, Any]) -> None:
    """The certification as its newest edition describes it."""
    metadata = tree["metadata"]
    certification.title = tree["title"]
    certification.certifier = metadata.get("certifier") or ""
    certification.rncp_code = metadata.get("rncp_code") or ""
    certification.level = metadata.get("level")
    certification.metadata = {
        key: value for key, value in metadata.items() if key not in _NAMED_METADATA + _EDITION_METADATA
    }
    certification.save()


def _clear(referential: Referential) -> None:
    if referential.is_frozen:
        raise EditionFrozen(say("edition.frozen", edition=str(referential)))
    try:
        delete_content(referential)
    except ProtectedError as error:
        raise EditionInUse(say("edition.in_use", edition=str(referential))) from error
