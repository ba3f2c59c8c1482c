"""What a WSGI server loads: `granian --interface wsgi upturn.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upturn.settings")

application = get_wsgi_application()
