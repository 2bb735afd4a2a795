"""The settings of the house, with a data folder of the tests' own and nothing that is slow for a reason."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "PERENNIAL_DATA" not in os.environ:
    os.environ["PERENNIAL_DATA"] = tempfile.mkdtemp(prefix="perennial-tests-")
    atexit.register(shutil.rmtree, os.environ["PERENNIAL_DATA"], ignore_errors=True)

from config.settings import *  # noqa: F403
from config.settings import DATA, STORAGES

Path(DATA, "static").mkdir(exist_ok=True)  # WhiteNoise warns where there is none
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
