"""The Django app of everything that is kept."""

from django.apps import AppConfig


class Records(AppConfig):
    name = "upturn.records"
    label = "records"
    verbose_name = "Records"
