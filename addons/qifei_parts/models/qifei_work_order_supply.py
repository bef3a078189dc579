from odoo import models
from odoo.exceptions import UserError

SLIP_PURPOSES = ("issue", "use", "return")
PARTS_MISSING = "qifei_parts.mail_activity_type_parts_missing"


class QifeiWorkOrder(models.Model):
    """What people are told about the parts of an order: next step, bad news, slips."""

    _inherit = "qifei.work.order"

    # === NEXT === #

    def _get_next_part_step(self):
        """Return the step with the parts that brings the order on; empty when none.

        On site, what is at hand is used before more is asked for, which ends the visit.
        Before it, the parts are brought together first.
        """
        self.ensure_one()
        parts = self.part_ids
        possible = {
            "use": any(
                part.can_use and part._compare(part.quantity_held + part.free_van) > 0
                for part in parts
            ),
            "issue": any(
                part.can_issue
                and part._compare(
                    part.quantity_reserved_warehouse + part.free_warehouse
                )
                > 0
                for part in parts
            ),
            "request": self.can_request_parts,
            "reserve": any(
                part.can_reserve
                and part._compare(part.free_van + part.free_warehouse) > 0
                for part in parts
            ),
        }
        steps = ["issue", "request", "reserve"]
        steps.insert(0 if self.state == "on_site" else len(steps), "use")
        return next((step for step in steps if possible[step]), "")

    # === PARTS THAT DO NOT COME === #

    def _tell_parts_not_coming(self):
        """Give whoever answers for an order a to-do when it waits for parts in vain.

        The order stays on hold: a visit without the part is of no use, and it goes on
        by itself should the part come after all. What to do is for a person to say:
        ask for the part again, take a substitute, or go on without it.
        """
        waiting = self.filtered(
            lambda order: (
                order.state == "on_hold"
                and order.held_for_parts
                # Settling a discrepancy may ship the part again.
                and "open" not in order.part_request_ids.discrepancy_ids.mapped("state")
            )
        )
        waiting.part_ids.invalidate_recordset(
            ["quantity_missing", "quantity_requested"]
        )
        told = set(waiting.activity_search([PARTS_MISSING]).mapped("res_id"))
        for order in waiting:
            lacking = {part: part._get_unrequested() for part in order.part_ids}
            lacking = {part: amount for part, amount in lacking.items() if amount > 0}
            if not lacking or order.id in told:
                continue
            user = order._get_parts_planner()
            order = order.with_context(lang=user.lang)
            parts = ", ".join(
                part.with_env(order.env)._get_quantity_text(quantity)
                for part, quantity in lacking.items()
            )
            order.activity_schedule(
                PARTS_MISSING,
                user_id=user.id,
                summary=order.env._("%(parts)s will not come", parts=parts),
                note=order.env._(
                    "The order still waits for it. Request it again, plan a "
                    "substitute, or go on without it."
                ),
            )

    def _get_parts_planner(self):
        """Return the dispatcher, or else a person who has to do with the parts."""
        self.ensure_one()
        users = (
            self.user_id
            | self.part_request_ids.requester_id
            | self.engineer_id.user_id
            | self.env.user
        )
        # What the program has planned or asked for, nobody would see.
        people = users.filtered(
            lambda user: user.active and not user.share and not user._is_superuser()
        )
        return people[:1] or self.env.user

    def _forget_parts_not_coming(self):
        # sudo: mail.activity - the parts are asked for, whoever the to-do belonged to
        self.sudo().activity_unlink([PARTS_MISSING])

    # === SLIPS === #

    def _get_parts_slips(self):
        """Return what was issued, used and returned for the orders, as superuser.

        Engineers have no stock rights, and print the slips of their own orders.

        :raise UserError: nothing has been moved for them yet
        """
        self.check_access("read")
        # Customers read their orders, too, but no slips of the house.
        self.env["qifei.work.order.part"].check_access("read")
        # sudo: stock.picking - slips of orders that the user may read
        slips_sudo = (
            self.env["stock.picking"]
            .sudo()
            .search(
                [
                    ("qifei_work_order_id", "in", self.ids),
                    ("picking_type_id.qifei_purpose", "in", SLIP_PURPOSES),
                    ("state", "=", "done"),
                ],
                order="id",
            )
        )
        if not slips_sudo:
            raise UserError(
                self.env._(
                    "No part of %(orders)s has been issued, used or returned yet: "
                    "there is no slip to print.",
                    orders=", ".join(self.mapped("name")),
                )
            )
        return slips_sudo
