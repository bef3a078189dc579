from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import TransitionMatrixMixin

from .common_warranty import WarrantyCase


@tagged("post_install", "-at_install")
class TestQifeiWarrantyCard(WarrantyCase):
    def create_card(self, equipment=None, active=True, **values):
        card = self.env["qifei.warranty.card"].create(
            {"equipment_id": (equipment or self.equipment).id, **values}
        )
        if active:
            card.action_activate()
        return card

    # === ACTIVATION === #

    def test_draft_proposes_owner_and_policy(self):
        with Form(self.env["qifei.warranty.card"]) as form:
            form.equipment_id = self.equipment
            self.assertEqual(form.partner_id, self.customer)
            self.assertEqual(form.policy_id, self.policy)
        card = form.save()
        self.assertTrue(card.name.startswith("WC"))
        self.assertEqual(card.state, "draft")
        self.assertEqual(self.equipment.warranty_state, "draft")

    def test_card_is_numbered_by_the_company_of_its_machine(self):
        company = self.env["res.company"].create({"name": "Second company"})
        sequences = self.env["ir.sequence"].search(
            [("code", "=", "qifei.warranty.card")]
        )
        for sequence in sequences.filtered("company_id"):
            sequence.prefix = f"C{sequence.company_id.id}-"
        machine = self.create_equipment("SN-2", company_id=company.id)
        first, second = self.env["qifei.warranty.card"].create(
            [{"equipment_id": self.equipment.id}, {"equipment_id": machine.id}]
        )
        self.assertTrue(first.name.startswith(f"C{self.company.id}-"))
        self.assertEqual(second.company_id, company)
        self.assertTrue(second.name.startswith(f"C{company.id}-"))

    def test_activation_freezes_the_lines(self):
        card = self.create_card()
        self.assertEqual(card.state, "active")
        self.assertEqual(card.policy_version, 1)
        self.assertEqual(
            [(line.component, line.date_end) for line in card.line_ids],
            [("machine", date(2027, 1, 15)), ("main_part", date(2029, 1, 15))],
        )
        self.assertEqual(card.date_end, date(2029, 1, 15))
        self.assertEqual(self.equipment.warranty_state, "active")
        self.assertEqual(self.equipment.warranty_end, date(2029, 1, 15))

    def test_clauses_are_in_the_language_of_the_owner(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.policy.line_ids[0].with_context(lang="zh_CN").clause = "整机一年"
        self.customer.lang = "zh_CN"
        self.assertEqual(self.create_card().line_ids[0].clause, "整机一年")

    def test_activation_without_policy_or_date_is_refused(self):
        machine = self.create_equipment(
            "SN-2", product_id=self.seal.id, date_purchase=False
        )
        card = self.create_card(machine, active=False)
        with self.assertRaisesRegex(UserError, "no warranty policy"):
            card.action_activate()
        card.policy_id = self.policy
        with self.assertRaisesRegex(UserError, "date of purchase, which is missing"):
            card.action_activate()
        self.assertEqual(card.state, "draft")
        self.assertFalse(card.line_ids)

    def test_a_machine_has_one_active_card(self):
        self.create_card()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.create_card()

    def test_frozen_lines_cannot_be_changed(self):
        line = self.create_card().line_ids[0]
        for records in (line, line.with_user(self.users["admin"]), line.sudo()):
            with self.assertRaises(UserError):
                records.write({"date_end": "2050-01-01"})
            with self.assertRaises(UserError):
                records.unlink()

    def test_card_and_machine_cannot_be_copied(self):
        card = self.create_card()
        with self.assertRaises(UserError):
            card.copy()
        with self.assertRaises(UserError):
            self.equipment.copy()

    def test_an_activated_card_cannot_be_deleted(self):
        card = self.create_card()
        with self.assertRaisesRegex(UserError, "void"):
            card.with_user(self.users["manager"]).unlink()
        self.create_card(self.create_equipment("SN-2"), active=False).with_user(
            self.users["manager"]
        ).unlink()

    # === POLICY CHANGES === #

    def test_cards_keep_their_conditions_when_the_policy_changes(self):
        card = self.create_card()
        before = card._coverage(self.seal, "part", "2026-12-01")
        self.policy.line_ids[0].months = 6
        self.assertEqual(self.policy.version, 2)
        self.assertEqual(card._coverage(self.seal, "part", "2026-12-01"), before)
        other = self.create_card(self.create_equipment("SN-2"))
        self.assertEqual(other.policy_version, 2)
        self.assertFalse(other._coverage(self.seal, "part", "2026-12-01").covered)

    def test_coverage_per_component(self):
        card = self.create_card()
        cases = [
            (self.seal, "part", "2027-01-15", True),
            (self.seal, "part", "2027-01-16", False),
            (self.compressor, "part", "2028-06-01", True),
            (self.work, "labour", "2027-01-15", True),
            (self.work, "labour", "2027-01-16", False),
            (self.env["product.product"], "travel", "2026-06-01", True),
            (self.env["product.product"], "other", "2026-06-01", False),
        ]
        for product, kind, day, covered in cases:
            with self.subTest(product=product.name, kind=kind, day=day):
                self.assertEqual(card._coverage(product, kind, day).covered, covered)
        empty = self.env["qifei.warranty.card"]
        self.assertEqual(empty._coverage(self.seal, "part").reason, "no_card")

    # === EXTEND, TRANSFER, VOID === #

    def _wizard(self, verb, cards, **values):
        return (
            self.env[f"qifei.warranty.card.{verb}"]
            .with_context(default_card_ids=cards.ids)
            .create(values)
        )

    @freeze_time("2026-06-01")
    def test_extension_continues_running_cover(self):
        card = self.create_card()
        with Form(
            self.env["qifei.warranty.card.extend"].with_context(
                default_card_ids=card.ids
            )
        ) as form:
            form.components = "machine"
            form.months = 6
            form.reason = "Extension sold"
            self.assertEqual(form.date_end, date(2027, 7, 15))
        form.save().action_confirm()
        line = card.line_ids.filtered("is_extension")
        self.assertEqual(
            (line.date_start, line.date_end), (date(2027, 1, 16), date(2027, 7, 15))
        )
        self.assertTrue(card._coverage(self.seal, "part", "2027-07-15").covered)
        self.assertIn("Extension sold", card.message_ids[0].body)

    @freeze_time("2030-01-10")
    def test_extension_revives_an_expired_card(self):
        card = self.create_card()
        card.action_expire()
        self._wizard("extend", card, months=12, reason="Renewal").action_confirm()
        self.assertEqual(card.state, "active")
        self.assertEqual(card.date_end, date(2031, 1, 10))
        self.assertFalse(card._coverage(self.seal, "part", "2030-01-09").covered)
        self.assertTrue(card._coverage(self.seal, "part", "2030-01-10").covered)

    def test_of_two_who_extend_at_once_the_second_is_told(self):
        card = self.create_card()
        late = self._wizard("extend", card, months=12, reason="Renewal")
        self._wizard("extend", card, months=12, reason="Renewal").action_confirm()
        # Within one transaction everything is created at the same moment.
        self.env.cr.execute(
            "UPDATE qifei_warranty_card_extend"
            " SET create_date = create_date - interval '1 minute' WHERE id = %s",
            [late.id],
        )
        late.invalidate_recordset(["create_date"])
        end = card.date_end
        with self.assertRaisesRegex(UserError, f"{card.name} was extended"):
            late.action_confirm()
        self.assertEqual(card.date_end, end)

    def test_extension_of_cover_that_is_not_there_is_refused(self):
        card = self.create_card()
        with self.assertRaises(ValidationError):
            self._wizard(
                "extend", card, components="travel", months=6, reason="x"
            ).action_confirm()

    def test_extension_and_void_need_a_reason(self):
        card = self.create_card()
        for action in ("action_extend", "action_void"):
            for reason in (None, "", "  ", 7, ["x"], "\x00"):
                with self.assertRaisesRegex(UserError, "reason"):
                    getattr(card, action)(reason=reason)

    def test_card_given_out_changes_by_its_steps_only(self):
        card = self.create_card().with_user(self.users["agent"])
        other = self.create_equipment("SN-OTHER")
        for vals in (
            {"partner_id": self.env.company.partner_id.id},
            {"equipment_id": other.id},
            {"date_activation": "2030-01-01"},
            {"policy_id": False},
            {"date_end": "2099-01-01"},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                card.write(vals)

    def test_extension_takes_cover_and_nothing_else(self):
        card = self.create_card().with_user(self.users["agent"])
        cover = {
            "card_id": card.id,
            "component": "machine",
            "clause": "More",
            "date_start": "2030-01-01",
            "date_end": "2031-01-01",
        }
        for vals in (
            {**cover, "product_ids": [Command.create({"name": "Slipped in"})]},
            {**cover, "product_ids": [Command.update(self.seal.id, {"name": "X"})]},
            {**cover, "is_extension": False},
            {**cover, "card_id": card.id + 1000},
            {"card_id": card.id, "category_ids": 7},
            {},
            "cover",
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                card.action_extend([vals], "Renewal")
        card.action_extend([cover], "Renewal")
        self.assertEqual(str(card.date_end), "2031-01-01")

    def test_void_covers_nothing(self):
        card = self.create_card()
        self._wizard("void", card, reason="Forged serial").action_confirm()
        self.assertEqual(card.void_reason, "Forged serial")
        self.assertEqual(card._coverage(self.seal, "part", "2026-06-01").reason, "void")
        self.assertEqual(self.equipment.warranty_state, "void")

    def test_transfer_to_a_new_owner(self):
        card = self.create_card()
        token = card._portal_ensure_token()
        buyer = self.env["res.partner"].create({"name": "Buyer"})
        self._wizard(
            "transfer", card, partner_id=buyer.id, reason="Sold"
        ).action_confirm()
        self.assertEqual(card.partner_id, buyer)
        self.assertEqual(self.equipment.partner_id, buyer)
        self.assertEqual(self.equipment.address_id, buyer)
        self.assertNotEqual(card._portal_ensure_token(), token)
        self.assertIn("Sold", card.message_ids[0].body)

    def test_transfer_to_the_machine_in_its_place(self):
        card = self.create_card()
        self._wizard(
            "transfer", card, transfer="serial", serial=" SN-9 ", reason="Exchanged"
        ).action_confirm()
        self.assertEqual(card.equipment_id.serial, "SN-9")
        self.assertEqual(card.equipment_id.partner_id, self.customer)
        self.assertEqual(card.date_end, date(2029, 1, 15))
        self.assertEqual(self.equipment.state, "retired")
        self.assertEqual(self.equipment.warranty_state, "none")

    def test_transfer_to_a_machine_of_somebody_else_is_refused(self):
        card = self.create_card()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.create_equipment("SN-9", partner_id=stranger.id)
        with self.assertRaisesRegex(UserError, "Stranger"):
            card._transfer_to_serial("SN-9", "Exchanged")
        for serial in ("", None, "SN-1"):
            with self.assertRaises(UserError):
                card._transfer_to_serial(serial, "Exchanged")

    def test_transfer_of_a_draft_is_refused(self):
        card = self.create_card(active=False)
        with self.assertRaisesRegex(UserError, "only active and expired"):
            card._transfer_to_owner(self.customer, "x")

    def test_transfer_needs_the_right_to_write(self):
        card = self.create_card()
        with self.assertRaises(AccessError):
            card.with_user(self.users["engineer"])._transfer_to_owner(
                self.customer, "x"
            )

    # === JOBS === #

    def run_cron(self, xml_id):
        with self.enter_registry_test_mode():
            self.env.ref(f"qifei_aftersales.{xml_id}").method_direct_trigger()

    @freeze_time("2029-01-16")
    def test_job_expires_cards_after_their_last_day(self):
        ended = self.create_card()
        running = self.create_card(
            self.create_equipment("SN-2", date_purchase="2026-01-16")
        )
        self.run_cron("ir_cron_warranty_card_expire")
        self.assertEqual(ended.state, "expired")
        self.assertEqual(running.state, "active")

    @freeze_time("2029-02-01")
    def test_a_bad_card_does_not_stop_the_others(self):
        bad, *others = self.create_cards(4)
        expire = type(bad).action_expire

        def fail_on_bad(cards):
            if bad in cards:
                raise ValueError("broken by a test")
            return expire(cards)

        with (
            patch.object(type(bad), "action_expire", fail_on_bad),
            mute_logger("odoo.addons.qifei_base.tools.isolation"),
        ):
            self.run_cron("ir_cron_warranty_card_expire")
        self.assertEqual({card.state for card in others}, {"expired"})
        self.assertEqual((bad.state, bad.job_error), ("active", "broken by a test"))
        self.run_cron("ir_cron_warranty_card_expire")
        self.assertEqual((bad.state, bad.job_error), ("expired", False))

    @freeze_time("2029-01-01")
    def test_customers_are_reminded_once(self):
        card = self.create_card()
        later = self.create_card(
            self.create_equipment(
                "SN-2", date_purchase="2026-03-01", date_installation=False
            )
        )
        self.run_cron("ir_cron_warranty_card_remind")
        self.assertEqual(card.reminded_on, date(2029, 1, 1))
        self.assertFalse(later.reminded_on)
        mails = self.env["mail.mail"].search([("model", "=", card._name)])
        self.assertEqual(mails.mapped("res_id"), card.ids)
        self.assertIn("ends on", mails.subject)
        self.run_cron("ir_cron_warranty_card_remind")
        self.assertEqual(
            self.env["mail.mail"].search_count([("model", "=", card._name)]), 1
        )

    def test_reminder_respects_the_wish_of_the_customer(self):
        self.customer.qifei_notify_by = "none"
        card = self.create_card()
        card.action_send()
        self.assertFalse(self.env["mail.mail"].search([("model", "=", card._name)]))

    # === PRINT === #

    def test_printed_card_says_everything(self):
        card = self.create_card()
        self.equipment.serial = "SN-<1>"
        html, _type = self.env["ir.actions.report"]._render_qweb_html(
            "qifei_aftersales.report_warranty_card", card.ids
        )
        text = html.decode()
        for part in (
            card.name,
            "Fridge F1",
            "SN-&lt;1&gt;",
            "Wang Fang",
            "Jan 15, 2027",
            "Jan 15, 2029",
            "Main parts",
            "data:image/png;base64,",
        ):
            self.assertIn(part, text)

    # === GROWTH === #

    def test_queries_do_not_grow(self):
        one, many = self.create_cards(1), self.create_cards(20, note="many")
        self.assertFlatQueries(
            lambda cards: (
                cards.mapped("can_extend")
                and cards.web_read({"policy_id": {}, "date_end": {}, "serial": {}})
            ),
            one,
            many,
        )
        drafts = self.env["qifei.warranty.card"]
        equipment = self.env["qifei.equipment"].create(
            [
                {
                    "product_id": self.fridge.id,
                    "serial": f"D-{number}",
                    "partner_id": self.customer.id,
                    "date_purchase": "2026-01-15",
                }
                for number in range(21)
            ]
        )
        drafts = drafts.create([{"equipment_id": machine.id} for machine in equipment])
        self.assertFlatQueries(
            lambda cards: cards.action_activate(), drafts[0], drafts[1:]
        )
        self.assertFlatQueries(
            lambda count: self.create_cards(count, active=False, note="growth"), 1, 20
        )
        with freeze_time("2029-02-01"):
            self.assertFlatQueries(lambda cards: cards.action_expire(), one, many)
            self.assertFlatQueries(lambda cards: cards._remind(), one, many)
        self.assertFlatQueries(lambda cards: cards.action_void(reason="x"), one, many)


@tagged("post_install", "-at_install")
class TestWarrantyCardTransitions(TransitionMatrixMixin, WarrantyCase):
    def _matrix_record(self, role, user):
        return self.env["qifei.warranty.card"].create(
            {"equipment_id": self.create_equipment(f"MATRIX-{role}").id}
        )

    def _matrix_arguments(self, record, action):
        return {"reason": "Test"} if action in ("extend", "void") else {}

    def test_every_action_in_every_state_as_every_role(self):
        self.assertTransitionMatrix("qifei.warranty.card")


@tagged("post_install", "-at_install")
class TestEquipmentTransitions(TransitionMatrixMixin, WarrantyCase):
    def _matrix_record(self, role, user):
        return self.create_equipment(f"MATRIX-{role}")

    def test_every_action_in_every_state_as_every_role(self):
        self.assertTransitionMatrix("qifei.equipment")
