from odoo import models


class QifeiFaultCause(models.Model):
    """Why the machine failed, found by the engineer."""

    _name = "qifei.fault.cause"
    _description = "Fault cause"
    _inherit = ["qifei.vocabulary.mixin"]
