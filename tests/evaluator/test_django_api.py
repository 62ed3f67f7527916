"""Django projects started and asked, in the sandbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from evaluator.results import Finding
from evaluator.runner import CheckRequest, evaluate

from .builders import write

pytestmark = pytest.mark.usefixtures("warm_engine")

SETTINGS = """
from pathlib import Path
SECRET_KEY = "essai"
DEBUG = False
ALLOWED_HOSTS = ["credit.example"]
SECURE_SSL_REDIRECT = True
ROOT_URLCONF = "credit.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "scoring"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).resolve().parent.parent / "base.sqlite3"}
}
"""
WSGI = """
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit.settings")
application = get_wsgi_application()
"""
ASGI = WSGI.replace("wsgi", "asgi")
URLS = """
from django.urls import include, path, re_path
from scoring import views
urlpatterns = [path("", views.home), path("api/", include([path("prediction/<int:client_id>/", views.predict)]))]
"""
VIEWS = """
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, JsonResponse

def home(request):
    return JsonResponse({})

def predict(request, client_id):
    ContentType.objects.count()
    if client_id != 7:
        raise Http404
    return JsonResponse({"probability": 0.4})
"""


def project(prefix: str = "", **changed: str) -> dict[str, str]:
    files = {
        "credit/__init__.py": "",
        "credit/settings.py": SETTINGS,
        "credit/urls.py": changed.get("urls", URLS),
        "credit/wsgi.py": WSGI,
        "scoring/__init__.py": "",
        "scoring/views.py": changed.get("views", VIEWS),
    } | ({"credit/asgi.py": ASGI} if "asgi" in changed else {})
    data = {"data/test.csv": "client_id,age\n7,30\n", "README.md": "# Crédit\n"}
    return {prefix + path: text for path, text in files.items()} | data


def run(folder: Path, files: Mapping[str, str | bytes]) -> Finding:
    with evaluate(write(folder / "project", files), [CheckRequest("api.responds", {})]) as report:
        return report.results[0].finding


@pytest.mark.parametrize(("prefix", "changed"), [("", {}), ("web/", {"asgi": "too"})])
def test_a_django_project_that_answers_is_met(prefix: str, changed: dict[str, str], tmp_path: Path) -> None:
    finding = run(tmp_path, project(prefix, **changed))
    assert finding.outcome.value == "met", finding.message
    assert [item.detail["response"]["status"] for item in finding.evidence] == [200, 404, 404]
    assert finding.evidence[0].detail["request"]["url"] == "/api/prediction/7/"


def test_a_regular_expression_is_a_route_too(tmp_path: Path) -> None:
    urls = URLS.replace('path("prediction/<int:client_id>/"', r're_path(r"^prediction/(?P<client_id>[^/]+)/$"')
    views = VIEWS.replace("client_id != 7", "int(client_id) != 7")
    finding = run(tmp_path, project(urls=urls, views=views))
    assert finding.message.code == "api.responds.not_met_malformed", finding.message


def test_views_that_show_no_identifier_are_left_to_a_person(tmp_path: Path) -> None:
    urls = URLS.replace("<int:client_id>/", "")
    views = VIEWS.replace("request, client_id):", "request):\n    client_id = int(request.headers.get('X-Client', 7))")
    finding = run(tmp_path, project(urls=urls, views=views))
    assert finding.message.code == "api.responds.undecided_django", finding.message


def test_a_project_that_does_not_start_is_not_met(tmp_path: Path) -> None:
    finding = run(tmp_path, project(urls=URLS + "\nraise RuntimeError('réglage absent')\n"))
    assert finding.message.code == "api.responds.not_met_start", finding.message
    assert "réglage absent" in str(finding.message.params["reason"])


CSRF = 'MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware", '
POSTED = VIEWS.replace(
    "def predict(request, client_id):",
    "from django.views.decorators.http import require_POST\n\n@require_POST\ndef predict(request, client_id):",
)


def test_a_view_that_takes_what_its_pages_send_is_asked_as_they_do(tmp_path: Path) -> None:
    """A function does not tell its verb: the refusal does; and a page sends back the token that it was given."""
    files = project(views=POSTED)
    files["credit/settings.py"] = SETTINGS.replace("MIDDLEWARE = [", CSRF)
    finding = run(tmp_path, files)
    assert finding.outcome.value == "met", finding.message
    assert finding.evidence[0].detail["request"]["method"] == "POST"


def test_a_large_database_can_be_written(tmp_path: Path) -> None:
    views = VIEWS.replace(
        "ContentType.objects.count()", "ContentType.objects.create(app_label='a', model=str(client_id))"
    )
    files: dict[str, str | bytes] = dict(project(views=views))
    base = tmp_path / "base.sqlite3"
    with sqlite3.connect(base) as connection:
        connection.execute("CREATE TABLE clients (text BLOB)")
        connection.execute("INSERT INTO clients VALUES (zeroblob(7000000))")
    connection.close()
    files["base.sqlite3"] = base.read_bytes()
    finding = run(tmp_path, files)
    assert finding.outcome.value == "met", finding.message


def test_an_identifier_that_a_view_reads_is_asked_for(tmp_path: Path) -> None:
    urls = URLS.replace("<int:client_id>/", "")
    views = VIEWS.replace("request, client_id):", "request):\n    client_id = json.loads(request.body)['client_id']")
    views = views.replace("if client_id != 7", "if client_id != '7'")
    finding = run(tmp_path, project(urls=urls, views=f"import json\n{views}"))
    assert finding.message.code == "api.responds.undecided_manner", finding.message
