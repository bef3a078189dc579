from odoo import models
from odoo.exceptions import UserError

from odoo.addons.qifei_aftersales.const import ORDER_LOCKED_STATES


class QifeiWorkOrderPart(models.Model):
    """What follows when the warehouse returns what was used in the Inventory app.

    The order then says what it would say without that use: the part is not charged, the
    machine has its old piece again, and nobody owes that any more.
    """

    _inherit = "qifei.work.order.part"

    def _check_use_undoable(self):
        """Raise when the orders are completed: what they used is reported already."""
        for order in self.order_id:
            if order.state in (*ORDER_LOCKED_STATES, "done"):
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: what it used stays used. Send it "
                        "back to work first, or take in what comes back with a "
                        "transfer of its own.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                    )
                )

    def _after_undo(self, moves):
        """Let charges, machines and old parts follow what was undone.

        :param moves: done moves that return what was moved for these parts
        """
        for part in self:
            if any(
                part._compare(quantity) < 0
                for quantity in (
                    part.quantity_issued,
                    part.quantity_used,
                    part.quantity_returned,
                )
            ):
                raise UserError(
                    self.env._(
                        "%(transfer)s returns more of %(product)s than was moved for "
                        "%(order)s: lower the quantity.",
                        transfer=(moves & part.move_ids).picking_id[:1].name,
                        product=part.product_id.display_name,
                        order=part.order_id.name,
                    )
                )
        self._sync_charges()
        undone = moves.filtered(lambda move: move.qifei_purpose == "use")
        if undone:
            reopened = self.env["qifei.equipment.part"]._unfit(undone.move_line_ids)
            self.env["qifei.old.part"]._give_back(
                undone.qifei_order_part_id, undone.picking_id, reopened
            )
