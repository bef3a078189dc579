from odoo import fields, models

from ..tools.icalendar import build_event


class QifeiWorkOrder(models.Model):
    """What the customer is told of a visit: appointment, arrival, work done, rating."""

    _name = "qifei.work.order"
    _inherit = ["qifei.work.order", "qifei.message.mixin"]

    def _get_message_kinds(self):
        return {
            **super()._get_message_kinds(),
            "confirmed": (
                self.env._("Appointment confirmation"),
                "qifei_aftersales.mail_template_order_confirmed",
                "qifei_aftersales.sms_template_order_confirmed",
            ),
            "en_route": (
                self.env._("Engineer on the way"),
                "qifei_aftersales.mail_template_order_en_route",
                "qifei_aftersales.sms_template_order_en_route",
            ),
            "estimate": (
                self.env._("Estimate to accept"),
                "qifei_aftersales.mail_template_order_estimate",
                "qifei_aftersales.sms_template_order_estimate",
            ),
            "done": (
                self.env._("Work done"),
                "qifei_aftersales.mail_template_order_done",
                "qifei_aftersales.sms_template_order_done",
            ),
            "rating": (
                self.env._("Rating request"),
                "qifei_aftersales.mail_template_order_rating",
                "qifei_aftersales.sms_template_order_rating",
            ),
        }

    def _get_customer_tz(self):
        return self.engineer_id.tz or super()._get_customer_tz()

    def _get_appointment_text(self):
        """Return the planned day and window in the reader's language."""
        self.ensure_one()
        if not self.planned_start:
            return ""
        return self._format_window(self.planned_start, self.planned_end)

    def _get_eta_text(self):
        """Return the window of the arrival that is still ahead, or nothing."""
        self.ensure_one()
        now = fields.Datetime.now()
        if not self.planned_end or self.planned_end <= now:
            return ""
        return self._format_times(max(self.planned_start, now), self.planned_end)

    def _get_arrival_text(self):
        """Return when to expect the engineer, for texts without layout."""
        return self._get_eta_text() or self.env._("soon")

    def _get_machine_text(self):
        """Return what the visit is for, as the customer knows it."""
        self.ensure_one()
        name = self.product_id.name or self.ticket_type_id.name or ""
        serial = self.equipment_id.serial
        return f"{name} ({serial})" if serial else name

    def _get_result_text(self):
        """Return the result and what was done, for texts without layout."""
        self.ensure_one()
        result = dict(self._fields["result"]._description_selection(self.env))
        parts = [result.get(self.result), self.repair_method_id.name]
        return ", ".join(part for part in parts if part)

    # === CALENDAR FILE === #

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the appointment as a calendar file to its confirmation."""
        result = super()._process_attachments_for_template_post(mail_template)
        confirmation = self.env.ref(
            "qifei_aftersales.mail_template_order_confirmed", raise_if_not_found=False
        )
        orders = self.filtered("planned_start")
        if mail_template != confirmation or not orders:
            return result
        attachments = self.env["ir.attachment"].create(
            [order._prepare_calendar_values() for order in orders]
        )
        for order, attachment in zip(orders, attachments, strict=True):
            values = result.setdefault(order.id, {})
            values.setdefault("attachment_ids", []).append(attachment.id)
        return result

    def _prepare_calendar_values(self):
        self.ensure_one()
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "name": f"{order.name}.ics".replace("/", "-"),
            "raw": build_event(order._prepare_calendar_event(), fields.Datetime.now()),
            "mimetype": "text/calendar",
            "res_model": order._name,
            "res_id": order.id,
        }

    def _prepare_calendar_event(self):
        """Return the argument of ``icalendar.build_event``."""
        self.ensure_one()
        company = self.company_id
        engineer = " ".join(
            filter(None, (self.engineer_id.name, self.engineer_id.phone))
        )
        database_uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        return {
            "uid": f"{self._name}-{self.id}@{database_uuid}",
            "start": self.planned_start,
            "end": self.planned_end,
            "summary": self.env._(
                "%(company)s: service visit for %(machine)s",
                company=company.name,
                machine=self._get_machine_text(),
            ),
            "description": "\n".join(
                filter(None, (self.name, engineer, self._get_message_url()))
            ),
            "location": self._write_address(self.address_id),
            "url": self._get_message_url(),
            "organizer": company.partner_id.email_normalized,
            "product": company.name,
        }
