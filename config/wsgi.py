"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()

from meta.publication.door import door  # noqa: E402  # it reads the settings, so Django comes first

application = door(django_application)
