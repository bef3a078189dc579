from odoo import api, models

from .qifei_message_request import LOADING_KEYS

# Where the customer typed the request himself and waits for a sign that it arrived.
# E-mails are left out: two automatic answers could keep each other busy.
RECEIPT_CHANNELS = ("web", "partner")


class QifeiTicket(models.Model):
    """What the customer is told of a request: that it arrived and how it was solved."""

    _name = "qifei.ticket"
    _inherit = ["qifei.ticket", "qifei.message.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if not LOADING_KEYS & self.env.context.keys():
            tickets.filtered(
                lambda ticket: ticket.channel in RECEIPT_CHANNELS
            )._notify_customer("received")
        return tickets

    def _get_message_kinds(self):
        return {
            **super()._get_message_kinds(),
            "received": (
                self.env._("Request received"),
                "qifei_aftersales.mail_template_ticket_received",
                "qifei_aftersales.sms_template_ticket_received",
            ),
            "solved": (
                self.env._("Request solved"),
                "qifei_aftersales.mail_template_ticket_solved",
                "qifei_aftersales.sms_template_ticket_solved",
            ),
        }

    def _get_preferred_text(self):
        """Return the preferred day and window in the reader's language."""
        self.ensure_one()
        if not self.preferred_start:
            return ""
        return self._format_window(self.preferred_start, self.preferred_end)

    def _get_subject_text(self):
        """Return what the request is about, as the customer knows it."""
        self.ensure_one()
        parts = [
            self.ticket_type_id.name,
            self.product_id.name or self.product_category_id.name,
        ]
        return " · ".join(part for part in parts if part)
