"""What the page of an edition says of the checks that its criteria ask for."""

from __future__ import annotations

import pytest

from assessments.selectors.administration.referentials import edition_shown
from certification.referentials.services import load_edition
from certification.referentials.shipped import shipped_tree


@pytest.mark.django_db
def test_parameters_are_written_as_a_reader_would() -> None:
    edition = load_edition(tree=shipped_tree("expert-science-donnees")).referential

    first = edition_shown(edition, "fr").blocs[0].activities[0].lines[0].criteria[0]

    shown = {check.code: dict(check.params) for check in first.checks}
    assert shown["document.evidence"]["words"].startswith("stratégie de collecte, objectifs de la collecte, ")
    assert not any(check.decides for check in first.checks)
