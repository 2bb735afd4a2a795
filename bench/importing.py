"""A file of 100,000 records from the upload to the last duplicate found, and the site's answers meanwhile."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench._site import FILES, Site, Visitor, field, running

RECORDS = 100_000
COPIES = 0.2
"""The share of records that are another record again, written a little differently."""
SECONDS, MEGABYTES, MILLISECONDS = 180, 700, 200
LOOK_AGAIN = 0.25
PATIENCE = 1200
REVIEW = "/reviews/msc-covid-19/"
PAGES = (
    f"{REVIEW}search/",
    f"{REVIEW}search/records/?words=cohort",
    f"{REVIEW}search/numbers/",
    "/r/msc-covid-19/",
    REVIEW,
)
VOCABULARY = (
    "cells lungs trial cohort stromal patients outcome randomised placebo inflammation oxygen mortality dose infusion vesicles "
    "pneumonia respiratory distress syndrome intensive care steroids plasma antibody kinetics follow safety efficacy pilot "
    "multicentre blinded open label adverse events survival marrow cord tissue adipose secretome cytokine fibrosis children "
    "elderly severe moderate ventilation weaning discharge protocol analysis secondary model cost quality life symptoms"
)
WORDS = VOCABULARY.split()
SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeiou"]


def export(number: int, *, seed: int = 1) -> str:
    """So many records as RIS; every one of them is made up, and the same seed makes the same.

    Words are drawn as in language, few common and many rare, out of a vocabulary that grows with the number: titles
    of a few dozen words would all share half of them, which no search brings.
    """
    chance = random.Random(seed)

    def made_up(count: int) -> list[str]:
        return ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)]

    vocabulary = WORDS + made_up(4000 + number // 10)
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    families = [name.title() for name in made_up(8000)]
    journals = [" ".join(chance.choices(vocabulary[:3000], k=chance.randint(2, 4))).title() for _ in range(1500)]
    made: list[tuple[str, list[str], int, str, str, int, int, str]] = []
    parts = []
    for place in range(number):
        if made and chance.random() < COPIES:
            title, authors, year, doi, journal, volume, page, abstract = chance.choice(made)
            title = title.upper() if chance.random() < 0.2 else f"{title}."
            doi = doi if chance.random() < 0.6 else ""
        else:
            title = " ".join(chance.choices(vocabulary, cum_weights=weights, k=chance.randint(8, 15))).capitalize()
            authors = [
                f"{chance.choice(families)}, {chr(65 + chance.randrange(26))}." for _ in range(chance.randint(2, 8))
            ]
            year, volume, page = chance.randint(1990, 2024), chance.randint(1, 90), chance.randint(1, 900)
            doi, journal = f"10.5555/bench.{place}", chance.choice(journals)
            abstract = " ".join(chance.choices(vocabulary, cum_weights=weights, k=150))
            made.append((title, authors, year, doi, journal, volume, page, abstract))
        parts.append(
            f"TY  - JOUR\nTI  - {title}\n"
            + "".join(f"AU  - {author}\n" for author in authors)
            + f"PY  - {year}\nJO  - {journal}\nVL  - {volume}\nSP  - {page}\nEP  - {page + 9}\n"
            + (f"DO  - {doi}\n" if doi else "")
            + f"AB  - {abstract}\nER  - \n\n"
        )
    return "".join(parts)


def run() -> Iterator[dict[str, object]]:
    number = int(os.environ.get("PERENNIAL_BENCH_RECORDS", RECORDS))
    content = export(number).encode()
    with running(FILES) as site:
        yield from measured(site, content, number)


def measured(site: Site, content: bytes, number: int) -> Iterator[dict[str, object]]:
    owner, reader = Visitor(site, "owner"), Visitor(site, "reader")
    owner.post(
        f"{REVIEW}search/new/",
        {"source": "Measured", "kind": "database", "ran_on": "2024-01-01", "ran_by": "Ada", "update": "1"},
    )
    found = re.search(rf'href="{REVIEW}search/(\d+)/">Measured', owner.get(f"{REVIEW}search/"))
    if found is None:
        raise LookupError("The search was not written down.")
    answers: list[float] = []
    over = threading.Event()
    began = time.monotonic()
    page = upload(owner, f"{REVIEW}search/{found[1]}/files/", content)
    uploaded = time.monotonic()
    preview = owner.get(page)
    fields = {name: chosen(name, preview) for name in ("format", "encoding")}
    owner.post(f"{page}look/", fields | {"start": ""})
    asking = threading.Thread(target=ask, args=(reader, answers, over))
    asking.start()
    most, read_at = 0.0, 0.0
    try:
        while time.monotonic() - began < PATIENCE:
            most = max(most, worker_megabytes(site))
            if not read_at and state(site) == "done":
                read_at = time.monotonic()
            if read_at and not owed(site):
                break
            time.sleep(LOOK_AGAIN)
    finally:
        over.set()
        asking.join()
    ended = time.monotonic()
    load = round(os.getloadavg()[0], 1)
    yield {
        "figure": "import with duplicates",
        "records": number,
        "megabytes of file": round(len(content) / 1e6, 1),
        "seconds": round(ended - began, 1),
        "of them upload": round(uploaded - began, 1),
        "until all are read": round(read_at - began, 1),
        "copies found": copies(site),
        "promised": SECONDS,
        "kept": ended - began <= SECONDS,
        "load": load,
    }
    yield {
        "figure": "most memory of a worker's process",
        "megabytes": round(most),
        "promised": MEGABYTES,
        "kept": most <= MEGABYTES,
    }
    answers.sort()
    p95 = 1000 * answers[int(0.95 * (len(answers) - 1))]
    yield {
        "figure": "answers meanwhile",
        "pages": len(answers),
        "p95 ms": round(p95),
        "slowest ms": round(1000 * answers[-1]),
        "promised": MILLISECONDS,
        "kept": p95 <= MILLISECONDS,
        "load": load,
    }


def ask(reader: Visitor, answers: list[float], over: threading.Event) -> None:
    """One reader who looks around all the time, four pages a second."""
    place = 0
    while not over.wait(LOOK_AGAIN):
        began = time.monotonic()
        reader.get(PAGES[place % len(PAGES)])
        answers.append(time.monotonic() - began)
        place += 1


def upload(visitor: Visitor, path: str, content: bytes) -> str:
    """Send a file as a browser does; the address to which that leads."""
    mark = secrets.token_hex(12)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'.encode(),
        visitor.cookies["csrftoken"].encode() + b"\r\n",
        f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="bench.ris"\r\n\r\n'.encode(),
        content,
        f"\r\n--{mark}--\r\n".encode(),
    ]
    visitor.connection.close()
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    headers = {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={mark}"}
    visitor.connection.request("POST", path, b"".join(parts), headers)
    response = visitor.connection.getresponse()
    response.read()
    if response.status != 302:
        raise RuntimeError(f"POST {path} was answered {response.status}")
    return str(response.headers["Location"])


def chosen(name: str, html: str) -> str:
    """The choice of a select that is selected."""
    select = re.search(rf'<select name="{name}".*?</select>', html, re.DOTALL)
    option = re.search(r'<option value="([^"]*)" selected', select[0]) if select else None
    return option[1] if option else field(name, html)


def rows(site: Site, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{site.data / 'db.sqlite3'}?mode=ro", uri=True, timeout=30)) as database:
        return database.execute(statement).fetchall()


def state(site: Site) -> object:
    return rows(site, "SELECT state FROM reviews_import ORDER BY id DESC LIMIT 1")[0][0]


def owed(site: Site) -> list[tuple[object, ...]]:
    return rows(site, "SELECT kind FROM reviews_owed WHERE done < wanted")


def copies(site: Site) -> object:
    return rows(site, "SELECT count(*) FROM reviews_record WHERE duplicate_of_id IS NOT NULL")[0][0]


def worker_megabytes(site: Site) -> float:
    """The most that any process of the worker has held so far; of Linux, nothing elsewhere."""
    most = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if "celery" not in (status.parent / "cmdline").read_text(errors="replace"):
                continue
            if str(site.data) not in (status.parent / "environ").read_text(errors="replace"):
                continue
            peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            most = max(most, int(peak[1]) / 1000 if peak else 0.0)
        except OSError:
            continue
    return most


if __name__ == "__main__":
    for each in run():
        print(json.dumps(each))  # noqa: T201  # run as a script
