from odoo.tests import new_test_user

from odoo.addons.qifei_base.tests.common import QifeiCase


class StockCase(QifeiCase):
    """A warehouse with parts, an engineer with a van, and a service point."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.warehouse = cls.company._get_parts_warehouse()
        cls.stock = cls.warehouse.lot_stock_id
        cls.transit = cls.company._get_parts_location("transit")
        cls.defective = cls.company._get_parts_location("defective")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.engineer = cls.env["qifei.engineer"].create(
            {"name": "Van Keeper", "user_id": cls.users["engineer"].id}
        )
        cls.other_engineer = cls.env["qifei.engineer"].create({"name": "Other Keeper"})
        cls.van = cls.engineer._get_van()
        cls.other_van = cls.other_engineer._get_van()
        cls.point_partner = cls.env["res.partner"].create(
            {
                "name": "Stock point",
                "is_company": True,
                "qifei_is_service_partner": True,
            }
        )
        cls.other_partner = cls.point_partner.copy({"name": "Other stock point"})
        cls.point = cls.point_partner._get_point_location(cls.company)
        cls.other_point = cls.other_partner._get_point_location(cls.company)
        cls.portal_user = new_test_user(
            cls.env, login="qifei_test_stock_portal", groups="base.group_portal"
        )
        cls.portal_user.partner_id.parent_id = cls.point_partner
        cls.part = cls.create_part("Pump", standard_price=10.0)
        cls.serial_part = cls.create_part("Compressor", tracking="serial")
        cls.lots = cls.env["stock.lot"].create(
            [
                {"name": f"C-{number}", "product_id": cls.serial_part.id}
                for number in range(3)
            ]
        )
        cls.put(cls.stock, cls.part, 10)
        for lot in cls.lots:
            cls.put(cls.stock, cls.serial_part, 1, lot)

    @classmethod
    def create_part(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "qifei_is_part": True,
                **values,
            }
        )

    @classmethod
    def put(cls, location, product, quantity, lot=None):
        """Count pieces into a place, as the Inventory app does."""
        quant = (
            cls.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "lot_id": lot.id if lot else False,
                    "inventory_quantity": cls.held(location, product, lot) + quantity,
                }
            )
        )
        quant.action_apply_inventory()

    @classmethod
    def held(cls, location, product, lot=None):
        """Return what lies in a place."""
        domain = [("location_id", "=", location.id), ("product_id", "=", product.id)]
        if lot:
            domain.append(("lot_id", "=", lot.id))
        return sum(cls.env["stock.quant"].search(domain).mapped("quantity"))

    def transfer(self, purpose, source, destination, *entries, **values):
        """Move parts: entries are ``(product, quantity)`` or with a lot."""
        return self.env["stock.move"]._qifei_transfer(
            purpose,
            [
                {
                    "source": source,
                    "destination": destination,
                    "origin": "Test",
                    "moves": [
                        {
                            "product": product,
                            "quantity": quantity,
                            "lot": lot[0] if lot else None,
                        }
                        for product, quantity, *lot in entries
                    ],
                    **values,
                }
            ],
        )

    def stock_rows(self, user=None, **conditions):
        """Return the rows of the stock query a user sees, as the list reads them."""
        model = self.env["qifei.part.stock"]
        self.env.flush_all()
        model.invalidate_model()
        return (model.with_user(user) if user else model).search(
            [(name, "=", value) for name, value in conditions.items()]
        )
