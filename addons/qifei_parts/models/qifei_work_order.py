from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.qifei_aftersales.const import ORDER_LOCKED_STATES

REQUEST_CANCELLABLE = ("draft", "submitted", "approved")


class QifeiWorkOrder(models.Model):
    """The parts of an order: what is missing, waiting for it and going on with it."""

    _inherit = "qifei.work.order"

    part_ids = fields.One2many(
        "qifei.work.order.part",
        "order_id",
        string="Parts",
        copy=False,
        groups="base.group_user",
    )
    fitted_part_ids = fields.One2many(
        "qifei.equipment.part",
        "order_id",
        string="Fitted parts",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    part_request_ids = fields.One2many(
        "qifei.part.request",
        "work_order_id",
        string="Part requests",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    part_request_count = fields.Integer(
        string="Number of part requests",
        compute="_compute_part_request_count",
        groups="base.group_user",
    )
    held_for_parts = fields.Boolean(
        string="Waits for parts",
        readonly=True,
        copy=False,
        index=True,
        groups="base.group_user",
        help="Put on hold because a part was missing; goes on by itself when all parts "
        "are there.",
    )
    has_missing_parts = fields.Boolean(
        compute="_compute_part_steps", groups="base.group_user"
    )
    can_request_parts = fields.Boolean(
        compute="_compute_part_steps", groups="base.group_user"
    )
    can_use_parts = fields.Boolean(
        compute="_compute_part_steps", groups="base.group_user"
    )
    can_return_parts = fields.Boolean(
        compute="_compute_part_steps", groups="base.group_user"
    )
    can_issue_parts = fields.Boolean(
        compute="_compute_part_steps", groups="base.group_user"
    )
    can_reserve_parts = fields.Boolean(
        compute="_compute_part_steps", groups="base.group_user"
    )
    next_part_step = fields.Char(
        string="Next step with the parts",
        compute="_compute_part_steps",
        groups="base.group_user",
        help="What is best done next with the parts: use, issue, request or reserve.",
    )

    # === COMPUTES === #

    def _compute_part_request_count(self):
        counts = dict(
            self.env["qifei.part.request"]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
        )
        for order in self:
            order.part_request_count = counts.get(order._origin, 0)

    @api.depends("part_ids.state", "part_ids.quantity_missing", "state")
    @api.depends_context("uid")
    def _compute_part_steps(self):
        writable = self._filtered_access("write") if self.ids else self.browse()
        for order in self:
            parts = order.part_ids
            order.has_missing_parts = any(
                part._compare(part.quantity_missing) > 0 for part in parts
            )
            order.can_request_parts = (
                order in writable
                and order.engineer_id
                and order.state not in (*ORDER_LOCKED_STATES, "done")
                and any(part._get_unrequested() > 0 for part in parts)
            )
            for step in ("use", "return", "issue", "reserve"):
                order[f"can_{step}_parts"] = any(part[f"can_{step}"] for part in parts)
            order.next_part_step = order._get_next_part_step()

    # === GUARD === #

    @api.model
    def _get_engineer_fields(self):
        return super()._get_engineer_fields() | {"part_ids"}

    def write(self, vals):
        if "engineer_id" in vals:
            # What is reserved lies with the engineer, or goes to him.
            self.filtered(
                lambda order: order.engineer_id.id != vals["engineer_id"]
            ).part_ids._release()
        return super().write(vals)

    # === ACTIONS === #

    def action_reserve_parts(self):
        return self.part_ids.filtered("can_reserve").action_reserve()

    def action_issue_parts(self):
        return self.part_ids.filtered("can_issue").action_issue()

    def action_use_parts(self):
        return self.part_ids.filtered("can_use").action_use()

    def action_return_parts(self):
        return self.part_ids.filtered("can_return").action_return()

    def action_request_parts(self):
        """Request what is missing and let the orders that lack it wait."""
        self.check_access("write")
        self._claim()
        requests = self.env["qifei.part.request"]
        for order in self:
            needs = order._get_needs_to_request()
            requests |= requests._request_for_order(order, needs)
            order._hold_for_parts(needs)
        self._forget_parts_not_coming()
        self.invalidate_recordset(["part_request_ids", "part_request_count"])
        self.part_ids.invalidate_recordset(["quantity_requested", "quantity_to_issue"])
        return True

    def _get_needs_to_request(self):
        """Return ``{part: quantity}`` that is neither there nor on its way.

        :raise UserError: the order has no engineer, or nothing is missing
        """
        self.ensure_one()
        self.part_ids._check_order_open()
        self.part_ids._check_engineer()
        needs = {part: part._get_unrequested() for part in self.part_ids}
        needs = {part: quantity for part, quantity in needs.items() if quantity > 0}
        if not needs:
            raise UserError(
                self.env._(
                    "%(order)s lacks no part that is not requested already.",
                    order=self.name,
                )
            )
        return needs

    def _hold_for_parts(self, needs):
        """Put the order on hold where its state and the user's role allow it."""
        self.ensure_one()
        transition = self._get_transitions()["hold"]
        if self.state in transition.sources and self._may_use_transition(transition):
            self.action_hold(
                self.env._(
                    "Waits for parts: %(parts)s",
                    parts=", ".join(
                        part._get_quantity_text(quantity)
                        for part, quantity in needs.items()
                    ),
                )
            )
            self._seal({"held_for_parts": True})

    def action_view_part_requests(self):
        self.ensure_one()
        return self.part_request_ids._get_records_action(
            name=self.env._("Part requests")
        )

    # === STEPS OF THE ORDER === #

    def _resume_after_parts(self):
        """Go on with orders that waited for parts and have them all now.

        What has come lies with the engineer; it is reserved, so that nothing else
        takes it away.
        """
        waiting = self.filtered(
            lambda order: order.state not in (*ORDER_LOCKED_STATES, "done")
        )
        waiting.part_ids._reserve_free(with_warehouse=False)
        ready = waiting.filtered(
            lambda order: (
                order.state == "on_hold"
                and order.held_for_parts
                and not any(
                    part._compare(part.quantity_missing) > 0 for part in order.part_ids
                )
            )
        )
        if ready:
            ready.action_resume()
            ready._message_log_batch(
                bodies={
                    order.id: self.env._("All parts are there: the order goes on.")
                    for order in ready
                }
            )

    def action_resume(self):
        result = super().action_resume()
        held = self.filtered("held_for_parts")
        if held:
            held._seal({"held_for_parts": False})
            held._forget_parts_not_coming()
        return result

    def action_unassign(self):
        self._check_nothing_issued()
        return super().action_unassign()

    def action_reject(self, reason=None):
        self._check_nothing_issued()
        return super().action_reject(reason)

    def _check_nothing_issued(self):
        """Raise when the engineer who loses the order carries parts for it."""
        for order in self:
            carried = order.part_ids.filtered(lambda part: part.state == "issued")
            if carried:
                raise UserError(
                    self.env._(
                        "%(engineer)s carries %(parts)s for %(order)s: have them "
                        "returned first.",
                        engineer=order.engineer_id.name,
                        parts=", ".join(
                            part._get_quantity_text(part.quantity_open)
                            for part in carried
                        ),
                        order=order.name,
                    )
                )

    def action_complete(self):
        result = super().action_complete()
        self.part_ids.filtered(
            lambda part: part.quantity_reserved or part.quantity_held
        )._release()
        return result

    def action_cancel(self, reason=None):
        result = super().action_cancel(reason)
        # sudo: qifei.part.request - what the order asked for is not wanted any more
        self.sudo().part_request_ids.filtered(
            lambda request: request.state in REQUEST_CANCELLABLE
        ).action_cancel()
        self.part_ids._release()
        self._forget_parts_not_coming()
        self._ask_for_return()
        return result

    def _ask_for_return(self):
        """Ask the engineers for the parts they carry for cancelled orders."""
        for order in self:
            carried = order.part_ids.filtered(lambda part: part.state == "issued")
            if not carried:
                continue
            user = order.engineer_id.user_id or order.user_id or self.env.user
            lang_order = order.with_context(lang=user.lang)
            lang_order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=lang_order.env._(
                    "Return %(parts)s",
                    parts=", ".join(
                        part._get_quantity_text(part.quantity_open)
                        for part in carried.with_context(lang=user.lang)
                    ),
                ),
            )

    def _get_completion_blockers(self):
        blockers = super()._get_completion_blockers()
        for part in self.part_ids:
            if part._compare(part.quantity_open) > 0:
                blockers.append(
                    self.env._(
                        "%(part)s was issued: use it or return it.",
                        part=part._get_quantity_text(part.quantity_open),
                    )
                )
            elif (
                part.line_id
                and part.state in ("missing", "reserved")
                and (not part.quantity_used)
            ):
                blockers.append(
                    self.env._(
                        "%(part)s is charged but was not taken from stock: use it or "
                        "remove it.",
                        part=part._get_quantity_text(part.line_id.quantity),
                    )
                )
        return blockers

    # === PICKER === #

    def _get_carried_products(self):
        """Return what lies free in the van or at the service point of the engineer."""
        self.ensure_one()
        # sudo: qifei.engineer - his places, whoever plans the order
        places = self.sudo().engineer_id._get_supply_places(self.company_id)
        # sudo: stock.quant - what the engineer of the order carries
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [("location_id", "child_of", places.ids), ("quantity", ">", 0)],
                ["product_id"],
            )
        )
        return self.env["product.product"].browse(product.id for (product,) in groups)

    def _get_fitting_domain(self):
        """Return the domain of the parts that fit the machine of the order."""
        self.ensure_one()
        machine = self.equipment_id.product_id or self.product_id
        return machine._get_fit_domain(machine, machine.categ_id)
