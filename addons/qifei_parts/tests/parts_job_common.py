from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.qifei_base.tests.common import draw_picture

from ..tools.month import first_day

SERIALS = ("FM-1", "FM-2", "FM-3", "FM-4", "FM-5")


class PartsJobMixin:
    """The four roles of the way of a part, the machine it goes into, and the stock.

    An engineer with his van, a parts keeper, a manager who approves and stands for the
    company, and a service partner with a login of the portal. The motor has serial
    numbers and its old piece must come back; the seal is plain.
    """

    @classmethod
    def set_up_parts_job(cls):
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        cls.company = cls.env.company
        cls.engineer_user = cls.create_user("engineer", "Edith Miller")
        cls.keeper = cls.create_user("parts_keeper", "Karl Keeper")
        cls.manager = cls.create_user("manager", "Mona Manager")
        cls.engineer = cls.env["qifei.engineer"].create(
            {"name": "Edith Miller", "user_id": cls.engineer_user.id}
        )
        cls.point = cls.env["res.partner"].create(
            {
                "name": "Harbour Service",
                "is_company": True,
                "qifei_is_service_partner": True,
                "email": "harbour@test.example",
            }
        )
        cls.portal_user = new_test_user(
            cls.env,
            login="parts_job_point",
            name="Pavel Partner",
            groups="base.group_portal",
        )
        cls.portal_user.partner_id.parent_id = cls.point
        cls.set_up_places()
        cls.set_up_parts()
        cls.set_up_machine()

    @classmethod
    def create_user(cls, role, name):
        return new_test_user(
            cls.env,
            login=f"parts_job_{role}",
            name=name,
            groups=f"base.group_user,qifei_base.group_{role}",
        )

    @classmethod
    def set_up_places(cls):
        cls.stock = cls.company._get_parts_warehouse().lot_stock_id
        cls.transit = cls.company._get_parts_location("transit")
        cls.defective = cls.company._get_parts_location("defective")
        cls.van = cls.engineer._get_van()
        cls.held = cls.engineer._get_old_location()
        cls.point_place = cls.point._get_point_location(cls.company)
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Swallow Express",
                "product_id": cls.env["product.product"]
                .create({"name": "Carriage", "type": "service"})
                .id,
            }
        )

    @classmethod
    def set_up_parts(cls):
        cls.motor = cls.create_part(
            "Motor ZX7",
            default_code="MZX7",
            tracking="serial",
            qifei_old_part_return=True,
            qifei_old_part_days=14,
        )
        cls.seal = cls.create_part("Seal ZX7", default_code="SZX7")
        cls.lots = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.motor.id} for name in SERIALS]
        )
        cls.count_stock(
            [(cls.motor, 1, lot) for lot in cls.lots]
            + [(cls.seal, 10, cls.env["stock.lot"])]
        )

    @classmethod
    def create_part(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "qifei_is_part": True,
                "list_price": 120.0,
                "standard_price": 80.0,
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def count_stock(cls, counts):
        """Let quantities lie in the warehouse, as a core inventory finds them."""
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            [
                {
                    "product_id": part.id,
                    "location_id": cls.stock.id,
                    "lot_id": lot.id,
                    "inventory_quantity": quantity,
                }
                for part, quantity, lot in counts
            ]
        ).action_apply_inventory()

    @classmethod
    def set_up_machine(cls):
        cls.customer = cls.env["res.partner"].create(
            {"name": "Dora Customer", "qifei_notify_by": "none"}
        )
        model = cls.env["product.product"].create({"name": "Cooler C9"})
        cls.machine = cls.env["qifei.equipment"].create(
            {
                "product_id": model.id,
                "partner_id": cls.customer.id,
                "serial": "C9-0001",
                "date_purchase": fields.Date.subtract(fields.Date.today(), months=3),
            }
        )
        policy = cls.env["qifei.warranty.policy"].create(
            {
                "name": "Parts job",
                "code": "PARTS-JOB",
                "line_ids": [
                    Command.create(
                        {
                            "component": "machine",
                            "months": 1200,
                            "start_from": "purchase",
                            "clause": "Whole machine",
                        }
                    )
                ],
            }
        )
        cls.env["qifei.warranty.card"].create(
            {"equipment_id": cls.machine.id, "policy_id": policy.id}
        ).action_activate()
        cls.order = cls.env["qifei.work.order"].create(
            {
                "partner_id": cls.customer.id,
                "ticket_type_id": cls.env["qifei.ticket.type"]
                .create({"name": "Parts job", "code": "parts_job"})
                .id,
                "product_id": model.id,
                "equipment_id": cls.machine.id,
                "engineer_id": cls.engineer.id,
            }
        )
        cls.order.action_assign()
        visit = cls.order.with_user(cls.engineer_user)
        if visit.state == "assigned":
            visit.action_accept()
        visit.action_depart()
        visit.action_arrive()

    @classmethod
    def create_photo(cls):
        return draw_picture((640, 480))

    # === WHERE THE PIECES ARE === #

    def count_pieces(self, part):
        """Return ``{place: quantity}`` of all quants of a part that are not empty."""
        self.env.invalidate_all()
        places = {
            "stock": self.stock,
            "transit": self.transit,
            "van": self.van,
            "point": self.point_place,
            "held": self.held,
            "old transit": self.company._get_old_transit_location(),
            "defective": self.defective,
        }
        names = {place.id: name for name, place in places.items()}
        pieces = {}
        for location, quantity in self.env["stock.quant"]._read_group(
            [("product_id", "=", part.id), ("location_id.usage", "!=", "inventory")],
            ["location_id"],
            ["quantity:sum"],
        ):
            name = names.get(location.id, location.usage)
            pieces[name] = pieces.get(name, 0) + quantity
        return {name: quantity for name, quantity in pieces.items() if quantity}

    def assertPieces(self, part, **expected):
        """Compare where the pieces of a part are; ``_`` stands for a blank."""
        self.assertEqual(
            self.count_pieces(part),
            {name.replace("_", " "): quantity for name, quantity in expected.items()},
        )

    # === TIME === #

    def let_the_month_pass(self):
        """Date all moves of the job back into last month, in their order."""
        last_month = fields.Date.subtract(first_day(fields.Date.today()), months=1)
        begin = fields.Datetime.add(fields.Datetime.to_datetime(last_month), days=14)
        self.env.flush_all()
        for table in ("stock_move", "stock_move_line"):
            self.env.cr.execute(
                f"""
                UPDATE {table}
                   SET date = %s + (date - %s)
                 WHERE product_id IN %s AND state = 'done'
                """,
                (begin, self.env.cr.now(), (self.motor.id, self.seal.id)),
            )
        self.env.invalidate_all()
        return last_month
