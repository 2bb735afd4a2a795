"""Find records by their words: FTS5 on SQLite, full text on PostgreSQL, behind one query.

On SQLite an index beside the table is kept by triggers. Django rebuilds a table when a migration alters it, and its
triggers go with the old one, so they are put back after every migration, and the index is filled again.
"""

from typing import Any

from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from reviews.library import rules
from reviews.library.models import Record

INDEX = "reviews_record_words"
_NEW = f"INSERT INTO {INDEX}(rowid, title, abstract, authors) VALUES (new.id, new.title, new.abstract, new.authors)"  # noqa: S608
_OLD = (
    f"INSERT INTO {INDEX}({INDEX}, rowid, title, abstract, authors) "  # noqa: S608
    "VALUES ('delete', old.id, old.title, old.abstract, old.authors)"
)
TRIGGERS = {
    f"{INDEX}_added": f"AFTER INSERT ON reviews_record BEGIN {_NEW}; END",
    f"{INDEX}_removed": f"AFTER DELETE ON reviews_record BEGIN {_OLD}; END",
    f"{INDEX}_changed": f"AFTER UPDATE OF title, abstract, authors ON reviews_record BEGIN {_OLD}; {_NEW}; END",
}

_FROM = "".join(rules.PLAIN_LETTERS)
_TO = "".join(rules.PLAIN_LETTERS.values())
VECTOR = (
    "to_tsvector('simple', regexp_replace(translate(lower("
    "reviews_record.title || ' ' || reviews_record.abstract || ' ' || reviews_record.authors), "
    f"'{_FROM}', '{_TO}'), '[^[:alnum:]]+', ' ', 'g'))"
)


def containing(records: QuerySet[Record], text: str) -> QuerySet[Record]:
    """Those records whose title, abstract or authors hold every word; the last letters of a word may be missing.

    Words between quotation marks stand beside each other. Capitals and accents make no difference.
    """
    phrases = rules.phrases(text)
    if not phrases:
        return records
    if connections[records.db].vendor == "sqlite":
        asked = " AND ".join(f'"{" ".join(phrase)}"*' for phrase in phrases)
        found = RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [asked])  # noqa: S608, S611  # our own name
        return records.filter(pk__in=found)
    asked = " & ".join("(" + " <-> ".join([*phrase[:-1], f"{phrase[-1]}:*"]) + ")" for phrase in phrases)
    # The expression is the index's, letter for letter: the database would not use it otherwise.
    statement = f"SELECT id FROM reviews_record WHERE {VECTOR} @@ to_tsquery('simple', %s)"  # noqa: S608
    return records.filter(pk__in=RawSQL(statement, [asked]))  # noqa: S611  # what is asked for is a parameter


def keep_index(sender: Any = None, **kwargs: Any) -> None:
    """Make the index where it is missing, and fill it; called after every migration."""
    if connection.vendor == "sqlite":
        _keep_sqlite()
    else:
        with connection.cursor() as cursor:
            expression = VECTOR.replace("reviews_record.", "")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON reviews_record USING gin (({expression}))")


def _keep_sqlite() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE name = 'reviews_record'")
        if cursor.fetchone() is None:
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'reviews_record'")
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(title, abstract, authors, "
            "content='reviews_record', content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
        )
        for name, body in TRIGGERS.items():
            if name not in there:
                cursor.execute(f"CREATE TRIGGER {name} {body}")
        cursor.execute("SELECT EXISTS (SELECT 1 FROM reviews_record)")
        if not set(TRIGGERS) <= there or not cursor.fetchone()[0]:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")  # noqa: S608  # our own name
