"""`python -m tests.referentials.large_flux FILE MEGABYTES`: a flux of that size whose last fiche is RNCP99."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.referentials import office

LAST = "RNCP99"
_BLOCS = office.bloc("RNCP1BC01", "Décrire", "Lire un texte\nDire un texte") + office.bloc("RNCP1BC02", "Agir", "Faire")
_TEXT = f"<ACTIVITES_VISEES>{'Décrire les activités. ' * 1000}</ACTIVITES_VISEES>"


def write(path: Path, size: int) -> int:
    """Write about `size` bytes, piece by piece; returns how many fiches stand before the last."""
    filling = office.fiche("RNCP1", _BLOCS, _TEXT)
    count = size // len(filling.encode())
    with path.open("w", encoding="utf-8") as stream:
        stream.write("<FICHES><VERSION_FLUX>4.1</VERSION_FLUX>")
        for _ in range(count):
            stream.write(filling)
        stream.write(office.fiche(LAST, _BLOCS) + "</FICHES>")
    return count


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) * 1_000_000)
