"""Every difference between what was judged and what the checks say since, for administrators."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.models import Role
from assessments.selectors import flags as reads
from assessments.web.access import Request, role_required
from assessments.web.administration.frame import Asked
from assessments.web.components import Crumb, FilterField
from assessments.web.wording import check_title, line_text


@require_safe
@role_required(Role.ADMINISTRATOR)
def admin_flags(request: Request) -> HttpResponse:
    asked, state = Asked.of(request), request.GET.get("state", reads.OPEN)
    page = reads.flags_page(request.user, state=state, page=asked.page)
    states = [("", _("Tous")), (reads.OPEN, _("À clore")), (reads.CLOSED, _("Clos"))]
    context = {
        "page_title": _("Écarts relevés"),
        "crumbs": [
            Crumb(_("Évaluations automatiques"), reverse("web:admin_runs")),
            Crumb(_("Écarts relevés")),
        ],
        "page": page,
        "rows": [
            (flag, flag.before.answer, check_title(flag.before.check_code), line_text(flag.before.state.line))
            for flag in page
        ],
        "filters": [FilterField("state", _("État"), states, state)],
    }
    return render(request, "web/administration/flags.html", context)


urlpatterns = [path("administration/ecarts/", admin_flags, name="admin_flags")]
