from odoo import api, models
from odoo.tools import SQL

from ..const import OPEN_MOVE_STATES

# Sum of the moves of a need by the purpose of their operation.
MOVED = ("issue", "use", "return")
REQUEST_OPEN_STATES = ("draft", "submitted", "approved", "shipped", "received")


class QifeiWorkOrderPart(models.Model):
    """What has become of a part: its quantities and its state, from stock moves."""

    _inherit = "qifei.work.order.part"

    # === FROM STOCK MOVES === #

    @api.depends("quantity", "move_ids.state", "move_ids.quantity")
    def _compute_quantities(self):
        moved = self._get_moved()
        for part in self:
            sums = moved.get(part._origin.id, {})
            part.quantity_issued = sums.get("issue", 0.0)
            part.quantity_used = sums.get("use", 0.0)
            part.quantity_returned = sums.get("return", 0.0)
            part.quantity_open = max(
                part.quantity_issued - part.quantity_used - part.quantity_returned, 0.0
            )
            part.quantity_held = sums.get("reserved use", 0.0)
            part.quantity_reserved_warehouse = sums.get("reserved issue", 0.0)
            # What was issued is held, too, but has gone further than reserved.
            part.quantity_reserved = part.quantity_reserved_warehouse + max(
                part.quantity_held - part.quantity_open, 0.0
            )
            part.state = part._get_state()

    def _get_moved(self):
        """Add up the moves of the parts.

        :return: ``{id: {purpose: quantity done, "reserved <purpose>": quantity}}``
        """
        moved = {}
        groups = self.env["stock.move"]._read_group(
            [
                ("qifei_order_part_id", "in", self.ids),
                ("qifei_purpose", "in", MOVED),
                ("state", "in", (*OPEN_MOVE_STATES, "done")),
            ],
            [
                "qifei_order_part_id",
                "qifei_purpose",
                "state",
                "origin_returned_move_id",
            ],
            ["quantity:sum"],
        )
        for part, purpose, state, returned, quantity in groups:
            if returned and state != "done":
                continue
            sums = moved.setdefault(part.id, {})
            key = purpose if state == "done" else f"reserved {purpose}"
            # What the warehouse returns in the Inventory app has not happened.
            sums[key] = sums.get(key, 0.0) + (-quantity if returned else quantity)
        return moved

    def _get_state(self):
        """Return the state; ``_search_state`` says the same in SQL."""
        self.ensure_one()
        if self._compare(self.quantity_open) > 0:
            return "issued"
        if self._compare(self.quantity_used, self.quantity) >= 0:
            return "used"
        if (
            self._compare(self.quantity_reserved) > 0
            and self._compare(
                self.quantity_reserved + self.quantity_used, self.quantity
            )
            >= 0
        ):
            return "reserved"
        if self._compare(self.quantity_used) > 0:
            return "used"
        if (
            self._compare(self.quantity_returned) > 0
            and self._compare(self.quantity_reserved) <= 0
        ):
            return "returned"
        return "missing"

    def _get_unrequested(self):
        """Return what is neither there nor on its way."""
        self.ensure_one()
        quantity = self.quantity_missing - self.quantity_requested
        return quantity if self._compare(quantity) > 0 else 0.0

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["stock.move"].flush_model(
            [
                "qifei_order_part_id",
                "qifei_purpose",
                "state",
                "quantity",
                "origin_returned_move_id",
            ]
        )
        self.flush_model(["quantity"])
        return [
            (
                "id",
                "in",
                SQL(
                    """(
                    SELECT moved.id
                      FROM (
                        SELECT part.id,
                               part.quantity AS planned,
                               COALESCE(SUM(move.quantity) FILTER (
                                   WHERE move.is_done AND move.purpose = 'issue'
                               ), 0) AS issued,
                               COALESCE(SUM(move.quantity) FILTER (
                                   WHERE move.is_done AND move.purpose = 'use'
                               ), 0) AS used,
                               COALESCE(SUM(move.quantity) FILTER (
                                   WHERE move.is_done AND move.purpose = 'return'
                               ), 0) AS returned,
                               COALESCE(SUM(move.quantity) FILTER (
                                   WHERE NOT move.is_done
                               ), 0) AS reserved
                          FROM qifei_work_order_part part
                     LEFT JOIN (
                            SELECT qifei_order_part_id AS part_id,
                                   qifei_purpose AS purpose,
                                   state = 'done' AS is_done,
                                   CASE WHEN origin_returned_move_id IS NULL
                                        THEN quantity ELSE -quantity END AS quantity
                              FROM stock_move
                             WHERE qifei_order_part_id IS NOT NULL
                               AND qifei_purpose IN %s
                               AND state IN %s
                               AND (state = 'done' OR origin_returned_move_id IS NULL)
                               ) move ON move.part_id = part.id
                      GROUP BY part.id
                      ) moved
                     WHERE CASE
                        WHEN moved.issued - moved.used - moved.returned > 0.000001
                            THEN 'issued'
                        WHEN moved.used >= moved.planned - 0.000001 THEN 'used'
                        WHEN moved.reserved > 0
                         AND moved.reserved + moved.used >= moved.planned - 0.000001
                            THEN 'reserved'
                        WHEN moved.used > 0 THEN 'used'
                        WHEN moved.returned > 0 AND moved.reserved <= 0 THEN 'returned'
                        ELSE 'missing'
                     END IN %s)""",
                    MOVED,
                    (*OPEN_MOVE_STATES, "done"),
                    tuple(value) or (None,),
                ),
            )
        ]

    # === FROM STOCK AND REQUESTS === #

    @api.depends("quantity", "product_id", "order_id.engineer_id", "move_ids.state")
    def _compute_free(self):
        places = self._get_places()
        warehouses = self._get_warehouse_places()
        free = self._get_free(
            self.env["stock.location"].union(*places.values(), *warehouses.values())
        )
        requested = self._get_requested()
        for part in self:
            product = part.product_id
            part.free_van = sum(
                free.get((product.id, place.id), 0.0) for place in places[part.id]
            )
            warehouse = warehouses.get(part.company_id, self.env["stock.location"])
            part.free_warehouse = free.get((product.id, warehouse.id), 0.0)
            part.quantity_requested = requested.get(part._origin.id, 0.0)
            lacking = max(part._get_unreserved() - max(part.free_van, 0.0), 0.0)
            part.quantity_missing = lacking
            part.quantity_to_issue = max(
                lacking + part.quantity_reserved_warehouse - part.quantity_requested,
                0.0,
            )

    def _get_requested(self):
        """Return ``{part id: quantity that is still to come by a part request}``."""
        lines = self.env["qifei.part.request.line"].search(
            [
                ("order_part_id", "in", self._origin.ids),
                ("request_id.state", "in", REQUEST_OPEN_STATES),
            ]
        )
        requested = {}
        for line in lines:
            coming = (
                line.quantity_approved
                if line.state in ("draft", "submitted")
                else line.quantity_open + line.quantity_transit
            )
            part_id = line.order_part_id.id
            requested[part_id] = requested.get(part_id, 0.0) + coming
        return requested
