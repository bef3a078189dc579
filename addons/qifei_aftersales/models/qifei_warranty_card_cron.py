from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.isolation import run_isolated, search_in_slices

SLICE = 200
REMINDER_DAYS = 30


class QifeiWarrantyCard(models.Model):
    """What happens to cards by itself: the reminder and the end of the term."""

    _name = "qifei.warranty.card"
    _inherit = ["qifei.warranty.card", "qifei.message.mixin"]

    contact_name = fields.Char(related="partner_id.name", string="Contact name")
    contact_phone = fields.Char(related="partner_id.phone", string="Contact phone")

    # === MESSAGES === #

    def _get_message_kinds(self):
        return {
            **super()._get_message_kinds(),
            "card": (
                self.env._("Warranty card"),
                "qifei_aftersales.mail_template_warranty_card",
                "qifei_aftersales.sms_template_warranty_card",
            ),
            "expiring": (
                self.env._("End of the warranty"),
                "qifei_aftersales.mail_template_warranty_expiring",
                "qifei_aftersales.sms_template_warranty_expiring",
            ),
        }

    def _get_date_end_text(self):
        """Return the last day in the reader's language."""
        self.ensure_one()
        return self._format_day(self.date_end) if self.date_end else ""

    def action_send(self):
        """Send the customers their cards, with a link that opens without a login."""
        self.check_access("write")
        self.filtered(lambda card: card.state == "active")._notify_customer("card")
        return True

    # === JOBS === #

    @api.model
    def _cron_expire(self):
        """Expire the cards whose last day has passed."""
        self._process_in_slices(
            Domain("state", "=", "active") & Domain("date_end", "<", "today"),
            "action_expire",
        )

    @api.model
    def _cron_remind(self):
        """Tell customers once that their warranty ends soon."""
        self._process_in_slices(
            Domain("state", "=", "active")
            & Domain("reminded_on", "=", False)
            & Domain("date_end", ">=", "today")
            & Domain("date_end", "<=", f"today +{REMINDER_DAYS}d"),
            "_remind",
        )

    def _remind(self):
        self._notify_customer("expiring")
        self._as_own_step().write({"reminded_on": fields.Date.context_today(self)})

    @api.model
    def _process_in_slices(self, domain, method_name):
        """Run a method on all cards of ``domain``, slice by slice.

        A card that fails does not stop the others: the error is noted on it, where the
        filter “Nightly job failed” finds it, and the next run tries again.
        """
        for cards in search_in_slices(self, domain, SLICE):
            run_isolated(
                cards,
                lambda some: some._process(method_name),
                lambda card, error: card._note_job_error(error),
            )

    def _process(self, method_name):
        """Run a method on the cards and forget their former errors."""
        getattr(self, method_name)()
        self.filtered("job_error")._note_job_error(False)

    def _note_job_error(self, error):
        self._as_own_step().write({"job_error": error})
