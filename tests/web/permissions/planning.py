"""Planning: the administrator's board and plans, a juror's own hours, one's own convocations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from assessments.models import Availability, Convocation, PlanDraft, Room
from tests.web.permissions import Row, Scene
from tests.web.permissions.administration import only, session


def slot(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.slot.pk}


def room_of(scene: Scene, name: str) -> int:
    return Room.objects.get_or_create(session=scene.world.session, name=name)[0].pk


def room(scene: Scene) -> dict[str, Any]:
    return session(scene) | {"room": room_of(scene, "Salle 9")}


def draft(scene: Scene) -> dict[str, Any]:
    """A plan to read again, of one passage."""
    there = room_of(scene, "Salle 8")
    jurors = [juror.pk for juror in scene.world.jurors]
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    asked = {"days": [day], "hours": [[540, 720]], "rooms": [there], "jurors": jurors, "size": 2}
    panel = {"room": there, "day": day, "starts": 540, "ends": 720, "jurors": jurors}
    made = PlanDraft.objects.create(
        session=scene.world.session,
        state="ready",
        asked={**asked, "works": [scene.world.work.pk], "repairs": None},
        result={"panels": [{**panel, "heard": [[scene.world.work.pk, 540, 45]]}], "unplaced": []},
        asked_by=scene.world.administrator,
    )
    return {"pk": made.pk}


def hours(scene: Scene) -> dict[str, Any]:
    """Those of the juror who does not preside."""
    now = timezone.now()
    said = Availability.objects.create(
        session=scene.world.session, person=scene.world.jurors[1], starts_at=now, ends_at=now + timedelta(hours=2)
    )
    return {"pk": said.pk}


def convocation(scene: Scene) -> dict[str, Any]:
    """The candidate's."""
    world = scene.world
    content = {"starts_at": timezone.now().isoformat(), "ends_at": "", "place": "Salle 1"}
    made = Convocation.objects.create(
        session=world.session,
        person=world.candidate,
        work=world.work,
        content=content,
        convoked_by=world.administrator,
        told_at=timezone.now(),
    )
    return {"pk": made.pk}


ROWS = [
    only("web:admin_planning", session),
    only("web:admin_jury_time", session, 302, "post"),
    only("web:admin_convoke", session, 302, "post"),
    only("web:admin_rooms", session),
    only("web:admin_rooms", session, method="post"),
    only("web:admin_room_remove", room, 302, "post"),
    only("web:admin_availabilities", session),
    only("web:admin_availabilities", session, method="post"),
    only("web:admin_slot_move", slot),
    only("web:admin_slot_move", slot, method="post"),
    only("web:admin_slot_cancel", slot, method="post"),
    only("web:admin_plan_new", session),
    only("web:admin_plan_new", session, method="post"),
    only("web:admin_plan", draft),
    only("web:admin_plan_move", lambda scene: draft(scene) | {"work": scene.world.work.pk}),
    only("web:admin_plan_move", lambda scene: draft(scene) | {"work": scene.world.work.pk}, method="post"),
    only("web:admin_plan_reseat", lambda scene: draft(scene) | {"panel": 0}),
    only("web:admin_plan_reseat", lambda scene: draft(scene) | {"panel": 0}, method="post"),
    only("web:admin_plan_accept", draft, 302, "post"),
    only("web:admin_plan_repair", draft, 302, "post"),
    only("web:admin_plan_drop", draft, 302, "post"),
    *(
        Row(
            "web:juror_hours",
            {"anonymous": 302, "juror": 200, "president": 200, "stranger": 200},
            method,
            otherwise=403,
        )
        for method in ("get", "post")
    ),
    Row("web:hours_remove", {"anonymous": 302, "juror": 302, "administrator": 404}, "post", hours),
    Row("web:convocations", {"anonymous": 302}, otherwise=200),
    Row("web:convocation", {"anonymous": 302, "candidate": 200, "administrator": 200}, "get", convocation),
]
