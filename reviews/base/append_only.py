"""Tables that only grow: triggers refuse UPDATE and DELETE on both databases."""

from collections.abc import Callable
from typing import Any

from django.db.migrations import RunPython
from django.db.migrations.operations.base import Operation

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
"""


def guard(schema_editor: Any, table: str) -> None:
    template = SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL
    for verb in ("update", "delete"):
        schema_editor.execute(template.format(table=table, verb=verb, VERB=verb.upper()).strip())


def release(schema_editor: Any, table: str) -> None:
    on_table = "" if schema_editor.connection.vendor == "sqlite" else f" ON {table}"
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on_table}")


def only_grows(*tables: str) -> Operation:
    """A migration operation that makes the tables append-only; it can be undone."""

    def each(action: Callable[[Any, str], None]) -> Callable[[Any, Any], None]:
        def run(apps: Any, schema_editor: Any) -> None:
            for table in tables:
                action(schema_editor, table)

        return run

    return RunPython(each(guard), each(release))
