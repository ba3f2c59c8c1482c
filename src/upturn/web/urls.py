"""Every address. Each area keeps its own list; this one says where they are mounted.

Every page is for people who have signed in, unless its view says otherwise (`login_not_required`).
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from upturn.web.views import account, again, check, demo, join, pages
from upturn.web.views.parts import gallery

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("account/", account.account, name="account"),
    path("account/again/", again.by_mail, name="again_by_mail"),
    path("account/", include("allauth.urls")),
    path("check/", check.check_copy, name="check_copy"),
    path("join/", join.enter_code, name="join"),
    path("join/account/", join.account, name="join_account"),
    path("join/<str:code>/", join.enter_code, name="join_with"),
    path("organizations/", pages.organizations, name="organizations"),
    path("signed-in-again/", pages.signed_in_again, name="signed_in_again"),
    path("", include("upturn.web.people_urls")),
    path("", include("upturn.web.plans_urls")),
]

DEMO_ONLY = [
    path("parts/", login_not_required(gallery), name="parts"),
    path("demo/", demo.demo, name="demo"),
    path("demo/as/<str:token>/", demo.sign_in, name="demo_sign_in"),
]
if settings.DEMO:
    urlpatterns += DEMO_ONLY

handler400, handler403, handler404, handler429, handler500 = (
    f"upturn.web.views.pages.{name}" for name in ("bad_request", "forbidden", "not_found", "too_many", "server_error")
)
