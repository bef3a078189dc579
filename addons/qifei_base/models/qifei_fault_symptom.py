from odoo import models


class QifeiFaultSymptom(models.Model):
    """What the customer notices; also the key words of a booking."""

    _name = "qifei.fault.symptom"
    _description = "Fault symptom"
    _inherit = ["qifei.vocabulary.mixin"]
