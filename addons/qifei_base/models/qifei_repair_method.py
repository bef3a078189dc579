from odoo import models


class QifeiRepairMethod(models.Model):
    """What the engineer did about it."""

    _name = "qifei.repair.method"
    _description = "Repair method"
    _inherit = ["qifei.vocabulary.mixin"]
