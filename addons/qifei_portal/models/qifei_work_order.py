import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

# What a customer sees as the steps of a visit, with the moment each began.
TRACKING_STEPS = (
    ("draft", "create_date"),
    ("assigned", "assigned_on"),
    ("accepted", "accepted_on"),
    ("en_route", "departed_on"),
    ("on_site", "arrived_on"),
    ("done", "done_on"),
    ("verified", "verified_on"),
)
# An engineer is shown to the customer from his acceptance to the signature.
ENGINEER_SHOWN_STATES = (
    "accepted",
    "en_route",
    "on_site",
    "on_hold",
    "done",
    "verified",
    "closed",
)


class QifeiWorkOrder(models.Model):
    """Adds what customers and service partners see and do in the portal.

    The methods here are called by the controllers in superuser mode, after they have
    checked the document and who the visitor is.
    """

    _inherit = "qifei.work.order"

    # Who holds the token acts as the customer, so a service partner, who reads the
    # order, must not read it.
    access_token = fields.Char(
        default=lambda self: self._default_access_token(), groups="base.group_user"
    )

    @api.model
    def _default_access_token(self):
        return str(uuid.uuid4())

    # === TRACKING === #

    def _get_tracking_labels(self):
        """Return the customer's word for each state."""
        return {
            "draft": self.env._("Received"),
            "assigned": self.env._("Engineer found"),
            "accepted": self.env._("Appointment confirmed"),
            "en_route": self.env._("On the way to you"),
            "on_site": self.env._("Working at your place"),
            "done": self.env._("Work finished"),
            "verified": self.env._("Signed by you"),
            "closed": self.env._("Completed"),
            "on_hold": self.env._("Paused"),
            "cancelled": self.env._("Cancelled"),
        }

    def _get_tracking_steps(self):
        """Return the steps of the visit, from first to last.

        :return: list of dicts with ``key``, ``label``, ``moment`` (naive UTC or False),
            ``status`` (``past``, ``now`` or ``next``)
        """
        self.ensure_one()
        labels = self._get_tracking_labels()
        keys = [key for key, _field in TRACKING_STEPS]
        state = {"closed": "verified"}.get(self.state, self.state)
        if state in keys:
            position = keys.index(state)
        else:
            # On hold or cancelled: as far as the order came before.
            position = max(
                number
                for number, (_key, name) in enumerate(TRACKING_STEPS)
                if self[name] or not number
            )
        is_over = self.state in ("verified", "closed")
        steps = [
            {
                "key": key,
                "label": labels[key],
                "moment": number <= position and self[name],
                "status": "past"
                if number < position or is_over
                else "now"
                if number == position
                else "next",
            }
            for number, (key, name) in enumerate(TRACKING_STEPS)
        ]
        if self.state in ("on_hold", "cancelled"):
            stop = {
                "key": self.state,
                "label": labels[self.state],
                "moment": self.held_on
                if self.state == "on_hold"
                else self.cancelled_on,
                "status": "now",
            }
            steps[position]["status"] = "past"
            rest = [] if self.state == "cancelled" else steps[position + 1 :]
            steps = [*steps[: position + 1], stop, *rest]
        return steps

    def _is_engineer_shown(self):
        self.ensure_one()
        return bool(self.engineer_id) and self.state in ENGINEER_SHOWN_STATES

    def _get_customer_step(self):
        """Return what the customer is asked for now.

        :return: ``estimate``, ``sign``, ``rate`` or False
        """
        self.ensure_one()
        if self.estimate_state == "sent" and self.state not in (
            "verified",
            "closed",
            "cancelled",
        ):
            return "estimate"
        if self.state == "done":
            return "sign"
        if self.state in ("verified", "closed") and not self._get_own_rating():
            return "rate"
        return False

    # === RATING === #

    def _get_own_rating(self):
        """Return the rating the customer gave, maybe empty."""
        self.ensure_one()
        return self.rating_ids.filtered("consumed")[:1]

    # === SERVICE PARTNER === #

    def _get_partner_engineers(self, partner):
        """Return the engineers of a service partner who may take the order."""
        self.ensure_one()
        return self.env["qifei.engineer"].search(
            [
                ("service_point_id", "child_of", partner.commercial_partner_id.ids),
                ("company_id", "=", self.company_id.id),
            ]
        )

    def _can_partner_accept(self, partner):
        self.ensure_one()
        engineers = self._get_partner_engineers(partner)
        if self.state == "assigned":
            return self.engineer_id in engineers
        return self.state == "draft" and bool(engineers)

    def _can_partner_report(self, partner):
        """Only a trusted partner reports, and only what its own engineer does."""
        self.ensure_one()
        return (
            partner.commercial_partner_id.qifei_may_report_done
            and self.state in ("accepted", "en_route", "on_site")
            and self.engineer_id in self._get_partner_engineers(partner)
        )

    def _accept_by_partner(self, partner, engineer=None):
        """Take the order for an engineer of the partner.

        :param partner: the service partner, checked to have the order shared
        :param engineer: the engineer chosen; the one assigned stays otherwise
        """
        self.ensure_one()
        if not self._can_partner_accept(partner):
            raise UserError(
                self.env._(
                    "%(order)s cannot be accepted any more. Reload the page to see "
                    "where it stands.",
                    order=self.name,
                )
            )
        if self.state == "draft":
            engineers = self._get_partner_engineers(partner)
            chosen = (engineer & engineers) if engineer else engineers[:1]
            if not chosen:
                raise UserError(self.env._("Choose one of your own engineers."))
            self.engineer_id = chosen
            self.action_assign()
        self.action_accept()
        self._note_by_partner(
            partner,
            self.env._("%(partner)s has accepted the order.", partner=partner.name),
        )

    def _report_done_by_partner(self, partner, diagnosis, result):
        """Report the visit of the partner's engineer as done."""
        self.ensure_one()
        if not self._can_partner_report(partner):
            raise UserError(
                self.env._(
                    "%(order)s cannot be reported as done by you. Add a note and the "
                    "dispatcher takes care of it.",
                    order=self.name,
                )
            )
        self.write({"diagnosis": diagnosis, "result": result})
        if self.state != "on_site":
            self.action_arrive()
        self.action_complete()
        self._note_by_partner(
            partner,
            self.env._("%(partner)s reports the work as done.", partner=partner.name),
        )

    def _note_by_partner(self, partner, text):
        """Add a note of the service partner, for the staff only."""
        self.message_post(
            body=text,
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
