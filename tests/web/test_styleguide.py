"""The page of components shows every one of them, to administrators only."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from assessments.models import User
from assessments.web.icons import ICONS
from assessments.web.styleguide import styleguide
from assessments.web.templatetags.jalon import register

# Shown through the page's frame rather than in its content.
IN_THE_FRAME = {"breadcrumb"}


def visit(*roles: str) -> str:
    request = RequestFactory().get("/styleguide/")
    request.user = User(pk=1, email="admin@demo.jalon.test", full_name="Compte de démonstration", roles=list(roles))
    return styleguide(request).content.decode()


def test_shows_every_icon_and_state_under_one_heading() -> None:
    html = visit("administrator")
    assert html.count("<h1>") == 1
    assert all(f"<code>{name}</code>" in html for name in ICONS)
    assert "Incident de notre côté" in html
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)


def test_has_a_heading_for_every_tag() -> None:
    named = set(re.findall(r"\w+", " ".join(re.findall(r"<h2>(.*?)</h2>", visit("administrator")))))
    assert set(register.tags) - IN_THE_FRAME <= named


@pytest.mark.parametrize("role", ["candidate", "mentor", "juror"])
def test_others_do_not_see_it(role: str) -> None:
    with pytest.raises(PermissionDenied):
        visit(role)
