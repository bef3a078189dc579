from odoo.fields import Command

from .common_planning import PlanningCase


class TestPartMessages(PlanningCase):
    """What core tells customers about the transfers of parts."""

    def setUp(self):
        super().setUp()
        self.company.stock_move_email_validation = True
        self.customer.email = "customer@example.com"

    def _count_messages(self, picking):
        return self.env["mail.message"].search_count(
            [
                ("model", "=", picking._name),
                ("res_id", "=", picking.id),
                ("partner_ids", "in", self.customer.ids),
            ]
        )

    def test_used_parts_are_no_shipment_to_the_customer(self):
        picking = self.use(self.part, self.van, 1, self.days_ago(1))
        self.assertEqual(picking.state, "done")
        self.assertFalse(self._count_messages(picking))

    def test_deliveries_of_core_are_announced_as_before(self):
        warehouse = self.company._get_parts_warehouse()
        self.add_stock(self.part, 1)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "partner_id": self.customer.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.part.id,
                            "product_uom_qty": 1,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": self.customers.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.picked = True
        picking._action_done()
        self.assertTrue(self._count_messages(picking))
