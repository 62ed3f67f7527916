"""What every request passes through: it is made sound before anything reads it; the answer gets its headers, and shows
what is invisible.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from certification.clients import wants_json
from certification.edges import LARGEST, cleaned_form, is_clean
from certification.visible import visible_html

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeaders:
    """Content security policy and permissions; a view may set a stricter policy of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.policy = "; ".join(
            f"{name} {' '.join(values)}" for name, values in settings.CONTENT_SECURITY_POLICY.items()
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class PrivateAnswers:
    """What somebody logged in is shown stays in no memory but theirs, and not on the machine once they have left.

    An answer that a view has already called private keeps what the view says.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        known = settings.SESSION_COOKIE_NAME in request.COOKIES or "authorization" in request.headers
        said = response.headers.get("Cache-Control", "")
        if known and request.user.is_authenticated and "private" not in said:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class SoundRequests:
    """Stands before all that looks into a request.

    A query and a form lose the control characters that no column takes; an address, a header or a key that holds what
    it cannot is refused with 400 or 404. Bodies other than forms are the parsers' business (``edges.read_json``).
    """

    CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "latin-1", "windows-1252"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wrong = self._wrong(request)
        if wrong and wants_json(request):
            return JsonResponse({"detail": wrong}, status=400)
        if wrong:
            raise BadRequest(wrong)
        request.GET = cleaned_form(request.GET)
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if is_clean(value)}
        return self.get_response(request)

    def _wrong(self, request: HttpRequest) -> str:
        """Why the request cannot be read at all, empty when it can."""
        if not is_clean(request.path_info):
            return _("L’adresse contient des caractères de commande.")
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.strip("\"' ").lower() not in self.CHARSETS:
            return _("Le corps de la demande est dans un jeu de caractères qui n’est pas lu : envoyez de l’UTF-8.")
        headers = (value for name, value in request.META.items() if name.startswith(("HTTP_", "CONTENT_")))
        return "" if all(map(is_clean, headers)) else _("Un en-tête contient des caractères de commande.")

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Keys are within bigint; the form is read, as the CSRF guard does, and cleaned."""
        if any(isinstance(value, int) and value > LARGEST for value in kwargs.values()):
            raise Http404
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return
        try:
            request.POST = cleaned_form(request.POST)
        except UnreadablePostError:
            return  # the view hears of it where it reads


class ShowInvisible:
    """Marks, in every page, the signs that hide or turn text around (``certification.visible``)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html"):
            page = response.content.decode(response.charset)
            shown = visible_html(page)
            if shown is not page:
                response.content = shown.encode(response.charset)
        return response
