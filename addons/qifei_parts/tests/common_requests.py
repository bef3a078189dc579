from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.qifei_aftersales.tests.common_orders import ServiceCase


class RequestCase(ServiceCase):
    """A stocked warehouse, two vans, a service point, and requests for parts.

    ``cls.part`` is plain, ``cls.serial_part`` is tracked by serial number. Requests are
    made by ``users["engineer"]`` for his van, and approved by
    ``users["parts_keeper"]``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.stock = cls.company._get_parts_warehouse().lot_stock_id
        cls.transit = cls.company._get_parts_location("transit")
        cls.defective = cls.company._get_parts_location("defective")
        cls.van = cls.engineer._get_van()
        cls.other_van = cls.other_engineer._get_van()
        cls.point_partner = cls.env["res.partner"].create(
            {
                "name": "Test point",
                "is_company": True,
                "qifei_is_service_partner": True,
            }
        )
        cls.point = cls.point_partner._get_point_location(cls.company)
        cls.portal_user = new_test_user(
            cls.env, login="qifei_test_point_portal", groups="base.group_portal"
        )
        cls.portal_user.partner_id.parent_id = cls.point_partner
        cls.part, cls.other_part, cls.wrong_part = cls.create_parts(3)
        cls.serial_part = cls.create_parts(1, tracking="serial")
        for part in cls.part | cls.other_part | cls.wrong_part:
            cls.add_stock(part, 10)
        cls.lots = cls.env["stock.lot"].create(
            [
                {"name": f"SN-{number}", "product_id": cls.serial_part.id}
                for number in range(3)
            ]
        )
        for lot in cls.lots:
            cls.add_stock(cls.serial_part, 1, lot=lot)
        cls.photo = cls.env["ir.attachment"].create(
            {"name": "damage.png", "raw": cls.picture(), "mimetype": "image/png"}
        )

    @classmethod
    def create_parts(cls, count, **values):
        return cls.env["product.product"].create(
            [
                {
                    "name": f"Test part {number}",
                    "is_storable": True,
                    "qifei_is_part": True,
                    "standard_price": 10.0,
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def add_stock(cls, part, quantity, place=None, lot=None):
        cls.env["stock.quant"]._update_available_quantity(
            part, place or cls.stock, quantity, lot_id=lot
        )

    @classmethod
    def on_hand(cls, place, part=None):
        """Return how many of a part lie in a place, whoever reserved them."""
        part = part or cls.part
        quants = cls.env["stock.quant"].search(
            [("location_id", "child_of", place.id), ("product_id", "=", part.id)]
        )
        return sum(quants.mapped("quantity"))

    @classmethod
    def reserved(cls, place, part=None):
        part = part or cls.part
        quants = cls.env["stock.quant"].search(
            [("location_id", "child_of", place.id), ("product_id", "=", part.id)]
        )
        return sum(quants.mapped("reserved_quantity"))

    @classmethod
    def create_request(cls, quantity=3, part=None, role="engineer", **values):
        """Create a request as the user of a role, for the test engineer's van."""
        model = cls.env["qifei.part.request"].with_user(cls.users[role])
        return model.create(
            {
                "engineer_id": cls.engineer.id,
                "line_ids": [
                    Command.create(
                        {"product_id": (part or cls.part).id, "quantity": quantity}
                    )
                ],
                **values,
            }
        )

    @classmethod
    def walk_request(cls, request, last):
        """Take a request through its steps, each as one who does it."""
        steps = {
            "submit": "engineer",
            "approve": "parts_keeper",
            "ship": "parts_keeper",
            "receive": "engineer",
        }
        for step, role in steps.items():
            getattr(request.with_user(cls.users[role]), f"action_{step}")()
            if step == last:
                break
        return request

    @classmethod
    def prepared(cls, last, quantity=3, **values):
        """Return a request after the step ``last``, as the engineer sees it."""
        return cls.walk_request(cls.create_request(quantity, **values), last)

    @classmethod
    def as_keeper(cls, record):
        return record.with_user(cls.users["parts_keeper"])

    @classmethod
    def ship(cls, request, quantity, **kwargs):
        request = cls.as_keeper(request)
        return request._ship({request.line_ids[:1]: quantity}, **kwargs)

    @classmethod
    def receive(cls, request, **count):
        """Receive the first line as the engineer, and return what differed."""
        request = request.with_user(cls.users["engineer"])
        if count.get("damaged") or count.get("wrong"):
            photo = (
                cls.photo.with_user(cls.users["engineer"])
                .sudo()
                .copy({"res_model": False, "res_id": False})
            )
            photo.env.cr.execute(
                "UPDATE ir_attachment SET create_uid = %s WHERE id = %s",
                (cls.users["engineer"].id, photo.id),
            )
            photo.invalidate_recordset()
            count.setdefault("photos", photo.with_user(cls.users["engineer"]))
        return request._receive([{"line": request.line_ids[:1], **count}])
