from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..const import GROUP_AGENT, GROUP_DISPATCHER


class QifeiWorkOrder(models.Model):
    """Who comes into question for an order, and who decides about it."""

    _inherit = "qifei.work.order"

    # === WHO DECIDES === #

    @api.model
    def _may_dispatch(self):
        return self.env.su or any(
            self.env.user.has_group(group) for group in (GROUP_AGENT, GROUP_DISPATCHER)
        )

    def _check_may_dispatch(self):
        """Raise unless the user is at the desk and may write the orders."""
        if not self._may_dispatch():
            raise AccessError(
                self.env._(
                    "Orders are dispatched by dispatchers and customer service. Ask "
                    "one of them."
                )
            )
        self.check_access("write")

    def _check_free(self):
        """Raise unless all orders are still without an engineer."""
        for order in self:
            if order.state != "draft" or order.engineer_id:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s” with %(engineer)s: take it back "
                        "before you dispatch it anew.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                        engineer=order.engineer_id.name or self.env._("nobody"),
                    )
                )

    # === WHO COMES INTO QUESTION === #

    def _get_eligible_engineers(self):
        """Return who has the skills, the tools and the area of each order.

        :return: ``{order id: engineers}``
        """
        engineers = self._get_company_engineers()
        lacks = self._get_lacks(engineers)
        return {
            order.id: engineers.filtered(
                lambda engineer, order=order: (
                    engineer.company_id == order.company_id
                    and engineer.id not in lacks[order.id]
                )
            )
            for order in self
        }

    def _get_company_engineers(self):
        # sudo: qifei.engineer - who is fit for an order, asked by jobs and dispatchers
        return (
            self.env["qifei.engineer"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        )

    def _get_lacks(self, engineers):
        """Return why engineers are out of the question, whatever the time.

        :param engineers: qifei.engineer records
        :return: ``{order id: {engineer id: reasons}}`` with the reasons that
            ``qifei.dispatch.reason`` says; engineers who lack nothing are left out
        """
        skills = {engineer.id: set(engineer.skill_ids.ids) for engineer in engineers}
        tools = {engineer.id: set(engineer.tool_ids.ids) for engineer in engineers}
        areas = {engineer.id: set(engineer.area_ids.ids) for engineer in engineers}
        partners = {engineer.id for engineer in engineers if engineer.service_point_id}
        lacks = {}
        for order in self:
            needs = order._get_needs()
            lacks[order.id] = {}
            for engineer_id in engineers.ids:
                reasons = self._compare(
                    needs,
                    engineer_id,
                    skills=skills[engineer_id],
                    tools=tools[engineer_id],
                    areas=areas[engineer_id],
                    is_partner=engineer_id in partners,
                )
                if reasons:
                    lacks[order.id][engineer_id] = reasons
        return lacks

    def _get_needs(self):
        """Return what the order asks of an engineer, under the rule it is for."""
        self.ensure_one()
        rule = self.dispatch_rule_id
        area = self.area_id
        return {
            "skills": (
                set(self.ticket_type_id.skill_ids.ids)
                if not rule or rule.match_skill
                else set()
            ),
            "tools": set(self.tool_ids.ids),
            # The area and all it lies in.
            "areas": (
                {int(number) for number in area.parent_path.split("/")[:-1]}
                if area and (not rule or rule.match_area)
                else set()
            ),
            "area": area.id,
            "excluded": set(self.excluded_engineer_ids.ids),
            "own": rule.match_service_point == "own",
        }

    @api.model
    def _compare(self, needs, engineer_id, *, skills, tools, areas, is_partner):
        reasons = []
        if needs["skills"] - skills:
            reasons.append({"key": "skill", "ids": sorted(needs["skills"] - skills)})
        if needs["tools"] - tools:
            reasons.append({"key": "tool", "ids": sorted(needs["tools"] - tools)})
        if needs["areas"] and areas and not needs["areas"] & areas:
            reasons.append({"key": "area", "ids": [needs["area"]]})
        if engineer_id in needs["excluded"]:
            reasons.append({"key": "excluded"})
        if needs["own"] and is_partner:
            reasons.append({"key": "own"})
        return reasons

    def _get_nobody_sentence(self):
        """Say that nobody qualifies for the order, and what it asks for."""
        self.ensure_one()
        asks = [
            *self.ticket_type_id.skill_ids.mapped("name"),
            *self.tool_ids.mapped("name"),
            *self.area_id.mapped("name"),
        ]
        return self.env._(
            "No engineer qualifies for %(order)s (%(needs)s). Change what the order "
            "asks for, or look under Team who lacks the skill, the area or a login.",
            order=self.name,
            needs=", ".join(asks) or self.env._("no special needs"),
        )
