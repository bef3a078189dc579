from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    qifei_notify_by = fields.Selection(
        [
            ("email", "Email"),
            ("sms", "SMS"),
            ("both", "Email and SMS"),
            ("none", "Do not notify"),
        ],
        string="Service messages by",
        default="both",
        required=True,
        help="How this customer hears about appointments, visits and finished work.",
    )

    def _qifei_wants(self, medium):
        """Tell whether the partner wants service messages by this medium.

        :param medium: ``email`` or ``sms``
        """
        self.ensure_one()
        return self.qifei_notify_by in (medium, "both")
