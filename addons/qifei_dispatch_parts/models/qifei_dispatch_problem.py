from collections import defaultdict

from odoo import api, models

from odoo.addons.qifei_dispatch.const import ORDER_ROUTE_STATES


class QifeiDispatchProblem(models.AbstractModel):
    """Tells planning which parts visits need and which the engineers have.

    A part that the engineer holds for an order, issued or reserved in his van, keeps
    the order with him and is needed no more. What is free in his van and at his
    service point serves any order; everything else is fetched at the warehouse.
    """

    _inherit = "qifei.dispatch.problem"

    @api.model
    def _get_needed_parts(self, orders):
        needed = super()._get_needed_parts(orders)
        parts = orders.part_ids
        outstanding = parts._get_outstanding()
        for part in parts:
            quantity = outstanding[part.id]
            if quantity:
                of_order = needed.setdefault(part.order_id.id, {})
                name = str(part.product_id.id)
                of_order[name] = of_order.get(name, 0.0) + quantity
        return needed

    @api.model
    def _get_van_parts(self, engineers):
        carried = super()._get_van_parts(engineers)
        places = self._get_places_by_engineer(engineers)
        products = self._get_wanted_products(engineers.company_id)
        if not products:
            return carried
        locations = self.env["stock.location"].union(*places.values())
        free = self.env["qifei.work.order.part"]._get_free(locations, products)
        by_place = defaultdict(dict)
        for (product_id, location_id), quantity in free.items():
            if quantity > 0:
                by_place[location_id][str(product_id)] = quantity
        for engineer_id, locations in places.items():
            van = carried.setdefault(engineer_id, {})
            for location in locations:
                for name, quantity in by_place[location.id].items():
                    van[name] = van.get(name, 0.0) + quantity
        return carried

    @api.model
    def _get_places_by_engineer(self, engineers):
        """Return ``{engineer id: places he takes parts from}``."""
        return {
            engineer.id: engineer._get_supply_places(company)
            for company, members in engineers.grouped("company_id").items()
            for engineer in members.with_company(company)
        }

    @api.model
    def _get_wanted_products(self, companies):
        """Return the parts that open orders are waiting for."""
        parts = self.env["qifei.work.order.part"].search_fetch(
            [
                ("company_id", "in", companies.ids),
                ("order_id.state", "in", ("draft", *ORDER_ROUTE_STATES)),
            ],
            ["product_id"],
        )
        return parts.product_id

    @api.model
    def _get_warehouse_place(self, company):
        """Return where the warehouse of the company stands, if that is known."""
        # sudo: stock.warehouse - its address, for planners without stock rights
        warehouse_sudo = (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", company.id)], limit=1)
        )
        partner_sudo = warehouse_sudo.partner_id
        place = (partner_sudo.partner_latitude, partner_sudo.partner_longitude)
        return place if any(place) else super()._get_warehouse_place(company)

    @api.model
    def _get_bound_orders(self, orders):
        """Keep an order with the engineer who holds a part for it."""
        held = orders.part_ids.filtered(
            lambda part: (
                part.order_id.engineer_id and part._compare(part.quantity_held) > 0
            )
        )
        return super()._get_bound_orders(orders) | held.order_id
