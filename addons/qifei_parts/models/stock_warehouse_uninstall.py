from odoo import models
from odoo.fields import Domain


class StockWarehouse(models.Model):
    """What an uninstallation of the addon takes away, and what it leaves.

    Places, operations and routes were made without XML ids, for the companies and
    warehouses that are there. What nothing refers to any more goes with the addon. What
    stock, transfers or rules of somebody refer to stays: places as they are, operations
    and routes archived unless a transfer is still open.
    """

    _inherit = "stock.warehouse"

    def _remove_parts_data(self):
        routes = self.qifei_field_route_id
        rules = routes.with_context(active_test=False).rule_ids
        types = self.env["stock.picking.type"].union(
            *(
                self[f"qifei_{purpose}_type_id"]
                for purpose in self._get_parts_type_names()
            )
        )
        places = self._get_parts_places()
        gone = {"stock.rule": rules - self._get_referenced(rules, {})}
        gone["stock.route"] = routes - self._get_referenced(routes, gone)
        # A rule goes with its route only.
        gone["stock.rule"] &= (
            gone["stock.route"].with_context(active_test=False).rule_ids
        )
        gone["stock.picking.type"] = types - self._get_referenced(types, gone)
        gone["stock.location"] = self._get_unneeded_places(places, gone)
        (routes - gone["stock.route"]).active = False
        self._get_idle(types - gone["stock.picking.type"]).active = False
        # sudo: ir.sequence - the numbers of operations that go
        sequences = gone["stock.picking.type"].sudo().sequence_id
        for records in gone.values():
            records.unlink()
        sequences.unlink()

    def _get_parts_places(self):
        return (
            self.env["stock.location"]
            .with_context(active_test=False)
            .search([("qifei_kind", "!=", False)])
        )

    def _get_unneeded_places(self, places, gone):
        """Return the places that nobody refers to; what holds others goes with them."""
        roots = places.filtered(lambda place: place.qifei_kind == "field")
        leaves = places - roots
        leaves -= self._get_referenced(leaves, {**gone, "stock.location": places})
        leaving = {**gone, "stock.location": leaves | roots}
        # Children first: a location with others in it cannot be deleted.
        return leaves | (roots - self._get_referenced(roots, leaving))

    def _get_idle(self, types):
        """Return the operations that have no open transfer."""
        busy = self.env["stock.picking"]._read_group(
            [
                ("picking_type_id", "in", types.ids),
                ("state", "not in", ("done", "cancel")),
            ],
            ["picking_type_id"],
        )
        return types - types.browse().union(*(busy_type for (busy_type,) in busy))

    def _get_referenced(self, records, leaving):
        """Return which records a row of any table refers to.

        The links of warehouses to what was made for them do not count.

        :param leaving: ``{model: records}`` whose links do not count, either
        """
        referenced = records.browse()
        for field in self._get_references(records._name):
            going = leaving.get(field.model_name, ())
            domain = Domain(field.name, "in", records.ids)
            if going:
                domain &= Domain("id", "not in", going.ids)
            model = self.env[field.model_name].with_context(active_test=False)
            for (record,) in model._read_group(domain, [field.name]):
                referenced |= record & records
        return referenced

    def _get_references(self, model_name):
        """Return the stored fields that lead to a model, but those of warehouses."""
        return [
            field
            for model in self.env.registry.values()
            if model._auto and not model._transient and model._name != self._name
            for field in model._fields.values()
            if field.comodel_name == model_name
            and field.type in ("many2one", "many2many")
            and field.store
            and field.model_name == model._name
        ]
