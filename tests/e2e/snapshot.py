"""What a database holds at one moment, and what has changed since another."""

import psycopg2
from psycopg2 import sql

# What any update writes: module states, caches, logs, counters.
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
# The next first step is handed out, and so done, by any change of the modules.
VOLATILE_TABLES |= {"ir_actions_todo"}
# The operation log has to outlive what it tells about.
VOLATILE_TABLES |= {"auditlog_log", "auditlog_log_line"}
# Odoo's own account of foreign keys and of what a mixin gives to a model: no uninstall
# clears it wholly, of no addon. The schema and the names below show what is there.
VOLATILE_TABLES |= {"ir_model_constraint", "ir_model_data"}
VOLATILE_COLUMNS = ["create_date", "create_uid", "write_date", "write_uid", "arch_prev"]
# Lines that their owner makes anew on each update: only what they say counts.
UNNAMED = {"ir_act_window_view": ["id"]}
ROWS_SHOWN = 5

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
         WHERE model NOT IN (
             'ir.model.constraint', 'ir.model.fields.selection', 'ir.model.inherit')""",
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
                    self.rows[table] = self._rows(cursor, table)
        finally:
            connection.close()

    def schema_changes(self, before):
        """Return what was added to or removed from the schema since `before`."""
        return self._changes(before.schema, self.schema)

    def name_changes(self, before):
        """Return the records of the configuration that came or went since `before`."""
        return self._changes(before.names, self.names)

    def row_changes(self, before):
        """Return the rows that came, went or changed since `before`."""
        changes = []
        for table in sorted(set(self.rows) | set(before.rows)):
            old, new = before.rows.get(table, {}), self.rows.get(table, {})
            for line in [*(new.keys() - old.keys())][:ROWS_SHOWN]:
                changes.append(f"new in {table}: {line}")
            for line in [*(old.keys() - new.keys())][:ROWS_SHOWN]:
                changes.append(f"gone from {table}: {line}")
        return changes

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
    def _rows(cursor, table):
        """Return the rows as texts with their number, without what always changes."""
        query = sql.SQL(
            "SELECT (to_jsonb(row) - %s::text[])::text, count(*)"
            " FROM {} AS row GROUP BY 1"
        )
        ignored = VOLATILE_COLUMNS + UNNAMED.get(table, [])
        cursor.execute(query.format(sql.Identifier(table)), [ignored])
        return dict(cursor.fetchall())
