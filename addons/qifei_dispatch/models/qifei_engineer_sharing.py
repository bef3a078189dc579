from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.qifei_base.tools.turns import write_anew

from ..const import POSITION_SECONDS
from ..tools.positions import parse_position


class QifeiEngineer(models.Model):
    """How an engineer's phone tells where he is, and when it may.

    Nobody but the engineer himself agrees to it, and he takes it back whenever he
    likes. What the phone sends at another time than on the way to a customer, or
    outside working hours, is not kept.
    """

    _inherit = "qifei.engineer"

    position_ids = fields.One2many(
        "qifei.engineer.position",
        "engineer_id",
        string="Positions",
        readonly=True,
        groups="qifei_base.group_dispatcher,qifei_base.group_engineer",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_consent(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_consent(vals)
        return super().write(vals)

    @api.model
    def _check_consent(self, vals):
        if vals.get("share_position") and not self.env.su:
            raise AccessError(
                self.env._(
                    "Only the engineer himself agrees to share his position, on his "
                    "own day page."
                )
            )

    # === CONSENT === #

    @api.model
    def set_my_position_sharing(self, is_shared):
        """Agree that the phone sends the position on the way, or stop it.

        :param is_shared: the engineer's decision
        """
        engineers = self._get_mine()
        if not engineers:
            raise UserError(
                self.env._("You are no engineer, so there is no position to share.")
            )
        # sudo: qifei.engineer - his own consent, and nothing else of the record
        engineers.sudo().write({"share_position": bool(is_shared)})
        return bool(is_shared)

    @api.model
    def _get_mine(self):
        """Return the engineer, or the engineers of several companies, the user is."""
        return self.search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "in", self.env.companies.ids),
            ]
        )

    # === POSITION === #

    @api.model
    def share_my_position(self, latitude, longitude, accuracy=None):
        """File where the engineer is, if it is wanted now.

        :param latitude: degrees of the device
        :param longitude: degrees of the device
        :param accuracy: radius in metres, as the device reports it
        :return: dict with ``is_kept``, ``is_wanted`` (whether the phone should go on
            sending) and ``reason``, a sentence why it was not kept
        :raise UserError: the numbers are no place on earth
        """
        place = parse_position(latitude, longitude, accuracy)
        if place is None:
            raise UserError(
                self.env._(
                    "The position is not a place on earth. Switch the location "
                    "service of your phone off and on again."
                )
            )
        engineers = self._get_mine()
        order = self._get_order_under_way(engineers)
        engineer = order.engineer_id or engineers[:1]
        reason = engineer._get_sharing_refusal(order)
        if reason:
            return {"is_kept": False, "is_wanted": False, "reason": reason}
        # Of two pages open at the same time one begins anew and sees the other's.
        write_anew(engineer)
        if engineer._has_position_since(POSITION_SECONDS):
            return {"is_kept": False, "is_wanted": True, "reason": ""}
        # sudo: qifei.engineer.position - filed by this step only
        self.env["qifei.engineer.position"].sudo().create(
            {
                "engineer_id": engineer.id,
                "order_id": order.id,
                "latitude": place.latitude,
                "longitude": place.longitude,
                "accuracy": place.accuracy,
                "remaining_minutes": order._measure_way(place),
            }
        )
        return {"is_kept": True, "is_wanted": True, "reason": ""}

    @api.model
    def _get_order_under_way(self, engineers):
        return self.env["qifei.work.order"].search(
            [("engineer_id", "in", engineers.ids), ("state", "=", "en_route")],
            order="departed_on desc",
            limit=1,
        )

    def _get_sharing_refusal(self, order):
        """Return why a position is not kept now, "" when it is."""
        if not self:
            return self.env._("You are no engineer, so no position is kept.")
        if not self.share_position:
            return self.env._("You do not share your position: nothing is kept.")
        if not order:
            return self.env._(
                "You are not on the way to a customer: no position is kept."
            )
        now = fields.Datetime.now()
        working = self._get_work_intervals(now, now + timedelta(seconds=1))
        if not working[self.id]:
            return self.env._("It is outside your working hours: no position is kept.")
        return ""

    def _has_position_since(self, seconds):
        self.ensure_one()
        earliest = fields.Datetime.now() - timedelta(seconds=seconds)
        return bool(
            self.env["qifei.engineer.position"].search_count(
                [("engineer_id", "=", self.id), ("recorded_on", ">", earliest)],
                limit=1,
            )
        )
