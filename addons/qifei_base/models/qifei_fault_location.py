from odoo import models


class QifeiFaultLocation(models.Model):
    """Which part of the machine failed."""

    _name = "qifei.fault.location"
    _description = "Fault location"
    _inherit = ["qifei.vocabulary.mixin"]
