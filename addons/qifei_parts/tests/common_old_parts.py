from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase


class OldPartCase(ServiceCase):
    """An engineer with a van, a service point, and parts whose old ones come back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.stock = cls.company._get_parts_warehouse().lot_stock_id
        cls.transit = cls.company._get_old_transit_location()
        cls.defective = cls.company._get_parts_location("defective")
        cls.customers = cls.customer.property_stock_customer
        cls.van = cls.engineer._get_van()
        cls.held = cls.engineer._get_old_location()
        cls.other_van = cls.other_engineer._get_van()
        cls.part = cls.create_part("Relay")
        cls.serial_part = cls.create_part("Compressor", tracking="serial")
        cls.point = cls.env["res.partner"].create(
            {
                "name": "Test point",
                "is_company": True,
                "qifei_is_service_partner": True,
                "email": "point@test.example",
            }
        )
        cls.point_location = cls.point._get_point_location(cls.company)
        cls.portal_user = new_test_user(
            cls.env, login="qifei_test_point", groups="base.group_portal"
        )
        cls.portal_user.partner_id.parent_id = cls.point
        cls.keeper = cls.users["parts_keeper"]
        cls.manager = cls.users["manager"]

    @classmethod
    def create_part(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "qifei_is_part": True,
                "qifei_old_part_return": True,
                "qifei_old_part_days": 14,
                **values,
            }
        )

    @classmethod
    def create_need(cls, product=None, quantity=1.0, **order_values):
        order = cls.create_orders(**order_values)
        return cls.env["qifei.work.order.part"].create(
            {
                "order_id": order.id,
                "product_id": (product or cls.part).id,
                "quantity": quantity,
            }
        )

    @classmethod
    def open(cls, product=None, quantity=1.0, source=None, old_product=None, **use):
        """Open the obligations of one use, as the work order does."""
        need = use.pop("need", None) or cls.create_need(product, quantity)
        return (
            cls.env["qifei.old.part"]
            ._open_for(
                [
                    {
                        "order_part": need,
                        "quantity": quantity,
                        "source": source or cls.van,
                        "product": old_product,
                        **use,
                    }
                ]
            )
            .sudo(False)
        )

    @classmethod
    def bring_to(cls, parts, state):
        """Take pieces on their way up to a state."""
        steps = {
            "owed": ("return", {}),
            "returned": ("receive", {}),
            "received": ("inspect", {"disposition": "scrap"}),
        }
        while parts[:1].state != state:
            step, arguments = steps[parts[:1].state]
            getattr(parts, f"action_{step}")(**arguments)
        return parts

    @classmethod
    def make_overdue(cls, parts, day="2020-01-01"):
        parts.sudo()._as_own_step().write({"due_on": fields.Date.to_date(day)})
        return parts

    def quantity_at(self, location, product=None, lot=None):
        """Return what core says lies at a place."""
        quants = self.env["stock.quant"].search(
            [
                ("location_id", "=", location.id),
                ("product_id", "=", (product or self.part).id),
                *([("lot_id", "=", lot.id)] if lot else []),
            ]
        )
        return sum(quants.mapped("quantity"))
