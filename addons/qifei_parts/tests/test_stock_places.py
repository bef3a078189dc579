from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hooks import post_init_hook, uninstall_hook
from .common_stock import StockCase

PURPOSES = ("ship", "receive", "issue", "return", "use", "old")


@tagged("post_install", "-at_install")
class TestStockPlaces(StockCase):
    """Places are made when first needed, operations with the warehouse."""

    def test_places_lie_outside_the_warehouse_and_inside_the_company(self):
        field = self.company._get_parts_location("field")
        self.assertEqual(field.usage, "view")
        self.assertFalse(field.warehouse_id)
        held = self.engineer._get_old_location()
        point_held = self.point_partner._get_old_location(self.company)
        expected = {
            self.van: ("van", "internal"),
            self.point: ("point", "internal"),
            self.transit: ("transit", "transit"),
            self.defective: ("defective", "internal"),
            held: ("old", "internal"),
            point_held: ("old", "internal"),
        }
        for place, (kind, usage) in expected.items():
            self.assertEqual((place.qifei_kind, place.usage), (kind, usage))
            self.assertEqual(place.location_id, field)
            self.assertEqual(place.company_id, self.company)
            self.assertEqual(place.qifei_place_id, place)
        self.assertFalse(field.qifei_place_id)

    def test_a_place_is_made_once(self):
        for _time in range(2):
            self.assertEqual(self.engineer._get_van(), self.van)
            self.assertEqual(
                self.point_partner._get_point_location(self.company), self.point
            )
            self.assertEqual(self.company._get_parts_location("transit"), self.transit)
        contact = self.env["res.partner"].create(
            {"name": "Somebody there", "parent_id": self.point_partner.id}
        )
        self.assertEqual(contact._get_point_location(self.company), self.point)
        self.assertEqual(contact.qifei_point_location_id, self.point)

    def test_a_place_can_be_asked_for_by_anybody(self):
        newcomer = self.env["qifei.engineer"].create({"name": "Newcomer"})
        self.assertFalse(newcomer.van_location_id)
        van = newcomer.with_user(self.user_nobody)._get_van()
        self.assertEqual(newcomer.van_location_id, van.sudo())

    def test_only_service_partners_have_a_point(self):
        partner = self.env["res.partner"].create({"name": "Just a customer"})
        with self.assertRaisesRegex(UserError, "Just a customer keeps no parts"):
            partner._get_point_location(self.company)

    def test_a_new_operation_goes_on_counting(self):
        self.put(self.stock, self.part, 2)
        names = [self.transfer("issue", self.stock, self.van, (self.part, 1)).name]
        warehouse = self.company._get_parts_warehouse()
        operation = warehouse.qifei_issue_type_id
        prefix = operation.sequence_id.prefix
        warehouse.qifei_issue_type_id = False
        names.append(self.transfer("issue", self.stock, self.van, (self.part, 1)).name)
        self.assertNotEqual(warehouse.qifei_issue_type_id, operation)
        last, following = (int(name.removeprefix(prefix)) for name in names)
        self.assertEqual(following, last + 1)

    def test_a_company_without_warehouse_is_told(self):
        company = self.env["res.company"].create({"name": "No house"})
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ).active = False
        with self.assertRaisesRegex(UserError, "No house has no warehouse"):
            company._get_parts_warehouse()

    def test_holders(self):
        self.assertEqual(self.van._get_holder_users(), self.users["engineer"])
        self.engineer.service_point_id = self.point_partner
        self.assertEqual(
            self.point._get_holder_users(), self.users["engineer"] | self.portal_user
        )

    def test_every_warehouse_has_its_operations_and_route(self):
        company = self.env["res.company"].create({"name": "Second company"})
        second = self.env["stock.warehouse"].create(
            {"name": "Second house", "code": "SND"}
        )
        warehouses = (
            self.warehouse
            | second
            | self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        )
        for warehouse in warehouses:
            for purpose in PURPOSES:
                picking_type = warehouse._get_parts_type(purpose)
                self.assertEqual(picking_type.qifei_purpose, purpose)
                self.assertEqual(picking_type.warehouse_id, warehouse)
                self.assertTrue(picking_type.sequence_id)
                self.assertTrue(picking_type.active)
            route = warehouse.qifei_field_route_id
            self.assertIn(route, warehouse.route_ids)
            (rule,) = route.rule_ids
            self.assertEqual(rule.location_src_id, warehouse.lot_stock_id)
            self.assertEqual(
                rule.location_dest_id,
                warehouse.company_id._get_parts_location("field"),
            )
        self.assertEqual(second.qifei_ship_type_id.sequence_id.prefix, "SND/PS/")

    def test_renaming_and_archiving_a_warehouse_works(self):
        second = self.env["stock.warehouse"].create(
            {"name": "Second house", "code": "SND"}
        )
        second.write({"name": "Third house", "code": "TRD"})
        self.assertEqual(second.qifei_use_type_id.barcode, "TRDPU")
        second.active = False
        self.assertFalse(second.qifei_use_type_id.active)
        second.active = True
        self.assertTrue(second.qifei_use_type_id.active)

    def test_installing_gives_what_is_missing_and_leaves_the_rest(self):
        warehouse = self.env["stock.warehouse"].create(
            {"name": "Old house", "code": "OLD"}
        )
        route = warehouse.qifei_field_route_id
        warehouse.qifei_field_route_id = False
        route.rule_ids.unlink()
        route.unlink()
        for purpose in PURPOSES:
            warehouse[f"qifei_{purpose}_type_id"].unlink()
        warehouse.out_type_id.barcode = "MY OWN"
        post_init_hook(self.env)
        for purpose in PURPOSES:
            self.assertTrue(warehouse[f"qifei_{purpose}_type_id"])
        self.assertTrue(warehouse.qifei_field_route_id.rule_ids)
        self.assertEqual(warehouse.out_type_id.barcode, "MY OWN")
        types = self.env["stock.picking.type"].search_count([])
        post_init_hook(self.env)
        self.assertEqual(self.env["stock.picking.type"].search_count([]), types)

    def test_uninstalling_leaves_stock_and_open_transfers(self):
        self.transfer("issue", self.stock, self.van, (self.part, 2))
        opened = self.env["stock.move"]._qifei_reserve(
            "ship",
            [
                {
                    "source": self.stock,
                    "destination": self.transit,
                    "moves": [{"product": self.part, "quantity": 1}],
                }
            ],
        )
        used, shipping = (
            self.warehouse.qifei_issue_type_id,
            self.warehouse.qifei_ship_type_id,
        )
        uninstall_hook(self.env)
        self.assertEqual(self.held(self.van, self.part), 2)
        self.assertTrue(self.van.active)
        self.assertEqual(opened.state, "assigned")
        self.assertTrue(shipping.active)
        self.assertTrue(used.exists())
        self.assertFalse(used.active)

    def test_uninstalling_takes_what_nobody_needs(self):
        quiet = self.env["stock.warehouse"].create({"name": "Quiet", "code": "QUI"})
        idle = self.env["qifei.engineer"].create({"name": "Never went out"})
        place = idle._get_van()
        route, types = (
            quiet.qifei_field_route_id,
            self.env["stock.picking.type"].union(
                *(quiet[f"qifei_{purpose}_type_id"] for purpose in PURPOSES)
            ),
        )
        sequences, rules = types.sequence_id, route.rule_ids
        self.assertEqual(len(types), len(PURPOSES))
        self.assertEqual(len(rules), 1)
        keeper = self.env.ref("qifei_base.group_parts_keeper")
        self.assertIn(self.env.ref("stock.group_stock_user"), keeper.implied_ids)
        uninstall_hook(self.env)
        for records in (place, route, rules, types, sequences):
            self.assertFalse(records.exists())
        self.assertNotIn(self.env.ref("stock.group_stock_user"), keeper.implied_ids)

    def test_uninstalling_leaves_what_somebody_has_set_up(self):
        quiet = self.env["stock.warehouse"].create({"name": "Quiet", "code": "QUI"})
        route = quiet.qifei_field_route_id
        self.part.route_ids = route
        engineer = self.env["qifei.engineer"].create({"name": "Planned for"})
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {"product_id": self.part.id, "location_id": engineer._get_van().id}
        )
        uninstall_hook(self.env)
        self.assertTrue(route.exists())
        self.assertFalse(route.active)
        self.assertTrue(orderpoint.exists().location_id.active)

    def test_the_scheduler_refills_a_van(self):
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.part.id,
                "location_id": self.van.id,
                "product_min_qty": 3,
                "product_max_qty": 4,
            }
        )
        self.assertEqual(
            orderpoint.rule_ids, self.warehouse.qifei_field_route_id.rule_ids
        )
        orderpoint.action_replenish()
        move = self.env["stock.move"].search([("orderpoint_id", "=", orderpoint.id)])
        self.assertEqual(move.location_id, self.stock)
        self.assertEqual(move.location_dest_id, self.van)
        self.assertEqual(move.product_uom_qty, 4)
        self.assertEqual(move.picking_id.picking_type_id.qifei_purpose, "issue")
        row = self.stock_rows(product_id=self.part.id, location_id=self.van.id)
        self.assertEqual((row.on_hand, row.incoming), (0, 4))
        self.assertTrue(row.date_expected)

    def test_making_places_for_many_costs_the_same_finding_them(self):
        engineers = self.env["qifei.engineer"].create(
            [{"name": f"Engineer {number}"} for number in range(20)]
        )
        for engineer in engineers:
            engineer._get_van()
        self.assertFlatQueries(
            lambda records: records.mapped("van_location_id"), engineers[:1], engineers
        )
        partners = self.env["res.partner"].create(
            [
                {"name": f"Point {number}", "qifei_is_service_partner": True}
                for number in range(20)
            ]
        )
        self.assertFlatQueries(
            lambda records: records.mapped("qifei_point_location_id"),
            partners[:1],
            partners,
        )
