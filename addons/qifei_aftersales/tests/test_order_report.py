from lxml import html

from odoo.fields import Command
from odoo.tests import tagged

from .common_documents import DocumentCase, draw_picture

SHEET = "qifei_aftersales.action_report_service_sheet"
ESTIMATE = "qifei_aftersales.action_report_estimate"


@tagged("post_install", "-at_install")
class TestOrderReport(DocumentCase):
    def render(self, order, report=SHEET):
        content, _form = self.env["ir.actions.report"]._render_qweb_html(
            report, order.ids
        )
        return html.fromstring(content.decode())

    def get_text(self, document):
        return " ".join(document.text_content().split())

    def test_service_sheet_says_everything(self):
        order = self.create_finished_order()
        document = self.render(order)
        text = self.get_text(document)
        for phrase in (
            "Service sheet",
            "Lighthouse Service",
            order.name,
            order.ticket_id.name,
            "Customer 0",
            "100 Garden Road",
            "Fridge F1",
            "Li Qiang",
            "Jun 3, 2026 09:00-11:00",
            "It does not cool any more.",
            "The start relay is burnt. 启动继电器烧毁",
            "Solved",
            "Labour, refrigeration",
            "Goodwill",
            "1,319.56",
            "One thousand, two hundred and thirty-four Yuan, fifty-six Fen",
            "2 more in the electronic record",
            "accepted by Wang Fang",
            "very friendly",
            "★★★★☆",
        ):
            with self.subTest(phrase=phrase):
                self.assertIn(phrase, text)
        # The reason of an override is the company's own business.
        self.assertNotIn("a regular customer", text)

    def test_pictures_travel_inside_the_document(self):
        document = self.render(self.create_finished_order())
        sources = document.xpath("//div[contains(@class, 'article')]//img/@src")
        self.assertEqual(len(sources), 1 + 4 + 1)
        self.assertTrue(
            all(source.startswith("data:image/") for source in sources), sources
        )
        # Photos of several megabytes do not make the document heavy.
        self.assertLess(max(map(len, sources)), 100_000)
        self.assertTrue(document.xpath("//img[contains(@class, 'qifei-signature')]"))

    def test_service_sheet_in_chinese(self):
        order = self.create_finished_order("zh_CN")
        document = self.render(order)
        text = self.get_text(document)
        for phrase in (
            "服务单",
            "您需支付（大写） 人民币壹仟贰佰叁拾肆元伍角陆分",
            "2026年6月3日周三 09:00-11:00",
            "启动继电器烧毁",
            "另有 2 张见电子档案",
            "同意报价",
        ):
            with self.subTest(phrase=phrase):
                self.assertIn(phrase, text)
        self.assertTrue(document.xpath("//img[contains(@class, 'qifei-signature')]"))
        self.assertEqual(
            document.xpath("//div[contains(@class, 'article')]/@data-oe-lang"),
            ["zh_CN"],
        )

    def test_documents_of_two_customers_keep_their_languages(self):
        orders = self.create_finished_order() + self.create_finished_order("zh_CN")
        document = self.render(orders)
        pages = document.xpath("//div[contains(@class, 'qifei-doc')]")
        self.assertEqual(len(pages), 2)
        self.assertIn("One thousand, two hundred", self.get_text(pages[0]))
        self.assertIn("人民币壹仟贰佰", self.get_text(pages[1]))
        # One document for the printing program, whatever its Qt can do.
        self.assertEqual(len(document.xpath("//div[contains(@class, 'article')]")), 1)

    def test_covered_charge_costs_the_customer_nothing(self):
        order = self.create_finished_order()
        charges = order._prepare_document()["charges"]
        self.assertEqual(
            [(charge["coverage"], charge["to_pay"]) for charge in charges],
            [("Customer", 1234.56), ("Goodwill", 0.0)],
        )

    def test_clause_and_warranty_are_named(self):
        customer = self.create_customers(qifei_notify_by="none")
        equipment = self.env["qifei.equipment"].create(
            {
                "product_id": self.product.id,
                "serial": "SN-77",
                "partner_id": customer.id,
                "company_id": self.company.id,
                "date_purchase": "2026-01-10",
            }
        )
        policy = self.env["qifei.warranty.policy"].create(
            {
                "name": "Fridges",
                "code": "FRIDGES",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create(
                        {
                            "component": "machine",
                            "months": 24,
                            "start_from": "purchase",
                            "clause": "Whole machine, two years",
                        }
                    )
                ],
            }
        )
        self.env["qifei.warranty.card"].create(
            {"equipment_id": equipment.id, "policy_id": policy.id}
        ).action_activate()
        order = self.create_orders(customer, equipment_id=equipment.id)
        order.line_ids = [
            Command.create(
                {"product_id": self.product.id, "name": "Relay", "price_unit": 85.0}
            )
        ]
        text = self.get_text(self.render(order))
        self.assertIn("SN-77", text)
        self.assertIn("In warranty, until Jan 10, 2028", text)
        self.assertIn("Whole machine, two years, until Jan 10, 2028", text)
        self.assertIn("Zero Yuan", text)

    def test_unfinished_order_prints(self):
        order = self.create_orders(
            self.create_customers(), engineer_id=False, planned_start=False
        )
        text = self.get_text(self.render(order))
        self.assertIn("No charges.", text)
        self.assertIn(order.name, self.get_text(self.render(order, ESTIMATE)))

    def test_files_that_are_no_pictures_are_left_out(self):
        order = self.create_orders(self.create_customers())
        order.photo_ids = self.env["ir.attachment"].create(
            [
                {"name": "notes.txt", "raw": b"text"},
                {"name": "bad.png", "raw": b"no picture", "mimetype": "image/png"},
                {"name": "good.png", "raw": draw_picture()},
            ]
        )
        self.assertEqual(len(order._prepare_document()["photos"]), 1)

    def test_estimate(self):
        order = self.create_orders(self.create_customers(qifei_notify_by="none"))
        order.write(
            {
                "diagnosis": "The start relay is burnt.",
                "line_ids": [
                    Command.create(
                        {
                            "product_id": self.labour.id,
                            "name": "Labour, refrigeration",
                            "price_unit": 100.5,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_send_estimate()
        text = self.get_text(self.render(order, ESTIMATE))
        for phrase in (
            "Estimate",
            "The start relay is burnt.",
            "One hundred Yuan, fifty Fen",
            "I accept this estimate",
        ):
            self.assertIn(phrase, text)
        order._refuse_estimate("too dear")
        self.assertIn("too dear", self.get_text(self.render(order, ESTIMATE)))

    def test_engineer_prints_his_order(self):
        """Who may read the order may print it, whatever else he may not read."""
        group = self.env.ref("qifei_base.group_engineer")
        user = self.env["res.users"].create(
            {
                "name": "Li Qiang",
                "login": "li.qiang",
                "group_ids": [Command.link(group.id)],
                "company_id": self.company.id,
                "company_ids": [Command.link(self.company.id)],
            }
        )
        self.engineer.user_id = user
        order = self.create_finished_order()
        content, _form = (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(SHEET, order.ids)
        )
        self.assertIn("启动继电器烧毁", content.decode())

    def test_file_is_named_after_the_order(self):
        order = self.create_orders(self.create_customers())
        self.assertEqual(
            order._get_report_base_filename(), f"Service sheet {order.name}"
        )
