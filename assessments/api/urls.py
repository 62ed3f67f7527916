from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.routers import SimpleRouter
from rest_framework.throttling import ScopedRateThrottle

from assessments.api import referentials, views
from assessments.api.edges import PARSERS

app_name = "api"


class TokenView(ObtainAuthToken):
    """Exchange an e-mail (as ``username``) and a password for a token."""

    parser_classes = PARSERS
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "token"


router = SimpleRouter()
router.register("works", views.WorkViewSet, basename="work")
router.register("uploads", views.UploadViewSet, basename="upload")
router.register("submissions", views.SubmissionViewSet, basename="submission")
router.register("runs", views.RunViewSet, basename="run")
router.register("referentials", referentials.ReferentialViewSet, basename="referential")

urlpatterns = [
    *router.urls,
    path("token/", TokenView.as_view(), name="token"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # Its script is served apart, as the content security policy asks.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="web/api_docs.html"),
        name="docs",
    ),
]
