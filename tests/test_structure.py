"""The tree is as ARCHITECTURE says: rooms with names of reviewing, each under its contract."""

import tomllib
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("reviews", "meta", "config")
DRAWERS = {"utils", "helpers", "common", "misc", "manager", "managers", "tools"}
QUESTIONNAIRES = ROOT / "reviews" / "risk_of_bias" / "tools"
"""Tools are what the field calls the questionnaires by which risk of bias is judged."""
NOT_A_ROOM = {"migrations", "management", "__pycache__"}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def contract(beginning):
    [found] = [one for one in CONTRACTS if one["name"].startswith(beginning)]
    return found


def layers(beginning):
    return {name.strip(" ()") for layer in contract(beginning)["layers"] for name in layer.split(":")}


def rooms(app):
    return {path.name for path in (ROOT / app).iterdir() if path.is_dir() and path.name not in NOT_A_ROOM}


def modules():
    return [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def test_every_room_stands_in_the_order_of_its_app():
    assert rooms("reviews") <= layers("Stages of a review")
    assert rooms("meta") <= layers("Stages of the evidence")


def test_every_room_with_doors_keeps_the_order_inside():
    inside = set(contract("Inside a room")["containers"])
    served = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in modules()
        if path.name in {"services.py", "views.py"} and path.parent != ROOT / "config"
    }
    assert served <= inside


def test_every_rule_is_pure():
    pure = set(contract("Pure rooms")["source_modules"])
    found = {".".join(path.with_suffix("").relative_to(ROOT).parts) for path in modules() if path.name == "rules.py"}
    assert found <= pure


def test_no_room_is_empty():
    for app in ("reviews", "meta"):
        for room in rooms(app):
            assert [path for path in (ROOT / app / room).rglob("*.py") if path.read_text().strip()], f"{app}/{room}"


def test_no_module_is_a_drawer():
    assert not [
        path
        for path in modules()
        if {path.stem, path.parent.name} & DRAWERS and not path.is_relative_to(QUESTIONNAIRES)
    ]


def test_every_module_says_what_it_is_for():
    """All but empty ones and those that Django or Celery call by name begin with a sentence."""
    silent = [
        path.relative_to(ROOT)
        for path in modules()
        if (text := path.read_text().strip()) and path.name != "apps.py" and not text.startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_tests_mirror_the_tree():
    for app in ("reviews", "meta"):
        for room in rooms(app):
            assert list((ROOT / "tests" / app / room).glob("test_*.py")), f"tests/{app}/{room}"


def test_changes_that_a_user_can_notice_have_a_place_to_be_told():
    for page in ("changelog.md", "glossary.md", "decisions"):
        assert (ROOT / "docs" / page).exists(), page
