"""A référentiel on its way in: received, corrected, then accepted as a draft or thrown away.

What waits is a JSON file under `imports/<person>/`, seen by that person alone: it is nobody's record until accepted.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from assessments.models import Role, User
from assessments.services import journal
from assessments.services.errors import Denied, Refused
from certification.referentials import importers
from certification.referentials.catalogue import known_checks
from certification.referentials.errors import EditionFrozen, EditionInUse, Problem
from certification.referentials.importers.base import Imported, ImportRefused
from certification.referentials.importers.corrections import ACTIONS, reworded
from certification.referentials.importers.registry import kind_of_name
from certification.referentials.models import Referential
from certification.referentials.services import load_edition
from certification.referentials.validation import problems_of


@dataclass(frozen=True, slots=True)
class Pending:
    """An import that waits; `version` grows at each correction."""

    key: uuid.UUID
    file_name: str
    version: int
    imported: Imported


def receive(*, actor: User, path: Path, file_name: str, fiche: str = "") -> Pending:
    """Read a file, in a child process, and keep what was understood.

    Raises Denied, Refused("import.kind"), Refused("import.<code of ImportRefused>").
    """
    _allowed(actor)
    kind = kind_of_name(file_name)
    if kind is None:
        raise Refused("import.kind", _("« %(name)s » n’est pas d’un format connu."), name=Path(file_name).name[:80])
    try:
        imported = importers.read(kind, path, {"fiche": fiche} if fiche else {})
    except ImportRefused as refused:
        raise Refused(f"import.{refused.code}", str(refused)) from refused
    stem = Path(file_name).stem
    tree = imported.tree | {
        "code": imported.tree.get("code") or slugify(stem)[:60] or "referentiel",
        "edition": imported.tree.get("edition") or "1",
        "title": imported.tree.get("title") or stem[:200] or "Référentiel",
    }
    return keep(actor=actor, file_name=file_name, imported=replace(imported, tree=tree))


def keep(*, actor: User, file_name: str, imported: Imported) -> Pending:
    """Keep an import that was read; it waits until accepted or thrown away."""
    pending = Pending(uuid.uuid4(), Path(file_name).name[:200], 1, imported)
    _write(actor, pending)
    return pending


def pending_of(actor: User, key: uuid.UUID) -> Pending | None:
    """The person's own import under `key`; None when there is none."""
    name = _name(actor, key)
    if not default_storage.exists(name):
        return None
    with default_storage.open(name, "rb") as stream:
        value: dict[str, Any] = json.loads(stream.read())
    return Pending(key, value["file_name"], value["version"], Imported.from_json(value["imported"]))


def correct(
    *,
    actor: User,
    pending: Pending,
    version: int,
    identity: Mapping[str, str],
    texts: Mapping[str, tuple[str, str]],
    action: str = "",
    path: str = "",
) -> Pending:
    """Take what was typed, then split, merge or remove the part at `path`.

    `identity`: code, edition, title. `texts`: (code, text) by path. Raises Denied, Refused("import.stale").
    """
    _allowed(actor)
    if version != pending.version:
        raise Refused("import.stale", _("Cet import a été corrigé dans une autre fenêtre : la page a été rechargée."))
    imported = reworded(pending.imported, texts)
    named = {name: " ".join(text.split()) for name, text in identity.items() if text.strip()}
    imported = replace(imported, tree={**imported.tree, **named})
    if action in ACTIONS:
        try:
            imported = ACTIONS[action](imported, path)
        except LookupError as error:
            raise Refused("import.stale", _("Cet élément n’existe plus.")) from error
    corrected = replace(pending, version=pending.version + 1, imported=imported)
    _write(actor, corrected)
    return corrected


def problems(pending: Pending) -> list[Problem]:
    """What prevents accepting the import, or deserves a look."""
    return problems_of(pending.imported.tree, known_checks())


@transaction.atomic
def accept(*, actor: User, pending: Pending) -> Referential:
    """Load the import as a draft. Raises Denied, Refused("import.exists"), InvalidTree."""
    _allowed(actor)
    tree = pending.imported.tree
    if Referential.objects.filter(certification__code=tree.get("code"), edition=tree.get("edition")).exists():
        raise Refused(
            "import.exists",
            _("L’édition « %(edition)s » de « %(certification)s » existe déjà : donnez une autre étiquette d’édition."),
            edition=tree["edition"],
            certification=tree["code"],
        )
    try:
        referential = load_edition(tree=tree).referential
    except (EditionFrozen, EditionInUse) as error:  # another import of the same edition was faster
        raise Refused("import.exists", str(error)) from error
    journal.record(actor, "referential.imported", referential, content=referential.content_hash)
    transaction.on_commit(lambda: discard(actor=actor, key=pending.key))
    return referential


def discard(*, actor: User, key: uuid.UUID) -> None:
    """Throw an import away; nothing happens when it is gone already."""
    default_storage.delete(_name(actor, key))


def _allowed(actor: User) -> None:
    if not actor.has_role(Role.ADMINISTRATOR):
        raise Denied


def _name(actor: User, key: uuid.UUID) -> str:
    return f"imports/{actor.pk}/{key}.json"


def _write(actor: User, pending: Pending) -> None:
    value = {"file_name": pending.file_name, "version": pending.version, "imported": pending.imported.as_json()}
    name = _name(actor, pending.key)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(json.dumps(value, ensure_ascii=False).encode()))
