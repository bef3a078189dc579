from datetime import date
from urllib.parse import parse_qs, urlsplit

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_warranty import WarrantyCase


@tagged("post_install", "-at_install")
class TestQifeiEquipment(WarrantyCase):
    def test_serial_number_is_written_in_one_way(self):
        machine = self.create_equipment(" ＡＢ\u200b-77\u00a0")
        self.assertEqual(machine.serial, "AB-77")
        machine.serial = " \u200b "
        self.assertFalse(machine.serial)
        with self.assertRaisesRegex(ValidationError, "at most"):
            machine.serial = "x" * 101
        with self.assertRaises(ValidationError):
            machine.date_purchase = "9999-01-01"

    def test_form_proposes_the_address_of_the_owner(self):
        with Form(self.env["qifei.equipment"]) as form:
            form.product_id = self.fridge
            form.partner_id = self.customer
            self.assertEqual(form.address_id, self.customer)
        equipment = form.save()
        self.assertTrue(equipment.name.startswith("EQ"))
        self.assertEqual(equipment.state, "in_service")
        self.assertEqual(equipment.warranty_state, "none")

    def test_site_address_of_the_owner_stays_with_the_owner(self):
        site = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.customer.id, "type": "delivery"}
        )
        self.equipment.address_id = site
        self.equipment.partner_id = self.customer
        self.assertEqual(self.equipment.address_id, site)
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        self.equipment.partner_id = buyer
        self.assertEqual(self.equipment.address_id, buyer)

    def test_area_follows_the_address(self):
        area = self.env["qifei.service.area"].create(
            {
                "name": "Test town",
                "country_id": self.env.ref("base.cn").id,
                "zip_prefixes": "9990",
            }
        )
        self.customer.write({"country_id": self.env.ref("base.cn").id, "zip": "99901"})
        self.assertEqual(self.equipment.area_id, area)

    @mute_logger("odoo.sql_db")
    def test_limits_in_the_database(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.create_equipment("SN-1")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.create_equipment("SN-2", date_installation="2025-12-31")
        self.create_equipment(False)
        self.create_equipment(False)
        self.create_equipment("SN-1", product_id=self.seal.id)

    @freeze_time("2026-06-01")
    def test_retire_and_reinstate(self):
        self.equipment.action_retire()
        self.assertEqual(self.equipment.date_retired, date(2026, 6, 1))
        self.equipment.action_reinstate()
        self.assertFalse(self.equipment.date_retired)

    def test_booking_address_names_machine_and_token(self):
        url = urlsplit(self.equipment._get_booking_url())
        self.assertEqual(url.path, "/service/book")
        self.assertEqual(
            parse_qs(url.query),
            {
                "equipment": [str(self.equipment.id)],
                "token": [self.equipment.access_token],
            },
        )

    def test_found_by_number_and_serial(self):
        for text in (self.equipment.name, "SN-1"):
            found = self.env["qifei.equipment"].name_search(text)
            self.assertIn(self.equipment.id, [row[0] for row in found])
        self.assertEqual(
            self.equipment.display_name, f"{self.equipment.name} Fridge F1 [SN-1]"
        )

    def test_cards_in_batch_from_the_register(self):
        machines = self.equipment | self.create_equipment("SN-2")
        machines.action_create_warranty_cards()
        self.assertEqual(machines.mapped("warranty_state"), ["draft", "draft"])
        with self.assertRaisesRegex(UserError, "already"):
            machines.action_create_warranty_cards()

    def test_the_active_card_answers(self):
        expired = self.env["qifei.warranty.card"].create(
            {"equipment_id": self.equipment.id}
        )
        expired.action_activate()
        with freeze_time("2030-01-01"):
            expired.action_expire()
        self.assertEqual(
            self.equipment._get_coverage_cards(), {self.equipment.id: expired}
        )
        draft = self.env["qifei.warranty.card"].create(
            {"equipment_id": self.equipment.id}
        )
        self.assertEqual(
            self.equipment._get_coverage_cards()[self.equipment.id], expired
        )
        draft.action_activate()
        self.assertEqual(self.equipment._get_coverage_cards()[self.equipment.id], draft)

    # === HISTORY === #

    def test_history_tells_the_life(self):
        card = self.env["qifei.warranty.card"].create(
            {"equipment_id": self.equipment.id}
        )
        self.assertNotIn("card", [e["kind"] for e in self.equipment._get_history()])
        card.action_activate()
        order = self.create_order()
        events = self.equipment._get_history()
        self.assertEqual(
            [event["title"] for event in events if event["kind"] == "life"],
            ["Installed", "Purchased"],
        )
        records = [event["record"] for event in events]
        for record in (card, order, order.ticket_id):
            self.assertIn(record, records)
        dates = [event["date"] for event in events]
        self.assertEqual(dates, sorted(dates, reverse=True))
        plain = self.equipment.with_user(self.users["agent"]).get_history()
        self.assertEqual(len(plain), len(events))
        self.assertTrue(all(isinstance(event["id"], int) for event in plain))

    def test_history_with_hostile_limits(self):
        for limit in (0, -1, 10**9, "5"):
            self.assertTrue(self.equipment.get_history(limit))

    def test_counters_and_buttons(self):
        self.create_order()
        self.assertEqual(self.equipment.ticket_count, 1)
        self.assertEqual(self.equipment.order_count, 1)
        for method in ("action_view_tickets", "action_view_orders"):
            action = getattr(self.equipment, method)()
            self.assertEqual(
                self.env[action["res_model"]].search_count(action["domain"]), 1
            )
        self.assertEqual(self.equipment.action_create_ticket()["view_mode"], "form")

    # === GROWTH === #

    def test_queries_do_not_grow(self):
        machines = self.create_cards(21).equipment_id
        names = [
            "ticket_count",
            "order_count",
            "warranty_card_count",
            "can_retire",
            "display_name",
        ]
        self.assertFlatQueries(
            lambda some: some.web_read(dict.fromkeys(names, {})),
            machines[0],
            machines[1:],
        )
        self.assertFlatQueries(
            lambda some: some._get_coverage_cards(), machines[0], machines[1:]
        )
        self.assertFlatQueries(
            lambda count: self.env["qifei.equipment"].create(
                [
                    {
                        "product_id": self.fridge.id,
                        "serial": f"G-{number}",
                        "partner_id": self.customer.id,
                    }
                    for number in range(count)
                ]
            ),
            1,
            20,
        )
        self.assertFlatQueries(
            lambda some: some.action_retire(), machines[0], machines[1:]
        )

    def test_history_does_not_grow(self):
        few = self.create_equipment("FEW")
        many = self.create_equipment("MANY")
        self.create_order(few)
        for _number in range(20):
            self.create_order(many)
        self.assertFlatQueries(lambda machine: machine.get_history(), few, many)

    # === LABELS === #

    def test_labels_carry_code_and_names(self):
        machines = self.equipment | self.create_equipment("SN-2")
        for report in ("report_equipment_label", "report_equipment_label_sheet"):
            html, _type = self.env["ir.actions.report"]._render_qweb_html(
                f"qifei_aftersales.{report}", machines.ids
            )
            text = html.decode()
            self.assertEqual(text.count("data:image/png;base64,"), 2, report)
            for part in ("SN-1", "SN-2", self.equipment.name, "Fridge F1"):
                self.assertIn(part, text)
