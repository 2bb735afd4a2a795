"""What each web process does when it begins."""

import gc
import runpy
from pathlib import Path

from django.conf import settings


def test_what_is_loaded_is_left_out_of_later_searches_for_unused_objects():
    hooks = runpy.run_path(str(Path(settings.BASE_DIR) / "bin" / "_gunicorn.py"))
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        hooks["post_fork"](None, None)
        assert gc.get_freeze_count() > frozen
        assert gc.get_threshold() == hooks["BETWEEN_SEARCHES"]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
