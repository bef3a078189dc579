from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import html2plaintext

QUEUE_KEY = "qifei_base_operation_log"
MAX_TEXT_LENGTH = 2000
IGNORED_FIELDS = {"id", "create_uid", "create_date", "write_uid", "write_date"}


class AuditlogRule(models.Model):
    """Adds a kind of log that costs next to nothing: changes, once per transaction.

    The stock kinds read all fields before and after every write and store each record
    on its own. “Changes” remembers the old values of the fields that are written and,
    at the end of the transaction, stores one entry per record with what really
    changed, all records together. Creations, deletions and exports are logged without
    the values.
    """

    _inherit = "auditlog.rule"

    log_type = fields.Selection(
        selection_add=[("changes", "Changes, once per transaction")],
        ondelete={"changes": "cascade"},
    )

    # === REGISTRATION === #

    @api.model
    def _qifei_watch(self, module, model_names):
        """Log the operations on documents of an addon; called from its data files.

        :param module: addon that owns the rules, which go when it is uninstalled
        :param model_names: technical names of the documents
        """
        self._load_records(
            [
                {
                    "xml_id": f"{module}.auditlog_rule_{name.replace('.', '_')}",
                    "noupdate": True,
                    "values": {
                        "name": self.env[name]._description,
                        "model_id": self.env["ir.model"]._get_id(name),
                        "log_type": "changes",
                        "state": "confirmed",
                    },
                }
                for name in model_names
                if not self._get_rule_of(name)
            ]
        )

    @api.model
    def _get_rule_of(self, model_name):
        return self.search(
            [("model_id", "=", self.env["ir.model"]._get_id(model_name))], limit=1
        )

    # === PATCHES OF THE WATCHED MODELS === #

    def _make_create(self):
        self.ensure_one()
        if self.log_type != "changes":
            return super()._make_create()
        excluded_ids = frozenset(self.users_to_exclude_ids.ids)

        @api.model_create_multi
        def create_changes(self, vals_list, **kwargs):
            records = create_changes.origin(self, vals_list, **kwargs)
            if self.env.uid not in excluded_ids:
                self.env["auditlog.rule"]._queue_operation(records, "create")
            return records

        return create_changes

    def _make_write(self):
        self.ensure_one()
        if self.log_type != "changes":
            return super()._make_write()
        excluded_ids = frozenset(self.users_to_exclude_ids.ids)
        ignored = IGNORED_FIELDS.union(self.fields_to_exclude_ids.mapped("name"))

        def write_changes(self, vals, **kwargs):
            if self.env.uid not in excluded_ids:
                names = [
                    name
                    for name in vals
                    if name not in ignored and name in self._fields
                ]
                self.env["auditlog.rule"]._queue_changes(self, names)
            return write_changes.origin(self, vals, **kwargs)

        return write_changes

    def _make_unlink(self):
        self.ensure_one()
        if self.log_type != "changes":
            return super()._make_unlink()
        excluded_ids = frozenset(self.users_to_exclude_ids.ids)

        def unlink_changes(self, **kwargs):
            if self.env.uid not in excluded_ids:
                self.env["auditlog.rule"]._queue_operation(self, "unlink")
            return unlink_changes.origin(self, **kwargs)

        return unlink_changes

    # === QUEUE OF THE TRANSACTION === #

    @api.model
    def _get_queue(self, uid, model_name):
        """Return the waiting operations of a user on a model, in this transaction."""
        # A rollback to a savepoint drops the queue, and a savepoint stores what was
        # queued before it: refused operations leave no entry.
        precommit = self.env.cr.precommit
        if QUEUE_KEY not in precommit.data:
            precommit.data[QUEUE_KEY] = {}
            # sudo: auditlog.rule - nobody may write the log himself
            precommit.add(self.sudo()._store_operations)
        return precommit.data[QUEUE_KEY].setdefault(
            (uid, model_name), {"create": {}, "write": {}, "unlink": {}}
        )

    @api.model
    def _queue_operation(self, records, method):
        # sudo: records - names and companies for the log of the operation
        records_sudo = records.sudo()
        queue = self._get_queue(self.env.uid, records._name)
        has_company = "company_id" in records._fields
        for record in records_sudo:
            queue[method][record.id] = (
                # The name of a new record may still be computed from its lines.
                record.display_name if method == "unlink" else None,
                record.company_id.id if has_company else False,
            )

    @api.model
    def _queue_changes(self, records, names):
        """Remember the values ``names`` have before they are written."""
        names = [name for name in names if records._fields[name].type != "one2many"]
        if not names or not any(records._ids):
            return
        queue = self._get_queue(self.env.uid, records._name)
        # sudo: records - old values for the log, whatever the user may read
        for record in records.sudo():
            if record.id in queue["create"]:
                continue
            before = queue["write"].setdefault(record.id, {})
            for name in names:
                if name not in before:
                    before[name] = self._get_raw(record, name)

    @api.model
    def _get_raw(self, record, name):
        """Return a value that stays what it is when the record changes."""
        field = record._fields[name]
        if field.type == "binary":
            return len(record.with_context(bin_size=False)[name] or b"")
        value = record[name]
        if field.relational:
            return tuple(value.ids)
        if field.type in ("properties", "json"):
            return str(value or "")
        return value

    @api.model
    def _store_operations(self):
        """Write the waiting operations: the same number of queries for any number."""
        queues = self.env.cr.precommit.data.pop(QUEUE_KEY, {})
        entries = []
        for (uid, model_name), queue in queues.items():
            # sudo: records - new values for the log, in the language of the user
            rule_sudo = self.with_user(uid).sudo()
            ids = {*queue["create"], *queue["write"]} - queue["unlink"].keys()
            touched = rule_sudo.env[model_name].browse(ids)
            try:
                entries += rule_sudo._prepare_entries(touched, queue)
            except MissingError:
                # Some have gone with their parent, which the database did by itself.
                entries += rule_sudo._prepare_entries(touched.exists(), queue)
        if entries:
            self.env["auditlog.log"]._insert_operations(entries)

    # === VALUES OF THE ENTRIES === #

    @api.model
    def _prepare_entries(self, touched, queue):
        """Return the values of the entries, with their lines under ``lines``.

        :param touched: records that were created or written and are still there
        :param queue: the waiting operations on their model
        """
        ir_model = self.env["ir.model"]._get(touched._name)
        ir_model.fetch(["name"])
        has_company = "company_id" in touched._fields

        def prepare(method, res_id, name, company_id, lines=()):
            return {
                "name": (name or "")[:64],
                "model_id": ir_model.id,
                "model_name": ir_model.name,
                "model_model": touched._name,
                "res_id": res_id,
                "user_id": self.env.uid,
                "method": method,
                "log_type": "changes",
                "company_id": company_id or None,
                "lines": lines,
            }

        changes = self._get_changes(touched, queue["write"])
        entries = []
        for record in touched:
            created = record.id in queue["create"]
            lines = changes.get(record.id)
            if created or lines:
                entries.append(
                    prepare(
                        "create" if created else "write",
                        record.id,
                        record.display_name,
                        has_company and record.company_id.id,
                        lines or (),
                    )
                )
        entries += [
            prepare("unlink", res_id, name, company_id)
            for res_id, (name, company_id) in queue["unlink"].items()
            if res_id not in queue["create"]
        ]
        return entries

    @api.model
    def _get_changes(self, records, before_by_id):
        """Return ``{id: [values of lines]}`` of the fields that really changed."""
        changed = [
            (record.id, name, old, new)
            for record in records
            for name, old in before_by_id.get(record.id, {}).items()
            if (new := self._get_raw(record, name)) != old
        ]
        names = self._get_relation_names(records, changed)
        field_ids = self.env["ir.model.fields"]._get_ids(records._name)
        lines = {}
        for res_id, name, old, new in changed:
            field = records._fields[name]
            lines.setdefault(res_id, []).append(
                {
                    "field_id": field_ids[name],
                    "field_name": name,
                    "field_description": field._description_string(self.env),
                    "old_value": str(old),
                    "new_value": str(new),
                    "old_value_text": self._get_text(field, old, names),
                    "new_value_text": self._get_text(field, new, names),
                }
            )
        return lines

    @api.model
    def _get_relation_names(self, records, changed):
        """Return ``{(model, id): name}`` of the records in relational changes."""
        ids_by_model = {}
        for _res_id, name, old, new in changed:
            field = records._fields[name]
            if field.relational:
                ids_by_model.setdefault(field.comodel_name, set()).update(old, new)
        return {
            (model_name, record.id): record.display_name
            for model_name, ids in ids_by_model.items()
            for record in self.env[model_name].browse(ids).exists()
        }

    @api.model
    def _get_text(self, field, value, names):
        """Return a value the way a person reads it."""
        if field.relational:
            text = ", ".join(
                names.get((field.comodel_name, id_))
                or self.env._("deleted record %(id)s", id=id_)
                for id_ in value
            )
        elif field.type == "boolean":
            text = self.env._("Yes") if value else self.env._("No")
        elif field.type == "binary":
            text = self.env._("file of %(size)s bytes", size=value) if value else ""
        elif field.type == "selection":
            text = dict(field._description_selection(self.env)).get(value) or ""
        elif field.type == "datetime":
            text = (
                fields.Datetime.to_string(
                    fields.Datetime.context_timestamp(self, value)
                )
                if value
                else ""
            )
        elif field.type == "html":
            text = html2plaintext(value or "", include_references=False)
        elif field.type in ("integer", "float", "monetary"):
            text = str(value)
        else:
            text = str(value or "")
        return text[:MAX_TEXT_LENGTH]
