from odoo import api, fields, models
from odoo.fields import Command


class QifeiPartRequestShip(models.TransientModel):
    """Says what of a request goes into one consignment, and how it travels."""

    _name = "qifei.part.request.ship"
    _description = "Ship parts"

    request_id = fields.Many2one(
        "qifei.part.request", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_id.company_id")
    carrier_id = fields.Many2one("delivery.carrier", check_company=True)
    tracking = fields.Char(string="Tracking number")
    line_ids = fields.One2many(
        "qifei.part.request.ship.line",
        "wizard_id",
        string="Parts",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    has_serial_numbers = fields.Boolean(compute="_compute_has_serial_numbers")

    @api.depends("line_ids.tracking")
    def _compute_has_serial_numbers(self):
        for wizard in self:
            wizard.has_serial_numbers = "serial" in wizard.line_ids.mapped("tracking")

    @api.depends("request_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "line_id": line.id,
                            "quantity": min(
                                line.quantity_open,
                                line.quantity_reserved + max(line.free_at_source, 0.0),
                            ),
                        }
                    )
                    for line in wizard.request_id.line_ids
                    if line.quantity_open > 0
                ),
            ]

    def action_confirm(self):
        self.ensure_one()
        self.request_id._ship(
            {line.line_id: line.quantity for line in self.line_ids},
            carrier=self.carrier_id,
            tracking=self.tracking,
            lots={
                line.line_id: line.lot_ids
                for line in self.line_ids
                if line.tracking == "serial"
            },
        )
        return {"type": "ir.actions.act_window_close"}
