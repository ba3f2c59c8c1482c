"""The addresses of the screens for plans. The navigation links to `work` (my work, at `/`) and `plans` (the list)."""

from django.urls import URLPattern, URLResolver, path

from upturn.web.acting_urls import DOING, STARTING
from upturn.web.views import papers, plan, plans, work

urlpatterns: list[URLPattern | URLResolver] = [
    # reading
    path("", work.my_work_page, name="work"),
    path("plans/", plans.plan_list, name="plans"),
    *STARTING,
    path("plans/<str:plan>/", plan.plan_page, name="plan"),
    path("plans/<str:plan>/about/", plan.about, name="about"),
    path("plans/<str:plan>/record/", plan.record_page, name="timeline"),
    path("plans/<str:plan>/letters/<str:letter>/", plan.letter_page, name="letter"),
    path("plans/<str:plan>/letters/<str:letter>/pdf/", papers.letter, name="letter_pdf"),
    path("plans/<str:plan>/documents/<str:document>/", papers.plan_document, name="plan_document"),
    path("plans/<str:plan>/documents/<str:document>/<str:kind>/", papers.plan_form, name="plan_form"),
    path("plans/<str:plan>/executed/<str:document>/", papers.executed_copy, name="executed_copy"),
    path("plans/<str:plan>/download/", plan.download, name="plan_download"),
    path("plans/<str:plan>/files/<str:attachment>/", plan.attachment, name="attachment"),
    # doing
    *DOING,
]
