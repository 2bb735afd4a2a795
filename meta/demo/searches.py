"""The searches of the demo and their files, written down and imported through the services that a click calls.

The trials in the files are those of trials.json. What stands beside them was invented for the demonstration and says so
in its abstract and in the name of its journal; DOIs that begin with 10.5555 are reserved for such use.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.dedup import services as duplicates
from reviews.models import Import, Review, User
from reviews.search import services
from reviews.search.rules import SourceKind

FOLDER = Path(__file__).with_name("searches")


@dataclass(frozen=True, slots=True)
class Searched:
    """One search of the demo, and the file that came of it."""

    source: str
    platform: str
    ran_on: dt.date
    query: str
    file: str
    hits: int
    update: int = 0


SEARCHES = (
    Searched(
        "PubMed",
        "pubmed.ncbi.nlm.nih.gov",
        dt.date(2024, 1, 8),
        '("Mesenchymal Stem Cells"[Mesh] OR mesenchymal[tiab] OR "stromal cell*"[tiab])\n'
        'AND ("COVID-19"[Mesh] OR "SARS-CoV-2"[tiab] OR covid*[tiab])\n'
        "AND (randomized controlled trial[pt] OR random*[tiab] OR trial[ti])",
        "pubmed.nbib",
        26,
    ),
    Searched(
        "Embase",
        "embase.com",
        dt.date(2024, 1, 9),
        "#1 'mesenchymal stem cell'/exp OR (mesenchymal NEAR/2 (stem OR stromal)):ti,ab\n"
        "#2 'coronavirus disease 2019'/exp OR covid*:ti,ab\n"
        "#3 #1 AND #2 AND ('randomized controlled trial'/exp OR random*:ti,ab)",
        "embase.ris",
        22,
    ),
    Searched(
        "Cochrane CENTRAL",
        "Cochrane Library",
        dt.date(2024, 6, 3),
        "#1 MeSH descriptor: [Mesenchymal Stem Cells] explode all trees\n#2 covid*:ti,ab,kw\n#3 #1 AND #2",
        "central.csv",
        14,
        update=1,
    ),
)


def bring_in(review: Review, person: User) -> list[Import]:
    """Write the searches of the demo down and read their files, and find what came twice; a worker is not waited for."""
    brought = []
    for each in SEARCHES:
        search = services.record_search(
            review=review,
            actor=person,
            source=each.source,
            kind=SourceKind.DATABASE,
            platform=each.platform,
            ran_on=each.ran_on,
            query=each.query,
            hits=each.hits,
            update=each.update,
            note="A file written for the demonstration; most of its records are invented and say so.",
        )
        upload = SimpleUploadedFile(each.file, (FOLDER / each.file).read_bytes())
        [found] = services.bring_files(search=search, actor=person, uploads=[upload]).new
        services.start_import(of=found, actor=person)
        services.read_import(import_id=found.pk)
        duplicates.compare(import_id=found.pk)
        found.refresh_from_db()
        brought.append(found)
    return brought
