"""Run the modules of bench/ one after the other and print their figures, one JSON line each."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    # Scripts find their imports beside themselves; bench/ and the project's packages lie one folder up.
    sys.path[0] = str(PROJECT)
    names = topics(PROJECT / "bench")
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="what to measure (default: everything)")
    parser.add_argument("--list", action="store_true", help="only name what can be measured")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in names]:
        parser.error(f"no measurement is called {unknown[0]}; there are: {', '.join(names)}")
    for name in options.names or names:
        module = importlib.import_module(f"bench.{name}")
        if options.list:
            print(f"{name:20} {(module.__doc__ or '').strip().splitlines()[0]}")
            continue
        for figure in module.run():
            print(json.dumps({"bench": name, **figure}), flush=True)
    return 0


def topics(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
