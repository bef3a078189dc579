from odoo import api, fields, models
from odoo.fields import Command


class QifeiPartRequestReceive(models.TransientModel):
    """Counts what has arrived of a request, on a phone at the van if need be."""

    _name = "qifei.part.request.receive"
    _description = "Receive parts"

    request_id = fields.Many2one(
        "qifei.part.request", required=True, readonly=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "qifei.part.request.receive.line",
        "wizard_id",
        string="Parts",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("request_id")
    def _compute_line_ids(self):
        for wizard in self:
            request = wizard.request_id
            expected = request._get_expected() if request else []
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(values) for values in expected),
            ]

    def action_confirm(self):
        self.ensure_one()
        self.request_id._receive([line._get_count() for line in self.line_ids])
        return {"type": "ir.actions.act_window_close"}
