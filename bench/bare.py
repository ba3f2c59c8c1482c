"""The bare side: one indexed query; one transaction that inserts one indexed row; one `perform` and no page."""

import itertools
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
application = get_wsgi_application()

from upturn.core.commands import State  # noqa: E402  models exist once the application is loaded
from upturn.records.models import Person, Plan  # noqa: E402
from upturn.records.perform import perform  # noqa: E402

TABLE = "CREATE TABLE IF NOT EXISTS bench_row (id {serial}, k varchar(40) NOT NULL, v text NOT NULL)"
INDEX = "CREATE INDEX IF NOT EXISTS bench_row_k ON bench_row (k)"
count = itertools.count()


def make_table() -> None:
    postgres = connection.vendor == "postgresql"
    serial = "bigserial PRIMARY KEY" if postgres else "integer PRIMARY KEY AUTOINCREMENT"
    with connection.cursor() as cursor:
        cursor.execute(TABLE.format(serial=serial))
        cursor.execute(INDEX)


def one_query(_request: HttpRequest, plan: str) -> HttpResponse:
    """A bare view with one indexed query."""
    return HttpResponse(Plan.objects.values_list("number", flat=True).get(pk=plan))


def one_insert(_request: HttpRequest, plan: str) -> HttpResponse:
    """A bare transaction that inserts one indexed row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_row (k, v) VALUES (%s, %s)", [f"{plan}-{next(count)}", "words " * 20])
    return HttpResponse("inserted")


def one_perform(_request: HttpRequest, plan: str) -> HttpResponse:
    """The subject makes a statement: load, replay, decide, append, index."""
    subject = Person.objects.select_related("organization").get(plans_about__pk=plan)
    done = perform(plan, State(text=f"A statement, number {next(count)}."), subject, timezone.now())
    return HttpResponse(str(done.plan.seq))


urlpatterns = [
    path("query/<str:plan>/", one_query),
    path("insert/<str:plan>/", one_insert),
    path("perform/<str:plan>/", one_perform),
]
