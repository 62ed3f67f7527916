"""A script of SQL: what stands in it is work, although no Python asks for it."""

from __future__ import annotations

from pathlib import Path

QUERY = """-- Ventes par mois
SELECT mois, SUM(montant)
FROM ventes
GROUP BY mois;
"""


def build(project: Path) -> None:
    (project / "requetes").mkdir()
    (project / "requetes" / "ventes.sql").write_text(QUERY)
