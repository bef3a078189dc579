from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.qifei_base.tests.common import ROLES

from .common_stock import StockCase

DESK = ("agent", "dispatcher", "parts_keeper", "manager", "admin")


@tagged("post_install", "-at_install")
class TestPartStock(StockCase):
    """What lies where, for those who may see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = cls.stock | cls.van | cls.other_van | cls.point | cls.other_point
        cls.part.default_code = "STK-77"
        for place in cls.places - cls.stock:
            cls.put(place, cls.part, 2)

    def seen(self, user):
        rows = self.stock_rows(user, product_id=self.part.id)
        return self.env["stock.location"].browse(rows.sudo().location_id.ids)

    # === FIGURES === #

    def test_figures_are_those_of_core(self):
        self.transfer("issue", self.stock, self.van, (self.part, 1))
        reserved = self.env["stock.move"]._qifei_reserve(
            "return",
            [
                {
                    "source": self.van,
                    "destination": self.stock,
                    "moves": [{"product": self.part, "quantity": 2}],
                }
            ],
        )
        van = self.stock_rows(product_id=self.part.id, location_id=self.van.id)
        self.assertEqual((van.on_hand, van.reserved, van.free), (3, 2, 1))
        self.assertEqual(van.engineer_id, self.engineer)
        self.assertEqual(van.qifei_kind, "van")
        stock = self.stock_rows(product_id=self.part.id, location_id=self.stock.id)
        self.assertEqual((stock.on_hand, stock.incoming), (9, 2))
        self.assertEqual(stock.date_expected, reserved.move_ids.date)
        self.assertEqual(stock.qifei_kind, "warehouse")

    def test_one_row_for_each_part_and_place(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self.put(shelf, self.part, 5)
        for lot in self.lots[:2]:
            self.put(self.van, self.serial_part, 1, lot)
        rows = self.stock_rows(location_id=self.stock.id, product_id=self.part.id)
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows.on_hand, 15)
        rows = self.stock_rows(location_id=self.van.id, product_id=self.serial_part.id)
        self.assertEqual(rows.mapped("on_hand"), [2])
        self.assertEqual(rows.exists(), rows)

    def test_moves_inside_a_place_are_not_on_their_way(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id}
        )
        self.env["stock.move"].create(
            {
                "product_id": self.part.id,
                "product_uom_qty": 3,
                "location_id": self.stock.id,
                "location_dest_id": shelf.id,
            }
        )._action_confirm()
        row = self.stock_rows(location_id=self.stock.id, product_id=self.part.id)
        self.assertEqual(row.incoming, 0)

    def test_machines_in_the_warehouse_are_no_parts(self):
        machine = self.create_part("Machine", qifei_is_part=False)
        self.put(self.stock, machine, 1)
        self.put(self.van, machine, 1)
        self.assertEqual(self.stock_rows(product_id=machine.id).location_id, self.van)

    def test_the_quick_way_gives_what_the_long_way_gives(self):
        self.env.flush_all()
        Stock = self.env["qifei.part.stock"]
        everything = Stock.search([])
        self.assertEqual(Stock.search([], limit=3), everything[:3])
        self.assertEqual(Stock.search([], offset=2, limit=3), everything[2:5])
        self.assertEqual(Stock.search_count([]), len(everything))
        self.assertEqual(Stock.search_count([], limit=2), 2)
        for domain in ([], [("qifei_kind", "=", "van")], [("free", ">", 2)]):
            for field in ("qifei_kind", "location_id", "product_id"):
                slow = Stock._read_group(domain, [field], ["free:sum", "__count"])
                quick = Stock._read_group(domain, [field], ["free:sum"])
                self.assertEqual([row[:2] for row in slow], [row[:2] for row in quick])
        self.assertEqual(
            sum(row[1] for row in Stock._read_group([], ["qifei_kind"], ["__count"])),
            len(everything),
        )

    def test_parts_are_found_by_number_name_and_barcode(self):
        self.part.write({"default_code": "PU-77", "barcode": "4006381333931"})
        Stock = self.env["qifei.part.stock"]
        for domain in (
            [("product_id", "ilike", "PU-77")],
            [("product_id", "ilike", "pump")],
            [("product_id.barcode", "=", "4006381333931")],
            [("product_id", "=", self.part.id), ("location_id", "ilike", "Van Keep")],
        ):
            self.assertIn(self.van, Stock.search(domain).location_id, domain)
        self.assertFalse(Stock.search([("product_id", "ilike", "PU-78")]))

    # === MAP === #

    def test_map_shows_places_with_their_position(self):
        self.engineer.write({"start_latitude": 31.2, "start_longitude": 121.5})
        self.point_partner.write({"partner_latitude": 30.3, "partner_longitude": 120.2})
        places = {
            place["id"]: place
            for place in self.env["qifei.part.stock"].get_map_places("STK-77", "")
        }
        self.assertEqual(set(places), set(self.places.ids))
        van = places[self.van.id]
        self.assertEqual((van["latitude"], van["longitude"]), (31.2, 121.5))
        self.assertEqual((van["kind"], van["free"], van["parts"]), ("van", 2, 1))
        self.assertTrue(places[self.point.id]["is_located"])
        self.assertFalse(places[self.other_van.id]["is_located"])
        self.assertEqual(places[self.stock.id]["name"], self.warehouse.name)
        vans = self.env["qifei.part.stock"].get_map_places("STK-77", "van")
        self.assertEqual(
            {place["id"] for place in vans}, {self.van.id, self.other_van.id}
        )

    def test_map_shows_nobody_more_than_the_list(self):
        for user in (self.users["engineer"], self.portal_user, self.users["agent"]):
            places = (
                self.env["qifei.part.stock"]
                .with_user(user)
                .get_map_places("STK-77", "")
            )
            self.assertEqual(
                {place["id"] for place in places}, set(self.seen(user).ids)
            )

    # === ACCESS === #

    def test_who_sees_what(self):
        expected = {role: self.places for role in DESK}
        expected["engineer"] = self.stock | self.van
        self.assertEqual(set(expected), set(ROLES))
        for role, places in expected.items():
            with self.subTest(role=role):
                self.assertEqual(self.seen(self.users[role]), places.sorted("id"))
        self.engineer.service_point_id = self.point_partner
        self.assertEqual(
            self.seen(self.users["engineer"]),
            (self.stock | self.van | self.point).sorted("id"),
        )
        self.assertEqual(self.seen(self.portal_user), self.point)
        with self.assertRaises(AccessError):
            self.seen(self.user_nobody)

    def test_nobody_writes_it(self):
        row = self.stock_rows(product_id=self.part.id, location_id=self.van.id)
        for user in (*self.users.values(), self.portal_user, self.user_nobody):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.with_user(user).has_access(operation))

    def test_a_foreign_row_cannot_be_read_by_its_id(self):
        rows = self.stock_rows(product_id=self.part.id)
        foreign = rows.filtered(lambda row: row.location_id == self.other_van)
        for user in (self.users["engineer"], self.portal_user):
            with self.assertRaises(AccessError):
                foreign.with_user(user).read(["free"])

    def test_other_companies_see_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for role in (*DESK, "engineer"):
            user = new_test_user(
                self.env,
                login=f"elsewhere_{role}",
                groups=f"base.group_user,qifei_base.group_{role}",
                company_id=company.id,
                company_ids=[(6, 0, company.ids)],
            )
            self.assertFalse(self.seen(user), role)

    def test_quants_of_other_vans_are_hidden(self):
        engineer = self.users["engineer"]
        Quant = self.env["stock.quant"].with_user(engineer)
        quants = Quant.search([("product_id", "=", self.part.id)])
        self.assertEqual(
            quants.sudo().location_id,
            self.stock | self.van | (quants.sudo().location_id - self.places),
        )
        foreign = self.env["stock.quant"].search(
            [("location_id", "=", self.other_van.id)]
        )
        with self.assertRaises(AccessError):
            foreign.with_user(engineer).read(["quantity"])
        keeper = self.users["parts_keeper"]
        self.assertTrue(foreign.with_user(keeper).read(["quantity"]))
        self.assertTrue(foreign.with_user(self.users["agent"]).has_access("read"))
        self.assertFalse(foreign.with_user(self.user_nobody).has_access("read"))

    def test_move_lines_of_vans_are_written_by_stock_users_only(self):
        own = self.transfer("issue", self.stock, self.van, (self.part, 1))
        foreign = self.transfer("issue", self.stock, self.other_van, (self.part, 1))
        engineer = self.users["engineer"]
        self.assertTrue(own.move_line_ids.with_user(engineer).has_access("read"))
        self.assertFalse(foreign.move_line_ids.with_user(engineer).has_access("read"))
        for lines in (own.move_line_ids, foreign.move_line_ids):
            with self.assertRaises(AccessError):
                lines.with_user(engineer).quantity = 5
            with self.assertRaises(AccessError):
                self.env["stock.move.line"].with_user(engineer).create(
                    {
                        "move_id": lines.move_id.id,
                        "product_id": self.part.id,
                        "quantity": 1,
                        "location_id": self.stock.id,
                        "location_dest_id": self.van.id,
                    }
                )

    def test_buttons_open_what_lies_there(self):
        for action in (
            self.engineer.action_view_parts(),
            self.point_partner.action_view_parts(),
            self.van.action_view_parts(),
        ):
            self.assertEqual(action["res_model"], "qifei.part.stock")
            self.assertTrue(action["domain"])

    def test_free_quantity_of_the_catalogue_is_what_one_may_see(self):
        self.env.flush_all()
        for user, free in (
            (self.users["parts_keeper"], 18),
            (self.users["engineer"], 12),
            (self.user_nobody, 0),
        ):
            self.part.invalidate_recordset(["qifei_free"])
            self.assertEqual(self.part.with_user(user).qifei_free, free)
        parts = self.env["product.product"].concat(
            *(self.create_part(f"Part {number}") for number in range(20))
        )
        self.assertFlatQueries(
            lambda records: records.mapped("qifei_free"), parts[:1], parts
        )
