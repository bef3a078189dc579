from odoo.fields import Command

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase


class PartsCase(ServiceCase):
    """A machine of a customer, plain and numbered parts, stock in warehouse and van."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.stock = cls.company._get_parts_warehouse().lot_stock_id
        cls.van = cls.engineer._get_van()
        cls.other_van = cls.other_engineer._get_van()
        cls.customers = cls.customer.property_stock_customer
        cls.seal = cls.create_part("Door seal", default_code="SEAL")
        cls.board = cls.create_part("Control board", tracking="serial")
        cls.equipment = cls.env["qifei.equipment"].create(
            {
                "product_id": cls.product.id,
                "partner_id": cls.customer.id,
                "serial": "M-1",
            }
        )
        cls.keeper = cls.users["parts_keeper"]
        cls.engineer_user = cls.users["engineer"]

    @classmethod
    def create_part(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "qifei_is_part": True,
                "list_price": 50.0,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def put(cls, product, location, quantity=1.0, lot=None):
        """Let a quantity lie somewhere, as counted."""
        cls.env["stock.quant"]._update_available_quantity(
            product, location, quantity, lot_id=lot
        )

    @classmethod
    def put_piece(cls, product, location, name):
        lot = cls.env["stock.lot"].create({"name": name, "product_id": product.id})
        cls.put(product, location, 1.0, lot)
        return lot

    @classmethod
    def create_visit(cls, count=1, **values):
        """Create orders whose engineer has arrived."""
        orders = cls.create_orders(
            count, **{"equipment_id": cls.equipment.id, **values}
        )
        return cls.walk(orders, "arrive")

    @classmethod
    def plan(cls, order, product=None, quantity=1.0, **values):
        return cls.env["qifei.work.order.part"].create(
            {
                "order_id": order.id,
                "product_id": (product or cls.seal).id,
                "quantity": quantity,
                **values,
            }
        )

    @classmethod
    def get_quantity(cls, product, location):
        return sum(
            cls.env["stock.quant"]
            .search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "child_of", location.id),
                ]
            )
            .mapped("quantity")
        )

    @classmethod
    def report(cls, orders):
        orders.write({"diagnosis": "Worn", "result": "solved"})
