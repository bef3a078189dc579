from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.qifei_base.tools.texts import clean_text


class QifeiPartRequest(models.Model):
    """The steps of a request, from its submission to its end."""

    _inherit = "qifei.part.request"

    # === ASK === #

    def action_submit(self):
        """Hand the requests to the parts keepers."""
        self._check_transition("submit")
        for request in self:
            if not request.line_ids:
                raise UserError(
                    self.env._(
                        "%(request)s asks for nothing: add a part.",
                        request=request.name,
                    )
                )
            if not self.env.su and not self._is_keeper():
                request._check_own_place()
        self._check_old_parts_owed()
        self._apply_transition(
            "submit",
            {"submitted_on": fields.Datetime.now(), "submitted_by_id": self.env.uid},
        )
        return True

    def _check_old_parts_owed(self):
        """Raise when the holder of the destination owes too many old parts.

        Called before the requests are submitted.
        """

    def action_cancel(self):
        """Give the requests up and free what was reserved for them."""
        self._check_transition("cancel")
        if not self.env.su and not self._is_keeper():
            for request in self:
                if request.requester_id != self.env.user:
                    raise AccessError(
                        self.env._(
                            "%(request)s was made by %(requester)s: ask him or a parts "
                            "keeper to cancel it.",
                            request=request.name,
                            requester=request.requester_id.name,
                        )
                    )
        self._claim()
        self._apply_transition("cancel", {"closed_on": fields.Datetime.now()})
        self._cancel_moves()
        return True

    # === APPROVE === #

    def action_approve(self):
        """Grant the requests and reserve what is there; nobody approves his own."""
        self._check_transition("approve")
        for request in self:
            request._check_approver()
            if not any(line.quantity_approved > 0 for line in request.line_ids):
                raise UserError(
                    self.env._(
                        "Nothing of %(request)s is granted: reject it instead.",
                        request=request.name,
                    )
                )
        self._check_tiers()
        self._claim()
        self._apply_transition(
            "approve",
            {"approved_on": fields.Datetime.now(), "approved_by_id": self.env.uid},
        )
        self._reserve(
            {
                line: line.quantity_approved
                for line in self.line_ids
                if line.quantity_approved > 0
            }
        )
        return True

    def _check_approver(self):
        """Raise when the user asked for it: as requester, author or who submitted."""
        self.ensure_one()
        askers = self.requester_id | self.create_uid
        if not self.env.user._is_superuser():
            # What the program submits, nobody has asked for by that.
            askers |= self.submitted_by_id
        if self.env.user in askers:
            raise AccessError(
                self.env._(
                    "You asked for %(request)s yourself: another parts keeper has to "
                    "approve it.",
                    request=self.name,
                )
            )

    def action_reject(self, reason=None):
        """Refuse the requests and tell why."""
        self._check_transition("reject")
        reason = clean_text(reason)
        if not reason:
            raise UserError(
                self.env._(
                    "Say why %(request)s is rejected: the requester reads it.",
                    request=", ".join(self.mapped("name")),
                )
            )
        self._apply_transition(
            "reject", {"closed_on": fields.Datetime.now(), "reject_reason": reason}
        )
        for request in self:
            request.message_post(
                body=self.env._("Rejected: %(reason)s", reason=reason),
                subtype_xmlid="mail.mt_comment",
            )
        return True

    def action_ask_reject(self):
        """Ask why before the requests are rejected."""
        self._check_transition("reject")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "qifei_parts.qifei_part_request_reject_action"
        )
        action["context"] = {"default_request_ids": self.ids}
        return action

    # === SHIP === #

    def action_ship(self):
        """Ship all that is granted in one consignment."""
        self._check_transition("ship")
        for request in self:
            request._ship()
        return True

    def action_open_ship(self):
        """Choose what is shipped now, with which carrier."""
        self.ensure_one()
        self._check_shippable()
        return self._open_saved_wizard("qifei.part.request.ship", self.env._("Ship"))

    def action_ship_more(self):
        """Ship a further consignment of what is still open."""
        self.ensure_one()
        return self.action_open_ship()

    def action_reship(self):
        """Ship what is replaced after a settled discrepancy."""
        self._check_transition("reship")
        for request in self:
            request._ship()
        return True

    # === RECEIVE === #

    def action_receive(self):
        """Receive all that is on the way, counted as shipped."""
        self._check_transition("receive")
        for request in self:
            request._receive_all()
        return True

    def action_open_receive(self):
        """Count what has arrived."""
        self.ensure_one()
        self._check_transition("receive")
        return self._open_saved_wizard(
            "qifei.part.request.receive", self.env._("Receive")
        )

    def _on_received(self):
        """Extension point: parts of these requests have just been received."""

    def action_finish(self):
        """Close the requests once all is shipped and every discrepancy settled."""
        self._check_transition("finish")
        for request in self:
            if request.open_discrepancy_count:
                raise UserError(
                    self.env._(
                        "%(request)s has %(count)s discrepancies that are not settled: "
                        "settle them first.",
                        request=request.name,
                        count=request.open_discrepancy_count,
                    )
                )
            if request._get_open_moves("ship"):
                raise UserError(
                    self.env._(
                        "Parts of %(request)s are still to be shipped: ship them, or "
                        "cancel their transfer.",
                        request=request.name,
                    )
                )
        self._apply_transition("finish", {"done_on": fields.Datetime.now()})
        return True

    # === SCREENS === #

    def _open_saved_wizard(self, model_name, title):
        """Open a wizard whose lines are saved already.

        They say of which part and lot they are, which the user only reads; a browser
        does not send back what it may not change.
        """
        self.ensure_one()
        wizard = self.env[model_name].create({"request_id": self.id})
        return wizard._get_records_action(name=title, target="new")

    def action_open_pickings(self):
        """Open the core transfers of the request."""
        self.ensure_one()
        return self.picking_ids._get_records_action(name=self.env._("Transfers"))

    def action_open_discrepancies(self):
        self.ensure_one()
        return self.discrepancy_ids._get_records_action(
            name=self.env._("Discrepancies")
        )

    # === MADE BY THE SUITE === #

    @api.model
    def _request_for_order(self, order, needs):
        """Make and submit a request for what a work order lacks.

        :param order: the qifei.work.order; they go where its engineer fetches them
        :param needs: ``{qifei.work.order.part: quantity}``
        :return: the request
        """
        order.ensure_one()
        # sudo: qifei.engineer - his van or service point, whoever plans the order
        place_sudo = order.engineer_id.sudo()._get_delivery_place(order.company_id)
        # sudo: qifei.part.request - whoever plans the order may have it supplied
        request_sudo = self.sudo().create(
            {
                "company_id": order.company_id.id,
                "destination_id": place_sudo.id,
                "work_order_id": order.id,
                "priority": order.priority,
                "needed_on": order.planned_start and order.planned_start.date(),
                "line_ids": [
                    Command.create(
                        {
                            "product_id": need.product_id.id,
                            "quantity": quantity,
                            "order_part_id": need.id,
                        }
                    )
                    for need, quantity in needs.items()
                    if quantity > 0
                ],
            }
        )
        request_sudo.action_submit()
        return request_sudo.with_env(self.env)

    @api.model
    def _request_transfer(self, source, destination, quantities):
        """Make and submit a request that moves parts between two holders.

        :param source: stock.location that has them to spare
        :param destination: stock.location of a van or service point
        :param quantities: ``{product.product: quantity}``
        :return: the request
        """
        request = self.create(
            {
                "company_id": destination.company_id.id,
                "source_id": source.id,
                "destination_id": destination.id,
                "line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity})
                    for product, quantity in quantities.items()
                    if quantity > 0
                ],
            }
        )
        request.action_submit()
        return request
