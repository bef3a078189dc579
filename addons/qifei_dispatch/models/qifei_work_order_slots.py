from collections import Counter

from odoo import models
from odoo.fields import Domain

from odoo.addons.qifei_aftersales.const import DEFAULT_VISIT_HOURS

from ..tools.slots import Promise, SlotSearch, Wish

# Orders that say where an area is whose customers nobody has located.
AREA_SAMPLE = 200


class QifeiWorkOrder(models.Model):
    """Which times can be promised for a visit, those not filed yet included."""

    _inherit = "qifei.work.order"

    def _find_promises(self, windows, engineers):
        """Tell for times whether an engineer can come in each.

        What is planned stays. Skills, tools, areas and travel count as in planning.

        :param windows: pairs of naive moments in UTC within which the visit begins
        :param engineers: qifei.engineer records that are asked
        :return: list of ``tools.slots.Promise``, one for each window
        """
        self.ensure_one()
        lacks = self._get_lacks(engineers)[self.id]
        fit = engineers.filtered(
            lambda engineer: all(
                reason["key"] == "tool" for reason in lacks.get(engineer.id, ())
            )
        )
        kept_away = Counter(
            reasons[0]["key"]
            for engineer_id, reasons in lacks.items()
            if engineer_id not in fit.ids
        )
        if not windows or not fit:
            return [Promise(frozenset(), kept_away) for _window in windows]
        # sudo: qifei.work.order - a customer asks what the plans of others leave free
        order_sudo = self.sudo()
        saved_sudo = order_sudo if order_sudo.ids else order_sudo.browse()
        search = SlotSearch(
            order_sudo.env["qifei.dispatch.problem"],
            order_sudo.company_id,
            fit.with_env(order_sudo.env),
            saved_sudo,
            {"keep": True, "ignore_areas": True},
        )
        wish = None if saved_sudo else order_sudo._prepare_wish()
        off_duty = Counter(shift=len(fit))
        return [
            promise._replace(
                reasons=kept_away
                if promise.engineer_ids
                else (+Counter(promise.reasons) or off_duty) + kept_away
            )
            for promise in search.find(windows, wish, saved_sudo)
        ]

    def _prepare_wish(self):
        self.ensure_one()
        point = (self.latitude, self.longitude)
        return Wish(
            point=point if any(point) else self._guess_place(),
            duration=(self.duration or DEFAULT_VISIT_HOURS) * 3600,
            skills=frozenset(map(str, self.ticket_type_id.skill_ids.ids)),
            tools=frozenset(map(str, self.tool_ids.ids)),
        )

    def _guess_place(self):
        """Return the middle of where visits of the area or of the company were.

        :return: ``(latitude, longitude)``, or None when nobody knows
        """
        self.ensure_one()
        located = Domain("company_id", "=", self.company_id.id) & (
            Domain("latitude", "!=", 0) | Domain("longitude", "!=", 0)
        )
        if self.area_id:
            located &= Domain("area_id", "child_of", self.area_id.ids)
        orders = self.search(located, order="id desc", limit=AREA_SAMPLE)
        if not orders:
            return None
        return (
            sum(orders.mapped("latitude")) / len(orders),
            sum(orders.mapped("longitude")) / len(orders),
        )
