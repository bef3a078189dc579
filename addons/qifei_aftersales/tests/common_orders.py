import base64

from odoo.fields import Command

from odoo.addons.qifei_base.tests.common import QifeiCase

# The smallest valid PNG: one transparent pixel.
SIGNATURE = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    b"awAAAABJRU5ErkJggg=="
)

STEPS = ("assign", "accept", "depart", "arrive", "complete", "verify", "close")


class ServiceCase(QifeiCase):
    """A customer with a machine, two engineers with a login, and price-listed work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket_type = cls.env["qifei.ticket.type"].create(
            {
                "name": "Test repair",
                "code": "test_repair",
                "response_hours": 4,
                "solve_hours": 24,
                "accept_hours": 2,
                "warn_hours": 1,
            }
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Test customer",
                "phone": "+86 138 0000 0001",
                "email": "customer@test.example",
                "qifei_notify_by": "none",
            }
        )
        cls.product = cls.env["product.product"].create({"name": "Test fridge"})
        cls.labour = cls.env["product.product"].create(
            {
                "name": "Test labour",
                "type": "service",
                "list_price": 100.0,
                "taxes_id": [Command.clear()],
            }
        )
        cls.engineer = cls.env["qifei.engineer"].create(
            {"name": "Test engineer", "user_id": cls.users["engineer"].id}
        )
        cls.other_engineer = cls.env["qifei.engineer"].create(
            {"name": "Other engineer"}
        )

    @classmethod
    def create_tickets(cls, count=1, **values):
        return cls.env["qifei.ticket"].create(
            [
                {
                    "partner_id": cls.customer.id,
                    "ticket_type_id": cls.ticket_type.id,
                    "product_id": cls.product.id,
                    "description": f"Does not cool ({number})",
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def create_orders(cls, count=1, **values):
        return cls.env["qifei.work.order"].create(
            [
                {
                    "partner_id": cls.customer.id,
                    "ticket_type_id": cls.ticket_type.id,
                    "product_id": cls.product.id,
                    "engineer_id": cls.engineer.id,
                    "planned_start": "2031-03-03 09:00:00",
                    **values,
                }
                for _number in range(count)
            ]
        )

    @classmethod
    def add_charge(cls, order, price=100.0, **values):
        return cls.env["qifei.work.order.line"].create(
            {
                "order_id": order.id,
                "product_id": cls.labour.id,
                "price_unit": price,
                **values,
            }
        )

    @classmethod
    def walk(cls, orders, last):
        """Take orders through their steps up to and including ``last``."""
        for step in STEPS:
            if step == "complete":
                orders.write({"diagnosis": "Blown fuse", "result": "solved"})
            getattr(orders, f"action_{step}")()
            if step == last:
                return orders
        return orders

    @classmethod
    def seal(cls, order, **values):
        """Write what only the suite's own steps may write, to prepare a test."""
        order.sudo()._as_own_step().write(values)

    @classmethod
    def sign(cls, order):
        cls.seal(order, signature=SIGNATURE, signed_by="Test customer")

    @staticmethod
    def picture():
        return base64.b64decode(SIGNATURE)
