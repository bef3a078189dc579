from odoo import fields, models


class QifeiEquipment(models.Model):
    """What was fitted into the machine, and when it came out again."""

    _inherit = "qifei.equipment"

    part_ids = fields.One2many(
        "qifei.equipment.part", "equipment_id", string="Fitted parts", readonly=True
    )
