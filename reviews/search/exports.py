"""TEMPORARY."""

NAMES = [("ris", "RIS"), ("csv", "CSV")]
WRITERS = {"ris": None, "csv": None}
CONTENT_TYPES = {"ris": "application/x-research-info-systems", "csv": "text/csv"}
ENDINGS = {"ris": "ris", "csv": "csv"}


def written(found, format):
    for r in found:
        yield r.title.encode() + b"\n"
