"""A référentiel on its way in: received, corrected, then accepted as a draft or thrown away.

The row is the ledger; the file and what was understood of it lie in storage. `import_reading` reads the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments.dispatch import READ_IMPORT, ring
from assessments.models import ReferentialImport, Role, User
from assessments.models.imports import ImportState
from assessments.services import journal, leases, storage
from assessments.services.errors import Denied, Refused
from assessments.services.import_reading import KIND, drop_later, forget, write_content
from certification.referentials.catalogue import known_checks
from certification.referentials.errors import EditionFrozen, EditionInUse, Problem
from certification.referentials.importers.base import Imported, named_after
from certification.referentials.importers.corrections import ACTIONS, covering, reworded
from certification.referentials.importers.registry import IMPORTERS, kind_of_name
from certification.referentials.models import Referential
from certification.referentials.services import load_edition
from certification.referentials.validation import problems_of


@dataclass(frozen=True, slots=True)
class Pending:
    """An import that waits for a person, and what was understood of its file."""

    row: ReferentialImport
    imported: Imported

    @property
    def version(self) -> int:
        return self.row.version


def receive(*, actor: User, file: File[Any], file_name: str, fiche: str = "") -> ReferentialImport:
    """Take a file in, whatever its size, and have a worker read it. An uploaded file is moved, not copied.

    Raises Denied, Refused("import.kind"), Refused("import.empty"), Refused("import.too_large").
    """
    _allowed(actor)
    name = Path(file_name).name[:200]
    kind = kind_of_name(name)
    if kind is None:
        raise Refused("import.kind", _("« %(name)s » n’est pas d’un format connu."), name=name[:80])
    size, limit = file.size, min(IMPORTERS[kind].max_bytes, settings.UPLOAD_MAX_BYTES)
    if not size:
        raise Refused("import.empty", _("« %(name)s » est vide."), name=name[:80])
    if size > limit:
        sentence = _("« %(name)s » dépasse %(limit)d Mo, la limite de son format.")
        raise Refused("import.too_large", sentence, name=name[:80], limit=limit // 1_000_000)
    row = ReferentialImport(owner=actor, file_name=name, kind=kind, fiche=fiche.strip()[:20], size=size)
    default_storage.save(row.source_key, file)
    with transaction.atomic():
        leases.make_due(row, KIND.policy)
        row.save()
        ring(READ_IMPORT, row.pk)
    return row


@transaction.atomic
def reread(*, actor: User, key: Any, fiche: str) -> None:
    """Read the file again, for another fiche or after a fault of ours. Raises Denied, Refused("import.stale")."""
    _allowed(actor)
    ended = ReferentialImport.objects.visible_to(actor).filter(key=key).exclude(state=ImportState.READING)
    row = ended.select_for_update().first()
    if row is None:
        raise Refused("import.stale", _("La lecture est déjà en cours."))
    row.fiche, row.state, row.fault = fiche.strip()[:20], ImportState.READING, {}
    row.bytes_read = row.bytes_total = row.fiches_seen = 0
    leases.make_due(row, KIND.policy)
    row.save()
    ring(READ_IMPORT, row.pk)


def keep(*, actor: User, file_name: str, imported: Imported) -> ReferentialImport:
    """Keep what was read elsewhere: it waits until accepted or thrown away."""
    row = ReferentialImport(owner=actor, file_name=Path(file_name).name[:200], kind="", size=0)
    row.state, row.version = ImportState.READY, 1
    write_content(row, 1, named_after(imported, file_name))
    row.save()
    return row


def pending_of(row: ReferentialImport) -> Pending:
    """What was understood of a file that has been read. Raises FileNotFoundError when storage has lost it."""
    value: dict[str, Any] = json.loads(storage.read_bytes(row.content_key(row.version)))
    return Pending(row, Imported.from_json(value))


def correct(
    *,
    actor: User,
    pending: Pending,
    version: int,
    identity: Mapping[str, str],
    texts: Mapping[str, tuple[str, str]],
    covers: Mapping[str, Sequence[str]] | None = None,
    action: str = "",
    path: str = "",
) -> Pending:
    """Take what was typed, then split, merge or remove the part at `path`.

    `identity`: code, edition, title. `texts`: (code, text) by path. `covers`: paths of the competencies that the
    assessment at a path covers, none for the whole bloc. Raises Denied, Refused("import.stale").
    """
    _allowed(actor)
    if version != pending.version:
        raise _stale()
    imported = reworded(covering(pending.imported, covers or {}), texts)
    named = {name: " ".join(text.split()) for name, text in identity.items() if text.strip()}
    imported = replace(imported, tree={**imported.tree, **named})
    if action in ACTIONS:
        try:
            imported = ACTIONS[action](imported, path)
        except LookupError as error:
            raise Refused("import.stale", _("Cet élément n’existe plus.")) from error
    return _rewritten(pending.row, imported)


@transaction.atomic
def _rewritten(row: ReferentialImport, imported: Imported) -> Pending:
    """The next version: written first, named by the row afterwards, so that no crash loses what was there."""
    mine = ReferentialImport.objects.select_for_update().filter(pk=row.pk, version=row.version)
    if not mine.filter(state=ImportState.READY).exists():
        raise _stale()
    write_content(row, row.version + 1, imported)
    drop_later(row.content_key(row.version))
    row.version += 1
    row.save(update_fields=["version", "touched_at"])
    return Pending(row, imported)


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
    discard(actor=actor, key=pending.row.key)
    return referential


@transaction.atomic
def discard(*, actor: User, key: Any) -> None:
    """Throw an import away, also while it is read; nothing happens when it is gone already."""
    for row in ReferentialImport.objects.filter(owner=actor, key=key):
        forget(row)


def _allowed(actor: User) -> None:
    if not actor.has_role(Role.ADMINISTRATOR):
        raise Denied


def _stale() -> Refused:
    return Refused("import.stale", _("Cet import a été corrigé dans une autre fenêtre : la page a été rechargée."))
