"""Reasons read as sentences, whatever the titles of the text hold."""

from assessments.domain.award import Reason
from assessments.selectors.award_words import reason_said


def test_titles_that_end_with_a_full_stop_and_hold_commas_stand_in_a_sentence() -> None:
    names = ["Bloc 1 – Prévoir, décider.", "Bloc 2 – Dire"]
    assert reason_said(Reason("title.won", {"names": names})) == (
        "Acquis\u00a0: Bloc 1 – Prévoir, décider\u00a0; Bloc 2 – Dire."
    )
    assert reason_said(Reason("title.unit_pending", {"name": "Bloc 3 – Déployer."})) == (
        "Bloc 3 – Déployer\u00a0: en attente."
    )
