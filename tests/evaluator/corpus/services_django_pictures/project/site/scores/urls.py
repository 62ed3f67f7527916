from django.urls import path

from scores.views import ScoreView

urlpatterns = [path("scores/<int:pk>/", ScoreView.as_view())]
