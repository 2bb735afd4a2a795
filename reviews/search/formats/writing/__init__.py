"""Writers of references: RIS, BibTeX and CSV of any selection, which our own readers read back equal.

Each takes references and, for each, further columns (decisions, labels, notes, reasons that the viewer may see) and yields
text, so that a large selection is never in memory whole.
"""

from .bibtex import bibtex
from .ris import ris
from .table import csv_rows

__all__ = ["bibtex", "csv_rows", "ris"]
