"""Use cases on a draft under the hands of its editor: start one, change it, undo a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from certification.referentials import history
from certification.referentials.catalogue import known_checks
from certification.referentials.editing import Operation
from certification.referentials.errors import EditionFrozen, EditionInUse, InvalidTree, Problem, ReferentialError
from certification.referentials.identity import Content, followed
from certification.referentials.loader import delete_content, insert_content
from certification.referentials.models import Referential
from certification.referentials.services import load_edition
from certification.referentials.spec import FORMAT
from certification.referentials.structure import content_hash
from certification.referentials.tree import edition_content
from certification.referentials.wording import say

FIRST_SCALE = (
    {"code": "acquired", "label": {"fr": "acquis", "en": "achieved"}, "acquired": True},
    {"code": "not_acquired", "label": {"fr": "non acquis", "en": "not achieved"}, "acquired": False},
)


class EditionChanged(ReferentialError):
    """The draft is no longer the one that was looked at."""


class NothingToUndo(ReferentialError):
    """Nothing is remembered of what led to the present content."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft after a change: its tree, its version, and the path of the part to look at."""

    tree: dict[str, Any]
    version: str
    path: str


@transaction.atomic
def start_empty(*, code: str, title: str, edition: str) -> Referential:
    """A new draft with nothing in it but a scale of two levels.

    Raises InvalidTree, also when this edition of this certification exists already.
    """
    if Referential.objects.of(code, edition).exists():
        raise InvalidTree([Problem("edition", "exists", say("form.exists"))])
    tree = {"format": FORMAT, "code": code, "edition": edition, "title": title, "scale": list(FIRST_SCALE)}
    return load_edition(tree=tree).referential


@transaction.atomic
def change(*, referential: Referential, version: str, operation: Operation, looked_at: str = "") -> Draft:
    """Apply one operation to a draft whose content is still `version`; what it was is remembered.

    `looked_at` is the path to come back to when the change is undone. Raises Refusal, EditionFrozen,
    EditionChanged, EditionInUse.
    """
    locked, before = _unchanged(referential, version)
    edit = operation(before.tree, known_checks())
    digest = content_hash(edit.tree)
    if digest != version:
        _replace(locked, Content(edit.tree, followed(before, edit.tree, edit.origins)), digest)
        history.remember(locked.pk, history.Past(before, looked_at), digest)
    return Draft(edit.tree, digest, edit.path)


@transaction.atomic
def undo(*, referential: Referential, version: str) -> Draft:
    """Put back what the draft was before its last change.

    Raises NothingToUndo, EditionFrozen, EditionChanged, EditionInUse.
    """
    locked, _ = _unchanged(referential, version)
    past = history.last(locked.pk, version)
    if past is None:
        raise NothingToUndo(say("edition.nothing_to_undo", edition=str(locked)))
    digest = content_hash(past.content.tree)
    _replace(locked, past.content, digest)
    transaction.on_commit(lambda: history.forget_last(locked.pk, version))
    return Draft(past.content.tree, digest, past.path)


def _unchanged(referential: Referential, version: str) -> tuple[Referential, Content]:
    """The draft, locked, and its content, which is still the one that was looked at."""
    locked = Referential.objects.select_for_update().get(pk=referential.pk)
    if locked.is_frozen:
        raise EditionFrozen(say("edition.no_draft", edition=str(locked)))
    content = edition_content(locked)
    if content_hash(content.tree) != version:
        raise EditionChanged(say("edition.changed", edition=str(locked)))
    return locked, content


def _replace(referential: Referential, content: Content, digest: str) -> None:
    """The whole content anew: a draft is small, and the identities of its parts are part of it."""
    try:
        delete_content(referential)
    except ProtectedError as error:
        raise EditionInUse(say("edition.in_use", edition=str(referential))) from error
    for name in ("title", "metadata", "scale", "award_rule", "notes"):
        setattr(referential, name, content.tree[name])
    referential.content_hash = digest
    referential.save()
    insert_content(referential, content.tree, content.identities)
