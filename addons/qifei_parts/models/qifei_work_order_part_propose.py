from odoo import models


class QifeiWorkOrderPart(models.Model):
    """What the phone proposes for the next step, piece by piece."""

    _inherit = "qifei.work.order.part"

    def _propose_issue(self):
        self.ensure_one()
        return self._propose("issue", self.quantity_to_issue)

    def _propose_use(self):
        self.ensure_one()
        return self._propose(
            "use", max(self.quantity - self.quantity_used, self.quantity_open)
        )

    def _propose_return(self):
        self.ensure_one()
        return self._propose("return", self.quantity_open)

    def _propose(self, step, quantity):
        """Return values of the lines to confirm: one for each piece with a number.

        What is not there is shown, but not taken unless somebody says so.
        """
        if self._compare(quantity) <= 0:
            return []
        there = self._get_quantity_for(step, self.product_id)
        values = {
            "part_id": self.id,
            "product_id": self.product_id.id,
            "quantity": quantity,
            "is_chosen": self._compare(there) > 0,
        }
        if self.tracking != "serial":
            if values["is_chosen"]:
                values["quantity"] = min(quantity, there)
            if self.tracking == "lot":
                names = self._get_lots_for(step, self.product_id).mapped("name")
                values["serial"] = names[0] if names else ""
            return [values]
        names = self._get_lots_for(step, self.product_id).mapped("name")
        # As many pieces as are needed: there is nothing to choose, so nothing to enter.
        sure = self._get_sure_serials(step, names, quantity)
        return [
            {
                **values,
                "quantity": 1.0,
                "serial": sure[index] if index < len(sure) else "",
                "is_chosen": index < len(names),
            }
            for index in range(round(quantity))
        ]

    def _get_quantity_for(self, step, product):
        """Return how much there is of a product for a step of this part."""
        self.ensure_one()
        if step == "return":
            return self.quantity_open
        # sudo: stock.quant - free quantities, with who handles the part
        part_sudo = self.sudo()
        if step == "use":
            places = part_sudo._get_places()[self.id]
            held = self.quantity_held
        else:
            places = part_sudo._get_warehouse_places().get(
                part_sudo.company_id, part_sudo.env["stock.location"]
            )
            held = self.quantity_reserved_warehouse
        free = part_sudo._get_free(places, product)
        own = held if product == self.product_id else 0.0
        return own + sum(max(quantity, 0.0) for quantity in free.values())

    def _get_sure_serials(self, step, names, quantity):
        """Return the numbers of which there is no doubt."""
        if len(names) <= quantity:
            return names
        # sudo: stock.lot - numbers of the pieces handed out for this part
        issued = self._get_open_lots().sudo().mapped("name")
        return issued if step == "use" and len(issued) <= quantity else []

    def _get_lots_for(self, step, product):
        """Return the numbered pieces that there are for a step, as superuser.

        :param product: the part, or the substitute chosen instead
        """
        self.ensure_one()
        # sudo: stock.quant, stock.lot - pieces for this part, with who handles it
        part_sudo = self.sudo()
        if product.tracking == "none":
            return part_sudo.env["stock.lot"]
        if step == "return":
            return part_sudo._get_open_lots()
        places = (
            part_sudo._get_places()[self.id]
            if step == "use"
            else part_sudo._get_warehouse_places().get(
                part_sudo.company_id, part_sudo.env["stock.location"]
            )
        )
        quants = part_sudo.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", places.ids),
                ("lot_id", "!=", False),
                ("quantity", ">", 0),
            ],
            order="in_date, id",
        )
        return quants.lot_id
