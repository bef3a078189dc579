from typing import NamedTuple

from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.qifei_aftersales.const import (
    GROUP_AGENT,
    GROUP_DISPATCHER,
    GROUP_ENGINEER,
    GROUP_MANAGER,
)

GROUP_PARTS_KEEPER = "qifei_base.group_parts_keeper"


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
        self.check_access(rule.access)
        if not self._has_role(step):
            groups = self.env["res.groups"].union(
                *(self.env.ref(xml_id) for xml_id in rule.groups)
            )
            raise AccessError(
                self.env._(
                    "You may not do “%(step)s” with the parts of %(order)s. Ask "
                    "somebody with one of these roles: %(roles)s.",
                    step=self._get_step_label(step),
                    order=self[:1].order_id.name,
                    # sudo: res.groups - names of the suite's own roles
                    roles=", ".join(groups.sudo().mapped("name")),
                )
            )
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

    # === ACTIONS === #

    def action_reserve(self):
        self._reserve()
        return True

    def action_issue(self):
        """Hand the parts out; those with serial numbers are scanned first."""
        return self._open_book("issue")

    def action_use(self):
        """Say what was used; opens the list with everything filled in."""
        return self._open_book("use")

    def action_return(self):
        """Say what was not needed; opens the list with everything filled in."""
        return self._open_book("return")

    def _open_book(self, step):
        self._check_step(step)
        raise NotImplementedError

    # === STEPS === #

    def _reserve(self):
        """Reserve what is free: with the engineer first, then in the warehouse.

        What is not free anywhere stays needed and no error is raised.
        """
        self._check_step("reserve")

    def _issue(self, values=None):
        """Hand parts out to the engineers: one done transfer for each order and place.

        :param values: ``{part: [{"quantity": float, "lot": stock.lot}]}``; all that is
            to be issued when left out
        """
        self._check_step("issue")

    def _use(self, values=None):
        """Take parts from van or service point to the customer's, all in one batch.

        :param values: ``{part: [{"quantity": float, "lot": stock.lot, "old_serial":
            str, "product": product.product}]}``; ``lot`` for parts with serial
            numbers, ``old_serial`` is the number of the piece taken out, ``product``
            a substitute of the planned part. All that is planned and not used yet when
            left out
        """
        self._check_step("use")

    def _return(self, quantities=None):
        """Put what was issued and not used back into the warehouse.

        :param quantities: ``{part: [{"quantity": float, "lot": stock.lot}]}``; all that
            is open when left out
        """
        self._check_step("return")

    def _release(self):
        """Free the reservations of the parts, wherever they are."""
        # sudo: stock.move - reservations made by this document, rights checked
        moves_sudo = self.sudo().move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        moves_sudo._qifei_cancel()

    # === PLACES === #

    def _get_places(self):
        """Return where the engineer of each part may take it from.

        :return: ``{part.id: stock.location records}``, his van before his service point
        """
        # sudo: qifei.engineer, stock.location - places, for users without stock rights
        places = {}
        for engineer, parts in self.sudo().grouped("engineer_id").items():
            point = engineer.service_point_id.with_company(
                parts[:1].company_id
            ).qifei_point_location_id
            for part in parts:
                places[part.id] = engineer.van_location_id | point
        return places

    def _get_warehouse_places(self):
        """Return ``{company: stock location of its warehouse}``."""
        return {
            company: company._get_parts_warehouse().lot_stock_id
            for company in self.company_id
        }

    def _get_free(self, locations):
        """Return ``{(product id, location id): free quantity}`` with their shelves."""
        # sudo: stock.quant - free quantities are no secret from who sees the part
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("location_id", "child_of", locations.ids),
                    ("product_id", "in", self.product_id.ids),
                ],
                ["product_id", "location_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        )
        free = {}
        wanted = set(locations.ids)
        for product, location, quantity, reserved in groups:
            for location_id in map(int, location.parent_path.split("/")[:-1]):
                if location_id in wanted:
                    key = product.id, location_id
                    free[key] = free.get(key, 0.0) + quantity - reserved
        return free
