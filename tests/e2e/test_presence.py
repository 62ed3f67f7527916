"""A jury's presence in Chromium: what cannot be taken back is asked again, by the names of whom it touches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from assessments.models import DeclaredLink, Leave, Role
from assessments.services import sittings
from tests import factories
from tests.e2e.visitors import Visitor, for_docs

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_recusal_and_a_declared_link_are_asked_again_by_name(visit: Callable[..., Visitor]) -> None:
    world = factories.world()
    slot = factories.scheduled(world)
    visitor = visit()
    page = visitor.known_as(world.president)
    page.goto(f"{visitor.root}/jury/passages/{slot.pk}/presence/")
    third = str(world.jurors[2])
    card = page.get_by_role("listitem").filter(has_text=third)
    card.get_by_text("Changer").click()
    card.get_by_label("Motif de la récusation").fill("Voisin du candidat.")
    card.get_by_role("button", name="Récuser pour ce candidat").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(world.edition.assessment.title)
    visitor.look("jury-recusal", whole=False)
    assert not Leave.objects.exists()
    dialog.get_by_role("button", name=f"Récuser {third} pour {world.candidate}").click()
    expect(page.get_by_text("Voisin du candidat.")).to_be_visible()
    assert Leave.objects.get().juror.user == world.jurors[2]
    for_docs(page, "presence")
    new = sittings.join(actor=world.administrator, sitting=slot.sitting, user=factories.person(Role.JUROR))
    page = (other := visit()).known_as(new.user)
    page.goto(f"{other.root}/jury/seances/{slot.sitting_id}/declaration/")
    sign = page.get_by_role("button", name="Signer ma déclaration")
    dialog = page.get_by_role("dialog")
    sign.click()
    expect(dialog).to_contain_text("Vous n’indiquez aucun nouveau lien.")
    dialog.get_by_role("button", name="Annuler").click()
    page.get_by_label(str(world.candidate)).check()
    sign.click()
    expect(dialog.get_by_role("listitem")).to_have_text(str(world.candidate))
    expect(dialog).not_to_contain_text("aucun nouveau lien", use_inner_text=True)
    other.look("jury-declaration-asked", whole=False)
    dialog.get_by_role("button", name="Signer ma déclaration").click()
    expect(page.get_by_text("Votre déclaration est signée.")).to_be_visible()
    assert DeclaredLink.objects.get().candidate == world.candidate
