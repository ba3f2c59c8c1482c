"""The addresses of the screens for plans. The main navigation links to `work` (my work, at `/`) and `plans` (the list)."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
