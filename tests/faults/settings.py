"""The settings of a worker whose recomputing can be slowed down and spoilt from outside."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.meddling.Meddling"]
