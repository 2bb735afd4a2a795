import json
import socket
import sys

import _bench
import _coverage
import _test
import pytest


def test_an_installations_settings_do_not_reach_its_tests(tmp_path):
    outside = {
        "DATABASE_URL": "postgres://live/data",
        "SECRET_KEY": "live",
        "PERENNIAL_DATA": "/srv/perennial",
        "PERENNIAL_MODE": "production",
        "PERENNIAL_TEST_DATABASE_URL": "postgres://127.0.0.1/postgres",
        "HOME": "/home/ada",
    }
    inside = _test.isolated(outside, tmp_path)
    assert inside["PERENNIAL_DATA"] == str(tmp_path / "data")
    assert inside["PERENNIAL_TEST_DATABASE_URL"] == "postgres://127.0.0.1/postgres"
    assert inside["HOME"] == "/home/ada"
    assert not {"DATABASE_URL", "SECRET_KEY", "PERENNIAL_MODE"} & set(inside)


def checks(tmp_path, *, strict):
    return _test.Checks(sys.executable, {}, tmp_path, strict=strict)


def junit(path, **counts):
    attributes = " ".join(f'{name}="{value}"' for name, value in counts.items())
    path.write_text(f"<testsuites><testsuite {attributes}/></testsuites>")
    return path


def test_a_report_is_counted(tmp_path):
    report = junit(tmp_path / "junit.xml", tests=10, failures=2, errors=1, skipped=3)
    assert _test.counted(report) == _test.Counts(passed=4, failed=3, skipped=3)


def test_no_report_counts_nothing(tmp_path):
    assert _test.counted(tmp_path / "none.xml") == _test.Counts()


@pytest.mark.parametrize(("strict", "code"), [(True, 1), (False, 0)])
def test_a_skipped_test_fails_in_ci_and_is_named_elsewhere(tmp_path, monkeypatch, capsys, strict, code):
    subject = checks(tmp_path, strict=strict)

    def step(heading, command, *rest, **options):
        junit(tmp_path / "junit-0.xml", tests=3, failures=0, errors=0, skipped=1)

    monkeypatch.setattr(subject, "step", step)
    subject.pytest("Tests")
    assert subject.summary() == code
    closing = capsys.readouterr().out
    assert "Tests: 1 skipped." in closing
    assert closing.endswith("2 passed, 0 failed\n")


@pytest.mark.parametrize(("strict", "code"), [(True, 1), (False, 0)])
def test_a_missing_second_engine_fails_in_ci_and_is_named_elsewhere(tmp_path, capsys, strict, code):
    subject = checks(tmp_path, strict=strict)
    subject.counts = _test.Counts(passed=1)
    subject.second_engine()
    assert subject.summary() == code
    assert "PERENNIAL_TEST_DATABASE_URL is not set" in capsys.readouterr().out


def test_a_failed_check_fails_the_whole(tmp_path, capfd):
    subject = checks(tmp_path, strict=False)
    subject.counts = _test.Counts(passed=1)
    subject.step("Lint", [sys.executable, "-c", "raise SystemExit(1)"])
    subject.step("Types", [sys.executable, "-c", ""])
    assert subject.summary() == 1
    words = capfd.readouterr().out
    assert "-- Lint: FAILED" in words
    assert "-- Types: good" in words
    assert "1 of the checks failed" in words


def test_a_selection_without_tests_is_no_failure_but_a_run_without_tests_is(tmp_path, capfd):
    subject = checks(tmp_path, strict=False)
    subject.step("Tests under faults", [sys.executable, "-c", "raise SystemExit(5)"], may_find_none=True)
    assert subject.summary() == 1
    assert "-- Tests under faults: good" in capfd.readouterr().out


def test_something_that_listens_is_reachable():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert _test.reachable(f"postgres://postgres@127.0.0.1:{port}/postgres")
    assert not _test.reachable(f"redis://127.0.0.1:{port}/0")
    assert not _test.reachable("")


def test_the_named_browser_comes_first(tmp_path, monkeypatch):
    for name in ("chromium", "mine"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _test.find_browser({"CHROMIUM": str(tmp_path / "mine")}) == str(tmp_path / "mine")
    assert _test.find_browser({}) == str(tmp_path / "chromium")


def test_a_missing_browser_is_named_with_the_line_that_installs_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    environment = {}
    _test.use_browser(environment)
    assert "CHROMIUM" not in environment
    assert "apt install chromium" in capsys.readouterr().err


def report(*, taken=95, files=None):
    totals = {"covered_branches": taken, "num_branches": 100, "covered_lines": 99, "num_statements": 100}
    return {"totals": totals, "files": files or {}}


WHOLE = {"missing_lines": [], "missing_branches": []}
HOLED = {"missing_lines": [7], "missing_branches": [[3, 5]]}


@pytest.mark.parametrize(
    ("coverage", "shortfalls"),
    [
        (report(), []),
        (report(taken=89), ["All files together take 89.0 % of their branches; the floor is 90 %."]),
        (report(files={"reviews/team/rules.py": WHOLE, "meta/stats/pooling.py": WHOLE}), []),
        (report(files={"reviews/team/views.py": HOLED}), []),
        (
            report(files={"reviews/team/rules.py": HOLED}),
            ["reviews/team/rules.py must be covered whole; lines not run: 7; branches not taken: 3 to 5."],
        ),
        (
            report(files={"meta/stats/effects/odds.py": {"missing_lines": [], "missing_branches": [[1, -1]]}}),
            ["meta/stats/effects/odds.py must be covered whole; branches not taken: 1 to -1."],
        ),
    ],
)
def test_coverage_floors(coverage, shortfalls):
    assert _coverage.below_the_floors(coverage) == shortfalls


@pytest.mark.parametrize(("taken", "code"), [(95, 0), (80, 1)])
def test_the_coverage_report_is_judged(tmp_path, capsys, taken, code):
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(report(taken=taken)))
    assert _coverage.main([str(path)]) == code
    assert f"Branches taken: {taken}.0 %" in capsys.readouterr().out


def test_measurements_are_named_by_their_files(tmp_path):
    for name in ("start.py", "_shared.py", "reads.py"):
        (tmp_path / name).touch()
    assert _bench.topics(tmp_path) == ["reads", "start"]
