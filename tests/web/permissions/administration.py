"""The administrator's screens: nobody else comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assessments.models import Upload
from assessments.services import decisions
from tests import factories
from tests.web.permissions import Row, Scene

Kwargs = Callable[[Scene], dict[str, Any]]


def session(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.session.pk}


def sitting(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.sitting_id}


def habilitation(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.president.habilitations.get().pk}


def run(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.runs.get().pk}


def stuck(scene: Scene) -> dict[str, Any]:
    made = Upload.objects.create(work=scene.world.work, file_name="a.zip", size=1, offset=1, state="stuck")
    return {"pk": made.pk}


def abandoned(scene: Scene) -> dict[str, Any]:
    """A document that was never printed, of a decision made in another world."""
    slot = factories.marked(factories.world())
    decision = decisions.decide(actor=slot.sitting.jurors.get(presides=True).user, slot=slot, rulings={})
    decision.print_orders.update(state="dead", due_at=None)
    return {"pk": decision.print_orders.get().pk}


def edition(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.edition.referential.pk}


def only(name: str, kwargs: Kwargs = lambda scene: {}, code: int = 200, method: str = "get") -> Row:
    return Row(name, {"anonymous": 302, "administrator": code}, method, kwargs, otherwise=403)


ROWS = [
    only("web:admin_sessions"),
    only("web:admin_session_new"),
    only("web:admin_session_new", method="post"),
    *(only(f"web:{name}", session) for name in ("admin_session", "admin_session_works", "admin_session_juries")),
    only("web:admin_session_similarities", session),
    only("web:admin_session_edit", session),
    only("web:admin_session_edit", session, method="post"),
    only("web:admin_enrol", session),
    only("web:admin_enrol", session, method="post"),
    only("web:admin_enrolments_csv", session),
    only("web:admin_enrolment_edit", lambda scene: {"pk": scene.world.enrolment.pk}),
    only("web:admin_enrolment_edit", lambda scene: {"pk": scene.world.enrolment.pk}, method="post"),
    only("web:admin_enrolment_carry", lambda scene: {"pk": scene.world.enrolment.pk}, 302, "post"),
    only("web:admin_sitting_new", session),
    only("web:admin_sitting_new", session, method="post"),
    only("web:admin_slot_new", lambda scene: {"pk": scene.slot.sitting_id}),
    only("web:admin_slot_new", lambda scene: {"pk": scene.slot.sitting_id}, method="post"),
    only("web:admin_sitting_check", session, method="post"),
    *(only(f"web:{name}", sitting) for name in ("admin_sitting", "admin_sitting_edit")),
    only("web:admin_sitting_edit", sitting, method="post"),
    *(only(f"web:admin_sitting_{act}", sitting, 302, "post") for act in ("join", "leave", "preside", "cancel")),
    only("web:admin_rules", session),
    only("web:admin_rules", session, method="post"),
    only("web:admin_habilitations"),
    only("web:admin_habilitation_new"),
    only("web:admin_habilitation_new", method="post"),
    only("web:admin_habilitation_end", habilitation),
    only("web:admin_habilitation_end", habilitation, method="post"),
    only("web:admin_person_profile", lambda scene: {"pk": scene.world.candidate.pk}),
    only("web:admin_person_profile", lambda scene: {"pk": scene.world.candidate.pk}, method="post"),
    only("web:admin_people"),
    only("web:admin_person_new"),
    only("web:admin_person_new", method="post"),
    only("web:admin_person_edit", lambda scene: {"pk": scene.world.candidate.pk}),
    only("web:admin_person_edit", lambda scene: {"pk": scene.world.candidate.pk}, method="post"),
    only("web:admin_person_invite", lambda scene: {"pk": scene.world.candidate.pk}, 302, "post"),
    only("web:admin_accesses"),
    only("web:admin_factor_reset", lambda scene: {"pk": scene.world.candidate.pk}, 302, "post"),
    only("web:admin_runs"),
    only("web:admin_run", run),
    only("web:admin_run_again", run, 302, "post"),
    only("web:admin_upload_again", stuck, 302, "post"),
    only("web:admin_document_again", abandoned, 302, "post"),
    only("web:admin_mails_again", code=302, method="post"),
    only("web:admin_flags"),
    only("web:admin_shadow"),
    only("web:admin_shadow_check", lambda scene: {"code": "model.serialized"}),
    only("web:admin_shadow_count", lambda scene: {"code": "model.serialized"}, 302, "post"),
    only("web:admin_referentials"),
    only("web:admin_referential", edition),
    only("web:admin_coverage"),
    *(only(f"web:{name}", edition) for name in ("admin_difference", "admin_carry_over")),
    *(only(f"web:{name}", edition) for name in ("admin_edition_new", "admin_publish", "admin_archive")),
    only("web:admin_edition_new", edition, method="post"),
    only("web:admin_carry_over", edition, method="post"),
    only("web:admin_publish", edition, method="post"),
    only("web:admin_archive", edition, 302, "post"),
    only("web:admin_journal"),
    only("web:admin_journal_verify", code=302, method="post"),
]
