from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..const import DEFAULT_VISIT_HOURS, ORDER_OPEN_STATES


class QifeiWorkOrderAssign(models.TransientModel):
    """Lists the engineers for one or more orders, the most suitable first."""

    _name = "qifei.work.order.assign"
    _description = "Choose an engineer"
    _inherit = ["qifei.guard.mixin"]

    order_ids = fields.Many2many(
        "qifei.work.order", "qifei_work_order_assign_rel", string="Orders"
    )
    planned_start = fields.Datetime()
    planned_end = fields.Datetime()
    only_qualified = fields.Boolean(
        default=True, help="Leave out engineers without the skill or the area."
    )
    service_point_id = fields.Many2one("res.partner", string="Service point")
    candidate_ids = fields.One2many("qifei.work.order.assign.candidate", "wizard_id")

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard._rebuild()
            if not wizard.candidate_ids:
                # Better somebody with a remark than nobody.
                wizard.only_qualified = False
                wizard._rebuild()
        return wizards

    def action_refresh(self):
        """Rank again with other filters or another time."""
        self.ensure_one()
        self._rebuild()
        return self._reopen()

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_aftersales.qifei_work_order_assign_action"
        )
        action["res_id"] = self.id
        return action

    def _rebuild(self):
        self.ensure_one()
        self.order_ids.check_access("read")
        candidates = self._rank_engineers()
        self.candidate_ids = [
            Command.clear(),
            *(Command.create(values) for values in candidates),
        ]

    def _get_engineer_domain(self):
        domain = Domain("company_id", "in", self.order_ids.company_id.ids)
        if self.service_point_id:
            domain &= Domain("service_point_id", "=", self.service_point_id.id)
        return domain

    def _rank_engineers(self):
        """Return the values of the candidates, best first."""
        engineers = self.env["qifei.engineer"].search(self._get_engineer_domain())
        loads = dict(
            self.env["qifei.work.order"]._read_group(
                Domain("engineer_id", "in", engineers.ids)
                & Domain("state", "in", ORDER_OPEN_STATES),
                ["engineer_id"],
                ["__count"],
            )
        )
        clashes = self._get_clashes(engineers)
        off_duty = self._get_off_duty(engineers)
        ranked = []
        for engineer in engineers:
            lacks = self._get_lacks(engineer)
            if lacks and self.only_qualified:
                continue
            clash = clashes.get(engineer)
            is_off = engineer in off_duty
            load = loads.get(engineer, 0)
            ranked.append(
                {
                    "engineer_id": engineer.id,
                    "is_qualified": not lacks,
                    "is_free": not clash and not is_off,
                    "availability": self._get_availability(
                        engineer, is_busy=bool(clash), is_off=is_off
                    ),
                    "order_count": load,
                    "note": self._get_note(lacks, clash, is_off=is_off),
                }
            )
        ranked.sort(
            key=lambda values: (
                not values["is_qualified"],
                not values["is_free"],
                values["order_count"],
                values["engineer_id"],
            )
        )
        return [
            {**values, "sequence": sequence} for sequence, values in enumerate(ranked)
        ]

    def _get_window(self):
        """Return the planned time that engineers must be free in, or nothing."""
        if not self.planned_start:
            return None
        end = self.planned_end or self.planned_start + timedelta(
            hours=DEFAULT_VISIT_HOURS
        )
        return self.planned_start, end

    def _get_clashes(self, engineers):
        """Return ``{engineer: order}`` of those who are at another order then."""
        window = self._get_window()
        if not window:
            return {}
        start, end = window
        orders = self.env["qifei.work.order"].search(
            Domain("engineer_id", "in", engineers.ids)
            & Domain("state", "in", ORDER_OPEN_STATES)
            & Domain("planned_start", "<", end)
            & Domain("planned_end", ">", start)
            & Domain("id", "not in", self.order_ids.ids)
        )
        return {order.engineer_id: order for order in orders}

    def _get_off_duty(self, engineers):
        """Return the engineers who do not work at the planned time, or now."""
        window = self._get_window()
        if not window:
            return engineers.filtered(lambda one: one.availability == "off")
        working = engineers._get_work_intervals(*window)
        return engineers.filtered(lambda one: not working[one.id])

    def _get_availability(self, engineer, *, is_busy, is_off):
        """Return what the engineer is at the planned time, or now without one."""
        if not self.planned_start:
            return engineer.availability
        if is_off:
            return "off"
        return "busy" if is_busy else "free"

    def _get_lacks(self, engineer):
        """Return what the engineer lacks for the orders, as texts."""
        lacks = []
        skills = self.order_ids.ticket_type_id.skill_ids - engineer.skill_ids
        if skills:
            lacks.append(
                self.env._(
                    "no skill %(skills)s", skills=", ".join(skills.mapped("name"))
                )
            )
        covered = set(engineer.area_ids.ids)
        outside = self.order_ids.area_id.filtered(
            lambda area: (
                not covered & {int(n) for n in area.parent_path.split("/")[:-1]}
            )
        )
        if outside and covered:
            lacks.append(
                self.env._("not for %(areas)s", areas=", ".join(outside.mapped("name")))
            )
        return lacks

    def _get_note(self, lacks, clash, *, is_off):
        notes = list(lacks)
        if is_off:
            notes.append(
                self.env._("off duty then")
                if self.planned_start
                else self.env._("off duty now")
            )
        if clash:
            notes.append(self.env._("at %(order)s then", order=clash.name))
        return ", ".join(notes) or self.env._("suitable and free")

    def _assign(self, engineer):
        """Hand all orders of the wizard to one engineer."""
        self.ensure_one()
        if not self.order_ids:
            raise UserError(self.env._("There is no order to assign."))
        self.order_ids._check_transition("assign")
        values = {"engineer_id": engineer.id}
        if self.planned_start:
            start, end = self._get_window()
            values.update(planned_start=start, planned_end=end)
        self.order_ids.write(values)
        self.order_ids.action_assign()
        return {"type": "ir.actions.act_window_close"}
