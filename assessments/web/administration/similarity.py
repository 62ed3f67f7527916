"""A session's works that share the most, two by two."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.domain.similarity import extent_of
from assessments.models import Role
from assessments.selectors.administration import session as session_reads
from assessments.selectors.administration import similarity as reads
from assessments.web.access import Request, role_required
from assessments.web.administration.frame import Asked, session_frame, session_seen
from assessments.web.components import FilterField

SHARES = ("10", "25", "50", "75")


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_session_similarities(request: Request, pk: int) -> HttpResponse:
    session = session_seen(request, pk)
    asked, bloc, share = Asked.of(request), request.GET.get("bloc", ""), request.GET.get("part", "")
    least = int(share) / 100 if share in SHARES else 0.1
    page = reads.pairs_page(session, request.user, least=least, assessment=bloc, page=asked.page)
    parts = [(each, _("%(part)s %% au moins") % {"part": each}) for each in SHARES]
    blocs = [(str(each.pk), str(each.bloc or each)) for each in session_reads.assessments_of(session)]
    context = {
        **session_frame(request, session, "similarities"),
        "page": page,
        "rows": [(row, round(row.strength * 100), extent_of(row.strength)) for row in page],
        "comparisons": reads.comparisons(session),
        "filters": [
            FilterField("part", _("Part commune"), parts, share),
            FilterField("bloc", _("Bloc"), [("", _("Tous")), *blocs], bloc),
        ],
    }
    return render(request, "web/administration/session_similarities.html", context)


urlpatterns = [
    path(
        "administration/sessions/<int:pk>/similitudes/",
        admin_session_similarities,
        name="admin_session_similarities",
    ),
]
