from typing import NamedTuple

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..const import (
    GROUP_AGENT,
    GROUP_DISPATCHER,
    GROUP_ENGINEER,
    GROUP_MANAGER,
    GROUP_PARTS_KEEPER,
    OPEN_MOVE_STATES,
)


class StepRule(NamedTuple):
    """When and by whom a step of a part may be done.

    :param states: states of the order; empty means all
    :param groups: XML ids of the groups, any of them
    :param access: access to the part that the user needs besides
    """

    states: tuple[str, ...]
    groups: tuple[str, ...]
    access: str


class QifeiWorkOrderPart(models.Model):
    """How the parts of orders are reserved, issued, used and returned, in batch.

    Each step checks role, state and ownership for the user first, keeps others out,
    and then moves stock with ``stock.move._qifei_transfer``.
    """

    _inherit = "qifei.work.order.part"

    # === RULES === #

    def _get_step_rules(self):
        return {
            "reserve": StepRule(
                ("draft", "assigned", "accepted", "en_route", "on_site", "on_hold"),
                (GROUP_ENGINEER, GROUP_AGENT, GROUP_DISPATCHER, GROUP_PARTS_KEEPER),
                "read",
            ),
            "issue": StepRule(
                ("assigned", "accepted", "en_route", "on_site", "on_hold"),
                (GROUP_PARTS_KEEPER,),
                "read",
            ),
            "use": StepRule(
                ("accepted", "en_route", "on_site"),
                (GROUP_ENGINEER, GROUP_MANAGER),
                "write",
            ),
            "return": StepRule((), (GROUP_ENGINEER, GROUP_PARTS_KEEPER), "read"),
        }

    def _get_step_label(self, step):
        return {
            "reserve": self.env._("Reserve"),
            "issue": self.env._("Issue"),
            "use": self.env._("Use"),
            "return": self.env._("Return"),
        }[step]

    def _has_role(self, step):
        return self.env.su or any(
            self.env.user.has_group(group)
            for group in self._get_step_rules()[step].groups
        )

    def _check_step(self, step):
        """Raise unless the user may do this step with all of these parts now.

        :raise AccessError: the parts are on somebody else's order, or not his job
        :raise UserError: the order is in another state
        """
        rule = self._get_step_rules()[step]
        self.check_access("read")
        if not self._has_role(step):
            self._refuse_role(step)
        self.check_access(rule.access)
        for order in self.order_id if rule.states else ():
            if order.state not in rule.states:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”. “%(step)s” is possible only while "
                        "it is: %(states)s.",
                        order=order.name,
                        state=order._get_state_label(order.state),
                        step=self._get_step_label(step),
                        states=", ".join(
                            order._get_state_label(state) for state in rule.states
                        ),
                    )
                )

    def _refuse_role(self, step):
        """Raise and name who may do this step with these parts."""
        order = self[:1].order_id
        if step == "use" and order.engineer_id:
            raise AccessError(
                self.env._(
                    "The parts of %(order)s are used by %(engineer)s, who makes the "
                    "visit, or by a manager: ask one of them.",
                    order=order.name,
                    engineer=order.engineer_id.name,
                )
            )
        groups = self.env["res.groups"].union(
            *(self.env.ref(xml_id) for xml_id in self._get_step_rules()[step].groups)
        )
        raise AccessError(
            self.env._(
                "You may not do “%(step)s” with the parts of %(order)s. Ask somebody "
                "with one of these roles: %(roles)s.",
                step=self._get_step_label(step),
                order=order.name,
                # sudo: res.groups - names of the suite's own roles
                roles=", ".join(groups.sudo().mapped("name")),
            )
        )

    # === ACTIONS === #

    def action_reserve(self):
        """Reserve what is free; says so when nothing is."""
        self._reserve()
        if not any(part.quantity_reserved for part in self):
            raise UserError(
                self.env._(
                    "Nothing is free for %(order)s, neither with the engineer nor in "
                    "the warehouse: request %(parts)s.",
                    order=", ".join(self.order_id.mapped("name")),
                    parts=", ".join(self.product_id.mapped("display_name")),
                )
            )
        return True

    def action_issue(self):
        """Hand the parts out; the list comes with everything filled in."""
        return self._open_book("issue")

    def action_use(self):
        """Say what was used; the list comes with everything filled in."""
        return self._open_book("use")

    def action_return(self):
        """Say what was not needed; the list comes with everything filled in."""
        return self._open_book("return")

    def _open_book(self, step):
        self._check_step(step)
        return self.env["qifei.work.order.part.book"]._open(self, step)

    # === RESERVE === #

    def _reserve(self):
        """Reserve what is free: with the engineer first, then in the warehouse.

        What is not free anywhere stays needed, and nobody is told.

        :raise UserError: an order has no engineer to reserve for
        """
        self._check_step("reserve")
        self._check_engineer()
        self._claim()
        self._reserve_free()

    def _reserve_free(self, *, with_warehouse=True):
        """Reserve what is free, and hold what was issued, for these parts alone.

        :param with_warehouse: reserve in the warehouse what the engineer does not have
        """
        # sudo: stock.move, stock.quant - the step was checked, engineers have no rights
        parts_sudo = self.sudo().filtered("engineer_id")
        places = parts_sudo._get_places()
        warehouses = parts_sudo._get_warehouse_places() if with_warehouse else {}
        free = parts_sudo._get_free(
            self.env["stock.location"].union(*places.values(), *warehouses.values())
        )
        transfers = {"use": {}, "issue": {}}
        for part in parts_sudo:
            part._hold_issued(transfers["use"], free)
            wanted = part._get_unreserved()
            sources = [("use", place) for place in places[part.id]]
            if part.company_id in warehouses:
                sources.append(("issue", warehouses[part.company_id]))
            for purpose, place in sources:
                key = part.product_id.id, place.id
                quantity = min(wanted, free.get(key, 0.0))
                if part._compare(quantity) > 0:
                    wanted -= quantity
                    free[key] -= quantity
                    part._add_move(transfers[purpose], purpose, place, quantity)
        for purpose, by_place in transfers.items():
            if by_place:
                parts_sudo.env["stock.move"]._qifei_reserve(
                    purpose, list(by_place.values())
                )

    def _hold_issued(self, transfers, free):
        """Hold the pieces that were issued for this part and are not held yet."""
        self.ensure_one()
        missing = self.quantity_open - self.quantity_held
        if self._compare(missing) <= 0:
            return
        place = self._get_issued_places()[self.id]
        pieces = self._prepare_open_values()
        if self.tracking != "serial":
            pieces = [{"quantity": missing}]
        for piece in pieces:
            key = self.product_id.id, place.id
            quantity = min(piece["quantity"], free.get(key, 0.0))
            if self._compare(quantity) > 0:
                free[key] -= quantity
                self._add_move(transfers, "use", place, quantity, lot=piece.get("lot"))

    def _get_unreserved(self):
        """Return what is wanted and neither used, issued nor reserved."""
        self.ensure_one()
        if self.state == "returned":
            return 0.0
        covered = self.quantity_used + self.quantity_open + self.quantity_reserved
        return max(self.quantity - covered, 0.0)

    def _release(self, purposes=("use", "issue")):
        """Free the reservations of the parts in van and warehouse."""
        # sudo: stock.move - reservations made by this document, rights checked
        self.sudo()._get_reservations(purposes)._qifei_cancel()

    def _get_reservations(self, purposes):
        return self.env["stock.move"].search(
            [
                ("qifei_order_part_id", "in", self.ids),
                ("qifei_purpose", "in", purposes),
                ("state", "in", OPEN_MOVE_STATES),
                ("origin_returned_move_id", "=", False),
            ]
        )

    # === ISSUE === #

    def _issue(self, values=None):
        """Hand parts out to the engineers: one done transfer for each order.

        :param values: ``{part: [{"quantity": float, "lot": stock.lot}]}``; all that is
            to be issued when left out
        """
        self._check_step("issue")
        self._check_engineer()
        self._claim()
        if values is None:
            values = {
                part: [{"quantity": part.quantity_to_issue}]
                for part in self
                if part._compare(part.quantity_to_issue) > 0
            }
        self._check_quantities(values)
        warehouses = self._get_stock_places()
        transfers = {}
        for part, moves in values.items():
            for move in moves:
                part._add_move(
                    transfers,
                    "issue",
                    warehouses[part.company_id],
                    move["quantity"],
                    lot=move.get("lot"),
                )
        self._release(("issue",))
        pickings = self._transfer("issue", transfers)
        self._hold_transferred(pickings)
        # sudo: qifei.work.order - the parts are there, whoever handed them out
        self.sudo().order_id._resume_after_parts()
        return pickings

    def _hold_transferred(self, pickings):
        """Hold in the van what has just been issued, piece by piece."""
        transfers = {}
        # sudo: stock.move.line - what these steps have just moved
        for line in pickings.sudo().move_line_ids:
            part = line.move_id.qifei_order_part_id
            part._add_move(
                transfers, "use", line.location_dest_id, line.quantity, lot=line.lot_id
            )
        if transfers:
            # sudo: stock.move - role, state and ownership were checked for this step
            self.env["stock.move"].sudo()._qifei_reserve(
                "use", list(transfers.values())
            )

    # === RETURN === #

    def _return(self, values=None):
        """Put what was issued and not used back into the warehouse.

        :param values: ``{part: [{"quantity": float, "lot": stock.lot}]}``; all that is
            open when left out
        """
        self._check_step("return")
        self._claim()
        if values is None:
            values = {
                part: part._prepare_open_values()
                for part in self
                if part._compare(part.quantity_open) > 0
            }
        self._check_quantities(values)
        places = self._get_issued_places()
        warehouses = self._get_stock_places()
        transfers = {}
        for part, moves in values.items():
            part._check_returnable(sum(move["quantity"] for move in moves))
            for move in moves:
                part._add_move(
                    transfers,
                    "return",
                    places[part.id],
                    move["quantity"],
                    lot=move.get("lot"),
                    destination=warehouses[part.company_id],
                )
        self._release(("use",))
        pickings = self._transfer("return", transfers)
        self.filtered("quantity_open")._reserve_free(with_warehouse=False)
        self._sync_charges()
        return pickings

    def _check_returnable(self, quantity):
        self.ensure_one()
        if self._compare(quantity, self.quantity_open) > 0:
            raise UserError(
                self.env._(
                    "%(open)s × %(product)s of %(order)s are still open: %(quantity)s "
                    "cannot be returned.",
                    open=f"{self.quantity_open:g}",
                    product=self.product_id.display_name,
                    order=self.order_id.name,
                    quantity=f"{quantity:g}",
                )
            )

    def _prepare_open_values(self):
        """Return what is open of one part, piece by piece where pieces have numbers."""
        lots = self._get_open_lots()
        if self.tracking == "serial":
            return [{"quantity": 1.0, "lot": lot} for lot in lots]
        return [{"quantity": self.quantity_open, "lot": lots[:1]}]

    def _get_open_lots(self):
        """Return the lots that were issued for one part and not used or returned."""
        self.ensure_one()
        # sudo: stock.move.line - numbers of the pieces handed out for this part
        lines_sudo = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("move_id.qifei_order_part_id", "=", self.id),
                    ("state", "=", "done"),
                    ("lot_id", "!=", False),
                ],
                order="id",
            )
        )
        balance = {}
        for line in lines_sudo:
            move = line.move_id
            sign = {"issue": 1, "use": -1, "return": -1}.get(move.qifei_purpose, 0)
            if move.origin_returned_move_id:
                sign = -sign
            balance[line.lot_id] = balance.get(line.lot_id, 0.0) + sign * line.quantity
        return self.env["stock.lot"].union(
            *(lot for lot, quantity in balance.items() if self._compare(quantity) > 0)
        )

    # === TRANSFERS === #

    def _check_engineer(self):
        for order in self.order_id:
            if not order.engineer_id:
                raise UserError(
                    self.env._(
                        "%(order)s has no engineer yet: choose one, the parts go into "
                        "his van.",
                        order=order.name,
                    )
                )

    def _check_quantities(self, values):
        """Raise for quantities that are no quantities."""
        if not any(values.values()):
            raise UserError(
                self.env._(
                    "There is nothing to do for the parts of %(orders)s.",
                    orders=", ".join(self.order_id.mapped("name")),
                )
            )
        for part, moves in values.items():
            for move in moves:
                part._check_plausible({"quantity": move["quantity"]})
                if part._compare(move["quantity"]) <= 0:
                    raise UserError(
                        self.env._(
                            "The quantity of %(product)s on %(order)s must be more "
                            "than zero.",
                            product=part.product_id.display_name,
                            order=part.order_id.name,
                        )
                    )

    def _add_move(
        self, transfers, purpose, source, quantity, *, lot=None, destination=None
    ):
        """Add one move of this part to the transfer of its order from this place.

        :param transfers: ``{(order, source): transfer}``, see ``_qifei_transfer``
        """
        self.ensure_one()
        order = self.order_id
        if (order, source) not in transfers:
            if destination is None:
                destination = self._get_destination(purpose)
            transfers[order, source] = {
                "source": source,
                "destination": destination,
                "partner": order.partner_id,
                "origin": order.name,
                "picking_values": {"qifei_work_order_id": order.id},
                "moves": [],
            }
        transfers[order, source]["moves"].append(
            {
                "product": self.product_id,
                "quantity": quantity,
                "lot": lot or self.env["stock.lot"],
                "values": {"qifei_order_part_id": self.id},
            }
        )

    def _get_destination(self, purpose):
        self.ensure_one()
        order = self.order_id
        if purpose == "issue":
            # sudo: qifei.engineer - his van, for whoever hands parts out
            engineer_sudo = order.engineer_id.sudo()
            return engineer_sudo.van_location_id or engineer_sudo._get_van()
        # sudo: res.partner - where goods for this customer go
        partner_sudo = order.partner_id.with_company(order.company_id).sudo()
        return partner_sudo.property_stock_customer

    def _transfer(self, purpose, transfers):
        # sudo: stock.move - role, state and ownership were checked for this step
        moves_sudo = self.env["stock.move"].sudo()
        return moves_sudo._qifei_transfer(purpose, list(transfers.values()))
