"""Secure by default: what does not make sense stops the start with one sentence, and a deployment passes its check."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "PERENNIAL_MODE": "production",
    "SECRET_KEY": "of-this-test-alone-" * 4,
    "ALLOWED_HOSTS": "reviews.example.org",
}


@pytest.fixture
def start(tmp_path):
    """Start a Python of its own with these settings and nothing else of ours in its environment."""

    def run(*arguments, **environ):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env=kept | {"PERENNIAL_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"} | environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        (
            PRODUCTION | {"SECRET_KEY": ""},
            "SECRET_KEY is missing: PERENNIAL_MODE=production does not start without one.",
        ),
        (PRODUCTION | {"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the host names that readers use, without '*'."),
        (PRODUCTION | {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the host names that readers use, without '*'."),
        (PRODUCTION | {"DEBUG": "1"}, "DEBUG is on; PERENNIAL_MODE=production does not start with it."),
        (
            PRODUCTION | {"PERENNIAL_DEMO": "1"},
            "PERENNIAL_DEMO is on; the demo's doors exist in the embedded mode only.",
        ),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL must begin with sqlite:// or postgres://."),
        ({"CELERY_BROKER_URL": "amqp://localhost"}, "CELERY_BROKER_URL must begin with redis:// or rediss://"),
        ({"PERENNIAL_SWEEP_SECONDS": "0"}, "PERENNIAL_SWEEP_SECONDS is '0'; it must be a number of seconds"),
    ],
)
def test_a_value_that_makes_no_sense_stops_the_start_with_a_sentence(start, environ, sentence):
    stopped = start("-c", "import config.settings", **environ)
    assert stopped.returncode != 0
    assert sentence in stopped.stderr.splitlines()[-1]


def test_a_deployment_passes_djangos_check(start):
    checked = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (checked.returncode, checked.stdout) == (0, "System check identified no issues (0 silenced).\n"), (
        checked.stderr
    )


def test_a_deployment_is_strict_with_cookies_and_addresses(start):
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "DEBUG",
        "DEMO_DOORS",
        "SESSION_COOKIE_NAME",
    )
    asked = start(
        "-c", f"from config import settings as s; print([getattr(s, name) for name in {names}])", **PRODUCTION
    )
    assert asked.stdout.strip() == "[True, True, True, False, False, '__Host-session']", asked.stderr


def test_the_embedded_mode_starts_with_nothing_said_and_stays_on_this_machine(start, tmp_path):
    asked = start(
        "-c",
        "from config import settings as s; "
        "print(s.ALLOWED_HOSTS, s.DEBUG, s.DEMO_DOORS, s.DATABASE['OPTIONS']['transaction_mode'], len(s.SECRET_KEY) >= 50)",
    )
    assert asked.stdout.strip() == "['localhost', '127.0.0.1', '[::1]'] False False IMMEDIATE True", asked.stderr
    assert (tmp_path / "secret-key").exists()


def test_nothing_inline_and_nothing_foreign_may_run():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert directives["script-src"] == ["'self'"]
    assert not any("unsafe" in source or "*" in source for sources in directives.values() for source in sources)


def test_the_api_is_closed_unless_an_endpoint_says_otherwise():
    assert settings.REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"] == [
        "rest_framework.permissions.IsAuthenticated",
        "config.api.authentication.WithinScope",
    ]
