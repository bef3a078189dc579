from odoo import api, fields, models

from odoo.addons.qifei_base.tools.isolation import run_isolated

# Contexts of loading old or sample data: nobody is waiting for a message.
LOADING_KEYS = {"import_file", "install_mode"}


class QifeiMessageRequest(models.Model):
    """A message to a customer or an engineer that waits to be written.

    The steps of an order ask for messages with one row each; a scheduled job writes
    them a moment later, many at a time. An engineer at the door does not wait for a
    mail to be rendered, and a message that cannot be written does not undo his step.
    """

    _name = "qifei.message.request"
    _description = "Requested message"
    _order = "id"

    res_model = fields.Char(string="Document model", required=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True
    )
    kind = fields.Char(required=True)

    @api.model
    def _request(self, records, kind):
        """Ask for the message ``kind`` about documents.

        :param records: documents of a model with ``_write_requested_message``
        :param kind: what that method takes
        """
        if LOADING_KEYS & self.env.context.keys():
            return
        # sudo: qifei.message.request - asked for by whoever does the step
        self.sudo().create(
            [
                {"res_model": records._name, "res_id": record.id, "kind": kind}
                for record in records
            ]
        )

    @api.model
    def _cron_write(self, limit=200):
        """Write waiting messages in slices."""
        requests = self.search([], limit=limit)
        requests._write_messages()
        self.env["ir.cron"]._commit_progress(
            len(requests), remaining=self.search_count([])
        )

    def _write_messages(self):
        """Write the messages; one that fails is noted on its document."""
        for (model_name, kind), requests in self.grouped(
            lambda request: (request.res_model, request.kind)
        ).items():
            # The addon of the others has been uninstalled since.
            if model_name in self.env:
                run_isolated(
                    self.env[model_name].browse(requests.mapped("res_id")).exists(),
                    lambda records, kind=kind: records._write_requested_message(kind),
                    lambda record, error, kind=kind: self._note_error(
                        record, kind, error
                    ),
                )
        self.unlink()

    def _note_error(self, record, kind, error):
        record._message_log(
            body=self.env._(
                "“%(message)s” was not sent: %(error)s",
                message=record._get_message_kinds().get(kind, [kind])[0],
                error=error,
            )
        )
