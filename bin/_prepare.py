"""Bring a data folder up to date in one go: database, demo, static files. Run by bin/serve in the environment.

One Python process does it all, because loading Django costs more than most of the steps.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args(arguments)
    # Scripts find their imports beside themselves; the project's packages lie one folder up.
    sys.path[0] = str(PROJECT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        prepare(options.data, demo=options.demo)
    except Exception as error:
        sentence = explain(error, options.data)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        return 2
    return 0


def prepare(data: Path, *, demo: bool) -> None:
    """Migrate, load the demo once, collect the static files when they changed."""
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    fresh = "django_migrations" not in connection.introspection.table_names()
    if fresh:
        say("Making the database…")
        forget(data / "demo-loaded")
    call_command("migrate", verbosity=0, interactive=False)
    if not Path(settings.STATIC_ROOT).exists():
        forget(data / "static-stamp")
    once(data / "static-stamp", digest_of_static_files(), collect)
    if demo:
        # The mark is made last: a start that is killed before leaves it to the next one.
        once(data / "demo-loaded", "1", load_demo)


def collect() -> None:
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)


def load_demo() -> None:
    from django.core.management import call_command

    say("Loading the demo review…")
    call_command("load_demo")


def once(mark: Path, value: str, work: Callable[[], None]) -> None:
    """Do the work unless the mark says that it was done for this value; set the mark when it is done."""
    try:
        if mark.read_text() == value:
            return
    except FileNotFoundError:
        pass
    forget(mark)
    work()
    unfinished = mark.with_name(f"{mark.name}.new")
    unfinished.write_text(value)
    unfinished.replace(mark)


def forget(mark: Path) -> None:
    mark.unlink(missing_ok=True)


def digest_of_static_files() -> str:
    """A digest that changes with any static file (name, size, time), the way they are stored, or the packages."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(repr(settings.STORAGES.get("staticfiles")).encode())
    digest.update((PROJECT / "requirements.txt").read_bytes())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = os.stat(storage.path(name))
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def explain(error: Exception, data: Path) -> str | None:
    """One sentence for what a person can mend; None for what is a fault of the program."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError

    text = str(error)
    if isinstance(error, ImproperlyConfigured):
        return text
    if "database or disk is full" in text or "No space left on device" in text:
        return f"The disk is full: nothing more can be written in {data}."
    if isinstance(error, OperationalError):
        return f"The database does not answer: {' '.join(text.split())}"
    return None


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
