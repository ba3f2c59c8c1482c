"""Django with nothing around a view: what the bench measures everything else against. Same database, same server."""

from upturn.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith("allauth")]  # noqa: F405  it insists on middleware
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ROOT_URLCONF = "bench.bare"
ALLOWED_HOSTS = ["*"]
