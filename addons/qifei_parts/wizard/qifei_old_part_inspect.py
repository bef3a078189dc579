from odoo import api, fields, models

from ..const import OLD_PART_DISPOSITIONS


class QifeiOldPartInspect(models.TransientModel):
    """Asks what was found on old parts and what happens to them."""

    _name = "qifei.old.part.inspect"
    _description = "Inspect old parts"

    old_part_ids = fields.Many2many(
        "qifei.old.part",
        "qifei_old_part_inspect_rel",
        string="Old parts",
        required=True,
    )
    product_id = fields.Many2one(
        "product.product", string="Part", compute="_compute_product_id"
    )
    disposition = fields.Selection(
        OLD_PART_DISPOSITIONS, string="Decision", required=True
    )
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        compute="_compute_vendor_id",
        store=True,
        readonly=False,
    )
    note = fields.Text(string="What was found")
    photo_ids = fields.Many2many(
        "ir.attachment", "qifei_old_part_inspect_photo_rel", string="Photos"
    )
    settle = fields.Boolean(
        string="Carry out at once",
        default=True,
        help="Moves the pieces with the same click. A repair takes its time.",
    )

    @api.depends("old_part_ids")
    def _compute_product_id(self):
        for wizard in self:
            products = wizard.old_part_ids.product_id
            wizard.product_id = products if len(products) == 1 else False

    @api.depends("old_part_ids", "disposition")
    def _compute_vendor_id(self):
        for wizard in self:
            if wizard.disposition != "supplier":
                wizard.vendor_id = False
            elif not wizard.vendor_id and wizard.product_id:
                parts = wizard.old_part_ids[:1]
                wizard.vendor_id = parts.vendor_id or parts._get_default_vendor()

    def action_confirm(self):
        self.ensure_one()
        parts = self.old_part_ids
        parts.action_inspect(
            disposition=self.disposition,
            note=self.note or "",
            photos=self.photo_ids,
            vendor=self.vendor_id,
        )
        if self.settle and self.disposition != "repair":
            parts.action_settle()
        return {"type": "ir.actions.act_window_close"}
