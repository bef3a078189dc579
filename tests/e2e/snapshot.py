"""What a database holds at one moment, and what has changed since another."""

import psycopg2
from psycopg2 import sql

# What any update writes: module states, translations of code, caches, logs, counters.
VOLATILE_TABLES = {
    "base_registry_signaling",
    "bus_bus",
    "ir_attachment",
    "ir_cron",
    "ir_cron_trigger",
    "ir_logging",
    "ir_module_module",
    "orm_signaling_assets",
    "orm_signaling_default",
    "orm_signaling_groups",
    "orm_signaling_registry",
    "orm_signaling_routing",
    "orm_signaling_stable",
    "orm_signaling_templates",
}
# The last one is a view's text before its last update.
VOLATILE_COLUMNS = ["create_date", "create_uid", "write_date", "write_uid", "arch_prev"]

SCHEMA = {
    "column": """
        SELECT table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "index": """
        SELECT tablename || ': ' || indexdef FROM pg_indexes
         WHERE schemaname = 'public'""",
    "constraint": """
        SELECT conrelid::regclass || ': ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "sequence": """
        SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'""",
    "function": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
}
NAMES = {
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "XML id": """
        SELECT module || '.' || name FROM ir_model_data
         WHERE module || '.' || name NOT IN (
             SELECT 'base.module_' || name FROM ir_module_module)""",
    "group": "SELECT name ->> 'en_US' FROM res_groups",
    "scheduled action": "SELECT cron_name FROM ir_cron",
    "server action": "SELECT name ->> 'en_US' FROM ir_act_server",
    "window action": "SELECT name ->> 'en_US' FROM ir_act_window",
    "number sequence": "SELECT coalesce(code, name) FROM ir_sequence",
    "parameter": "SELECT key FROM ir_config_parameter",
    "menu": "SELECT name ->> 'en_US' FROM ir_ui_menu",
    "view": "SELECT coalesce(key, name) FROM ir_ui_view",
    "rule": "SELECT name FROM ir_rule",
    "access right": "SELECT name FROM ir_model_access",
    "paper format": "SELECT name FROM report_paperformat",
    "activity type": "SELECT name ->> 'en_US' FROM mail_activity_type",
    "message subtype": "SELECT name ->> 'en_US' FROM mail_message_subtype",
    "mail template": "SELECT name ->> 'en_US' FROM mail_template",
    "automatic default": "SELECT id::text FROM ir_default",
    "asset": "SELECT path FROM ir_asset",
}


class Snapshot:
    """The schema and the contents of a database."""

    def __init__(self, database):
        self.schema, self.names, self.rows = {}, {}, {}
        connection = psycopg2.connect(dbname=database)
        try:
            with connection.cursor() as cursor:
                for kind, query in SCHEMA.items():
                    self.schema[kind] = self._set(cursor, query)
                for kind, query in NAMES.items():
                    self.names[kind] = self._set(cursor, query)
                for table in self._tables(cursor):
                    self.rows[table] = self._digest(cursor, table)
        finally:
            connection.close()

    def schema_changes(self, before):
        """Return what was added to or removed from the schema since `before`."""
        return self._changes(before.schema, self.schema)

    def name_changes(self, before):
        """Return the records of the configuration that came or went since `before`."""
        return self._changes(before.names, self.names)

    def row_changes(self, before):
        """Return the tables whose rows are no longer those of `before`."""
        tables = sorted(set(self.rows) | set(before.rows))
        return [
            table for table in tables if self.rows.get(table) != before.rows.get(table)
        ]

    @staticmethod
    def _changes(before, after):
        changes = []
        for kind, names in after.items():
            changes += [f"new {kind} {name}" for name in names - before[kind]]
            changes += [f"lost {kind} {name}" for name in before[kind] - names]
        return sorted(changes)

    @staticmethod
    def _set(cursor, query):
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall() if row[0] is not None}

    def _tables(self, cursor):
        tables = self._set(
            cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return sorted(tables - VOLATILE_TABLES)

    @staticmethod
    def _digest(cursor, table):
        query = sql.SQL(
            "SELECT count(*), md5(string_agg(line, '' ORDER BY line)) FROM ("
            "  SELECT md5((to_jsonb(row) - %s::text[])::text) AS line FROM {} AS row"
            ") AS lines"
        )
        cursor.execute(query.format(sql.Identifier(table)), [VOLATILE_COLUMNS])
        return cursor.fetchone()
