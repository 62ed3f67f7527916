"""The mentor's addresses. In the scene the review is given: what is left is to read it."""

from __future__ import annotations

from typing import Any

from assessments.models.lines import key_of
from tests.web.permissions import Row, Scene

HOME = {"anonymous": 302, "mentor": 200, "stranger": 200}
READ = {"anonymous": 302, "mentor": 200, "stranger": 404}
GIVEN = {"anonymous": 302, "mentor": 302, "stranger": 404}  # told that it is given already
CLOSED = {"anonymous": 302, "mentor": 403, "stranger": 404}


def submission(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.pk}


def review(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.submission.review.pk}


def remark(scene: Scene) -> dict[str, Any]:
    return {**review(scene), "line": key_of(scene.world.edition.criteria[1])}


ROWS = [
    Row("web:mentor_home", HOME, otherwise=403),
    Row("web:review", READ, kwargs=submission, otherwise=403),
    Row("web:review_open", CLOSED, "post", submission, otherwise=403),
    Row("web:review_remark", CLOSED, "post", remark, otherwise=403),
    Row("web:review_comment", CLOSED, "post", review, otherwise=403),
    Row("web:review_give", GIVEN, "post", review, lambda scene: {"outcome": "admitted"}, otherwise=403),
]
