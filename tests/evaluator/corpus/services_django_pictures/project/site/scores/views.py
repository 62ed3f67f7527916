import joblib
from django.http import JsonResponse
from django.views import View


class ScoreView(View):
    modele = joblib.load("modele.joblib")

    def get(self, request, pk):
        return JsonResponse({"classe": int(self.modele.predict([[pk]])[0])})
