"""The declared addresses of a submission: how they stand, and a call on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from assessments.models import Probe, Submission
from assessments.selectors import probes as reads
from assessments.selectors.submission import submissions_in_sight
from assessments.services import probes
from assessments.web.access import Request, get_visible, member
from assessments.web.availability import AvailabilityChart, build_chart
from assessments.web.wording import ADDRESSES, sentence

NEVER = "never"


@dataclass(frozen=True, slots=True)
class ProbeView:
    """One call: ``reason`` when nothing was answered."""

    probe: Probe
    reason: str


@dataclass(frozen=True, slots=True)
class AddressView:
    """``url`` as declared; ``opens`` when a browser may follow it. ``words`` sum the record up.

    ``lost``: it answered when the review was given, and does not any more.
    """

    kind: str
    title: str
    url: str
    opens: bool
    standing: str
    words: str
    pending: bool
    lost: bool
    next_at: Any
    chart: AvailabilityChart | None
    recent: list[ProbeView]
    ask_url: str


def probes_context(request: Request, submission: Submission) -> dict[str, Any]:
    """The section of a submission's page; empty where nothing is declared or asked for."""
    page = reads.probes_page(request.user, submission)
    return {
        "addresses": [_address_view(submission, state, can_ask=page.can_ask) for state in page.addresses],
        "pending": page.pending,
    }


def _address_view(submission: Submission, state: reads.AddressState, *, can_ask: bool) -> AddressView:
    address = state.address
    ask = reverse("web:probe_ask", kwargs={"pk": submission.pk, "kind": address.kind})
    return AddressView(
        kind=address.kind,
        title=str(ADDRESSES[address.kind]),
        url=address.url,
        opens=address.url.startswith(("http://", "https://")),
        standing=state.latest.standing if state.latest else NEVER,
        words=_words(state),
        pending=state.pending,
        lost=state.lost,
        next_at=address.due_at,
        chart=build_chart(state.days),
        recent=[ProbeView(row, sentence(row.failure_code, row.failure_params)) for row in state.recent],
        ask_url=ask if can_ask and not state.pending else "",
    )


def _words(state: reads.AddressState) -> str:
    total = state.total
    told = total.up + total.down
    if not told:
        return ""
    words = ngettext(
        "A répondu à %(up)d appel concluant sur %(told)d.",
        "A répondu à %(up)d appels concluants sur %(told)d.",
        total.up,
    )
    return words % {"up": total.up, "told": told}


@require_GET
@member
def probes_section(request: Request, pk: int) -> HttpResponse:
    """The section alone, which asks again for itself while a call is on its way."""
    found = get_visible(submissions_in_sight(request.user), pk=pk)
    context = {"submission": found, "probes": probes_context(request, found)}
    return render(request, "web/submission/_probes.html", context)


@require_POST
@member
def probe_ask(request: Request, pk: int, kind: str) -> HttpResponse:
    found = get_visible(submissions_in_sight(request.user), pk=pk)
    probes.ask(actor=request.user, address=get_visible(reads.addresses_in_sight(request.user, found), kind=kind))
    messages.success(request, _("L’appel est parti : le résultat arrive sur cette page."))
    return redirect(reverse("web:submission", kwargs={"pk": found.pk}) + "#probes")


urlpatterns = [
    path("depots/<int:pk>/adresses/", probes_section, name="probes"),
    path("depots/<int:pk>/adresses/<str:kind>/appeler/", probe_ask, name="probe_ask"),
]
