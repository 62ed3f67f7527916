"""What is mounted of allauth, one by one: an address that nobody needs is one that nobody watches.

Its pages to add, change and confirm addresses are left out: an address changes by an administrator
(``services.people``) or with a proof of the new one (``services.addresses``).
"""

from allauth.account import views
from django.urls import path, re_path

from assessments.web import arrivals
from certification.leaving import log_out

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", log_out, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    # Ours, under the name by which allauth's letters and pages look for it.
    path("inscription/", arrivals.sign_up, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
