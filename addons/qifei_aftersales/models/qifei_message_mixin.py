import logging

import babel.dates

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_time, plaintext2html
from odoo.tools.misc import babel_locale_parse, get_lang

_logger = logging.getLogger(__name__)


class QifeiMessageMixin(models.AbstractModel):
    """Tells customers what happens with their documents, by e-mail and SMS.

    A message has a kind; each kind names an e-mail and an SMS template, which an
    administrator edits, translates, archives or deletes: without the template nothing
    goes out by that medium. Messages are put into core's queues, in the language of the
    customer and by the medium he prefers, and stay readable in the chatter of the
    document. Whatever cannot be sent is named there too and never stops the step that
    asked for the message.

    The model provides ``partner_id``, ``contact_name``, ``contact_phone`` and
    ``company_id``, a portal address and the kinds of ``_get_message_kinds``.
    """

    _name = "qifei.message.mixin"
    _description = "Messages to customers"

    def _get_message_kinds(self):
        """Return ``{kind: (label, e-mail template, SMS template)}``.

        The templates are XML ids; the label names the message in notes for people.
        """
        return {}

    def _notify_customer(self, kind):
        """Queue the message of a kind to the customers of the documents.

        A customer who wants both media and can be reached by one of them only gets that
        one, without a note.

        :param kind: key of ``_get_message_kinds``
        """
        if not self:
            return
        # sudo: mail.template and the queues - customers hear of a step whoever took it
        records = self.sudo().filtered(
            lambda record: record.partner_id.qifei_notify_by != "none"
        )
        if not records:
            return
        label, mail_xmlid, sms_xmlid = records._get_message_kinds()[kind]
        templates = {
            "email": records._get_message_template(mail_xmlid),
            "sms": records._get_message_template(sms_xmlid),
        }
        reached, unreached = records._sort_by_medium(templates)
        if unreached:
            records.browse(unreached)._message_log_batch(
                {
                    record_id: self.env._(
                        "“%(message)s” was not sent. %(reason)s",
                        message=label,
                        reason=" ".join(reasons),
                    )
                    for record_id, reasons in unreached.items()
                }
            )
        for medium, queue in (
            ("email", records._queue_emails),
            ("sms", records._queue_sms),
        ):
            if reached[medium]:
                records._queue_guarded(queue, templates[medium], reached[medium], label)

    def _write_requested_message(self, kind):
        """Write what a step has asked for, see ``qifei.message.request``."""
        self._notify_customer(kind)

    def _get_message_template(self, xmlid):
        """Return the template, empty when an administrator switched it off."""
        template = self.env.ref(xmlid, raise_if_not_found=False)
        if not template or not getattr(template, "active", True):
            return None
        return template

    def _sort_by_medium(self, templates):
        """Tell who is reached by which medium, and who by none and why.

        :return: ``{medium: {record id: address}}, {record id: [sentence, …]}``
        """
        reached = {"email": {}, "sms": {}}
        unreached = {}
        for record in self:
            partner = record.partner_id
            wanted = [
                medium
                for medium, template in templates.items()
                if template and partner._qifei_wants(medium)
            ]
            found = {
                medium: address
                for medium in wanted
                if (address := record._get_address(medium))
            }
            for medium, address in found.items():
                reached[medium][record.id] = address
            if wanted and not found:
                unreached[record.id] = [
                    record._explain_unreached(medium) for medium in wanted
                ]
        return reached, unreached

    def _get_address(self, medium):
        """Return where a medium reaches the customer, empty when it cannot."""
        self.ensure_one()
        if medium == "email":
            return self.partner_id.email_normalized
        return self._get_sms_number()

    def _get_sms_number(self):
        """Return the number in E.164 form, empty when there is no valid one."""
        self.ensure_one()
        return self._phone_format(
            number=self.contact_phone or self.partner_id.phone,
            country=self.partner_id.country_id or self.company_id.country_id,
        )

    def _explain_unreached(self, medium):
        self.ensure_one()
        partner = self.partner_id.display_name
        phone = self.contact_phone or self.partner_id.phone
        if medium == "email" and self.partner_id.email:
            return self.env._(
                "“%(email)s” of %(partner)s is not a valid e-mail address.",
                email=self.partner_id.email,
                partner=partner,
            )
        if medium == "email":
            return self.env._("%(partner)s has no e-mail address.", partner=partner)
        if phone:
            return self.env._(
                "“%(phone)s” of %(partner)s is not a valid phone number.",
                phone=phone,
                partner=partner,
            )
        return self.env._("%(partner)s has no phone number.", partner=partner)

    # === QUEUES === #

    def _queue_guarded(self, queue, template, addresses, label):
        """Queue messages; a template that an editor broke is noted, not raised."""
        try:
            with self.env.cr.savepoint():
                queue(template, addresses)
        except UserError:
            _logger.warning(
                "%s: template “%s” cannot be rendered",
                self._name,
                template.display_name,
                exc_info=True,
            )
            text = self.env._(
                "“%(message)s” was not sent: its template “%(template)s” cannot be "
                "filled in. Open the preview of the template to see why.",
                message=label,
                template=template.display_name,
            )
            self.browse(addresses)._message_log_batch(dict.fromkeys(addresses, text))

    def _queue_emails(self, template, addresses):
        records = self.browse(addresses)
        mails = template.send_mail_batch(
            # Kept in the chatter after the queue has sent and deleted the mail.
            records.ids,
            email_values={"is_notification": True},
        )
        self.env["mail.notification"].create(
            [
                {
                    "author_id": mail.author_id.id,
                    "mail_message_id": mail.mail_message_id.id,
                    "mail_mail_id": mail.id,
                    "res_partner_id": record.partner_id.id,
                    "notification_type": "email",
                    "notification_status": "ready",
                    "is_read": True,
                }
                for record, mail in zip(records, mails, strict=True)
            ]
        )

    def _queue_sms(self, template, addresses):
        records = self.browse(addresses)
        bodies = template._render_field("body", records.ids, compute_lang=True)
        messages = records._message_log_batch(
            {record_id: plaintext2html(body) for record_id, body in bodies.items()},
            message_type="sms",
        )
        messages_sms = self.env["sms.sms"].create(
            [
                {
                    "body": bodies[record.id],
                    "mail_message_id": message.id,
                    "number": addresses[record.id],
                    "partner_id": record.partner_id.id,
                    "state": "outgoing",
                }
                for record, message in zip(records, messages, strict=True)
            ]
        )
        # As core does for texts from the chatter: a failure shows on the message.
        self.env["mail.notification"].create(
            [
                {
                    "author_id": sms.mail_message_id.author_id.id,
                    "mail_message_id": sms.mail_message_id.id,
                    "res_partner_id": sms.partner_id.id,
                    "sms_number": sms.number,
                    "sms_id_int": sms.id,
                    "sms_tracker_ids": [Command.create({"sms_uuid": sms.uuid})],
                    "notification_type": "sms",
                    "notification_status": "ready",
                    "is_read": True,
                }
                for sms in messages_sms
            ]
        )

    # === WORDS FOR TEMPLATES === #

    def _get_message_url(self, suffix=None, query=None):
        """Return the full address of the portal page, opened without a login.

        :param suffix: page of the document, such as ``/rate``
        :param query: more parameters, such as ``stars=5``
        """
        self.ensure_one()
        path = self.get_portal_url(
            suffix=suffix, query_string=f"&{query}" if query else None
        )
        return self.get_base_url() + path

    def _get_customer_tz(self):
        """Return the time zone in which the customer reads times."""
        self.ensure_one()
        return (
            self.company_id.resource_calendar_id.tz
            or self.company_id.partner_id.tz
            or self.env.user.tz
            or "UTC"
        )

    def _write_address(self, partner):
        """Write an address on one line."""
        # Address formats leave their commas behind when a part is empty.
        address = partner._display_address(without_company=True).replace("\n", ",")
        return ", ".join(filter(None, map(str.strip, address.split(","))))

    def _format_window(self, start, end):
        """Write a span of time on one day, such as “Wed, Jun 3, 2026 09:00-11:00”."""
        day = self._format_day(self._localize(start), "yMMMEd")
        return f"{day} {self._format_times(start, end)}"

    def _format_moment(self, moment):
        """Write a moment, such as “Jun 3, 2026 09:00”; nothing for no moment."""
        if not moment:
            return ""
        return (
            f"{self._format_day(self._localize(moment))} {self._format_times(moment)}"
        )

    def _format_day(self, day, skeleton="yMMMd"):
        return babel.dates.format_skeleton(
            skeleton, day, locale=babel_locale_parse(get_lang(self.env).code)
        )

    def _localize(self, moment):
        """Return a moment in UTC as the customer's clock shows it."""
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self._get_customer_tz()), moment
        )

    def _format_times(self, start, end=None):
        """Write a span of time without the day, such as “09:00-11:00”."""
        # A plain hyphen: a dash would halve the room of an SMS.
        return "-".join(
            format_time(self.env, moment, self._get_customer_tz(), "HH:mm")
            for moment in (start, end)
            if moment
        )
