from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.qifei_base.tools.isolation import run_isolated

REMINDER_DAYS = 7
SLICE = 50


class QifeiOldPart(models.Model):
    """Reminds those who keep old parts too long, once a week at most."""

    _inherit = "qifei.old.part"

    @api.model
    def _cron_remind(self, limit=SLICE):
        """Write to the holders of overdue pieces in slices.

        A holder who cannot be reached does not stop the others: why is noted on his
        pieces, where the filter “Reminder failed” finds it, and the next week tries
        again.
        """
        places = self._get_places_to_remind()
        run_isolated(
            places[:limit],
            self._remind_places,
            lambda place, error: self._get_overdue_at(place)._note_reminder(error),
        )
        self.env["ir.cron"]._commit_progress(
            len(places[:limit]), remaining=len(places[limit:])
        )

    @api.model
    def _get_places_to_remind(self):
        """Return the holders' places with overdue pieces and no reminder this week."""
        today = fields.Date.context_today(self)
        places = self.env["stock.location"]
        for place, reminded_on in self._read_group(
            Domain("is_overdue", "=", True), ["location_id"], ["reminded_on:max"]
        ):
            if not reminded_on or reminded_on <= today - timedelta(days=REMINDER_DAYS):
                places |= place
        return places

    @api.model
    def _get_overdue_at(self, places):
        return self.search(
            Domain("is_overdue", "=", True) & Domain("location_id", "in", places.ids)
        )

    @api.model
    def _remind_places(self, places):
        overdue = self._get_overdue_at(places)
        for parts in overdue.grouped("location_id").values():
            parts._remind_holder()
        overdue._note_reminder(False)

    def _remind_holder(self):
        """Write one message to the holder of these pieces, in his language."""
        holder = self[:1].engineer_id or self[:1].partner_id
        partner = self[:1]._get_holder_partner()
        if not partner:
            raise UserError(
                self.env._(
                    "%(holder)s has no contact to write to: give one on the form.",
                    holder=holder.name,
                )
            )
        parts = self.with_context(lang=partner.lang or self.env.lang)
        holder.message_post(
            partner_ids=partner.ids,
            subject=parts.env._("Old parts are overdue"),
            body=parts._prepare_reminder_body(),
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _prepare_reminder_body(self):
        lines = Markup().join(
            Markup("<li>%s</li>")
            % self.env._(
                "%(name)s: %(quantity)s × %(product)s, order %(order)s, due %(day)s",
                name=part.name,
                quantity=f"{part.quantity:g}",
                product=part.product_id.display_name,
                order=part.order_id.name or "",
                day=fields.Date.to_string(part.due_on),
            )
            for part in self
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._("Please return these old parts:"),
            lines,
        )

    def _note_reminder(self, error):
        self._as_own_step().write(
            {
                "reminded_on": fields.Date.context_today(self),
                "reminder_error": error,
            }
        )
