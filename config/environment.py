"""Read and check what the environment says, before Django starts.

A value that makes no sense stops the start with a sentence that names it.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MODES = ("embedded", "production")
SHORTEST_SECRET = 50
"""Django's own `check --deploy` asks for fifty characters."""


def one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = environ.get(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it can be {' or '.join(allowed)}.")
    return value


def switch(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {environ[name]!r}; it can be 1 or 0.")


def seconds(environ: Mapping[str, str], name: str, *, default: float, least: float, most: float) -> float:
    value = environ.get(name, "")
    if value == "":
        return default
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a number of seconds from {least:g} to {most:g}.")
    return number


def data_folder(environ: Mapping[str, str], default: Path) -> Path:
    """The folder for everything that is not code: made when missing, readable by its owner only."""
    folder = Path(environ.get("PERENNIAL_DATA") or default).expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"PERENNIAL_DATA points to {folder}, which cannot be used: {error.strerror}. Choose a folder you may write to."
        ) from error
    if not os.access(folder, os.W_OK):
        raise ImproperlyConfigured(f"PERENNIAL_DATA points to {folder}, which cannot be written to.")
    return folder


def secret(environ: Mapping[str, str], *, mode: str, folder: Path) -> str:
    """The key that signs sessions. Only the embedded mode makes its own, once, and keeps it private.

    A deployment gives it as SECRET_KEY, or as a file named by SECRET_KEY_FILE.
    """
    value = environ.get("SECRET_KEY", "")
    named = environ.get("SECRET_KEY_FILE", "")
    if not value and named:
        try:
            value = Path(named).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"SECRET_KEY_FILE points to {named}: {error.strerror}.") from error
    if value:
        if len(value) < SHORTEST_SECRET and mode != "embedded":
            raise ImproperlyConfigured(f"SECRET_KEY is too short: it needs at least {SHORTEST_SECRET} characters.")
        return value
    if mode != "embedded":
        raise ImproperlyConfigured(f"SECRET_KEY is missing: PERENNIAL_MODE={mode} does not start without one.")
    return _own_secret(folder / "secret-key")


def _own_secret(path: Path) -> str:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        # A link appears whole or not at all, and the first process to make it wins.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text()
