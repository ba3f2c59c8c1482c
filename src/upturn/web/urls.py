"""Every address. Each area keeps its own list; this one says where they are mounted.

Every page is for people who have signed in, unless its view says otherwise (`login_not_required`).
"""

from django.conf import settings
from django.urls import include, path

from upturn.web.views import pages
from upturn.web.views.parts import gallery

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("account/", include("allauth.urls")),
    path("", include("upturn.web.plans_urls")),
]

if settings.DEMO:
    urlpatterns += [path("parts/", gallery, name="parts")]

handler400, handler403, handler404, handler500 = (
    f"upturn.web.views.pages.{name}" for name in ("bad_request", "forbidden", "not_found", "server_error")
)
