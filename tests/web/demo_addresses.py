"""The addresses of the demo, for tests that run outside it."""

from upturn.web import urls

urlpatterns = [*urls.DEMO_ONLY, *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
