from odoo import fields, models


class QifeiWorkOrder(models.Model):
    """What the engineer writes down about the visit."""

    _inherit = "qifei.work.order"

    # === Record of the visit === #
    description = fields.Text(related="ticket_id.description")
    symptom_ids = fields.Many2many(
        "qifei.fault.symptom",
        "qifei_work_order_symptom_rel",
        string="Symptoms",
    )
    cause_id = fields.Many2one("qifei.fault.cause", ondelete="restrict", copy=False)
    fault_location_id = fields.Many2one(
        "qifei.fault.location", ondelete="restrict", copy=False
    )
    repair_method_id = fields.Many2one(
        "qifei.repair.method", ondelete="restrict", copy=False
    )
    diagnosis = fields.Text(copy=False)
    result = fields.Selection(
        [
            ("solved", "Solved"),
            ("partly", "Partly solved"),
            ("unsolved", "Not solved"),
            ("no_fault", "No fault found"),
        ],
        copy=False,
    )
    result_note = fields.Text(copy=False)
    photo_ids = fields.Many2many(
        "ir.attachment",
        "qifei_work_order_photo_rel",
        string="Photos",
        copy=False,
        bypass_search_access=True,
    )
