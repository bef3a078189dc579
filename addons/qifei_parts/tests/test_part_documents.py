from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_planning import PlanningCase

SLIP = "qifei_parts.report_parts_slip"
LABEL = "qifei_parts.report_parts_label"


@tagged("post_install", "-at_install")
class TestPartDocuments(PlanningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.write({"default_code": "SEAL-01", "barcode": "6901234567892"})
        cls.reports = cls.env["ir.actions.report"].with_context(
            force_report_rendering=True
        )

    def transfer(self, purpose, source, destination, product=None, **values):
        product = product or self.part
        self.add_stock(product, 5, place=source)
        return self.env["stock.move"]._qifei_transfer(
            purpose,
            [
                {
                    "source": source,
                    "destination": destination,
                    "moves": [{"product": product, "quantity": 2}],
                    **values,
                }
            ],
        )

    def render(self, report, pickings):
        html = self.env["ir.actions.report"]._render_qweb_html(report, pickings.ids)[0]
        return html.decode()

    # === SLIPS === #

    def test_title_follows_the_purpose(self):
        for purpose, source, destination, title in (
            ("issue", self.stock, self.van, "Issue slip"),
            ("return", self.van, self.stock, "Return slip"),
            ("ship", self.stock, self.transit, "Shipping slip"),
            ("receive", self.transit, self.van, "Receipt slip"),
            ("old", self.van, self.defective, "Slip of old parts"),
        ):
            with self.subTest(purpose=purpose):
                picking = self.transfer(purpose, source, destination)
                html = self.render(SLIP, picking)
                self.assertIn(title, html)
                self.assertIn(picking.name, html)
                self.assertIn("SEAL-01", html)

    def test_shipping_slip_names_the_request_and_where_it_goes(self):
        request = self.prepared("ship", quantity=2)
        request.note = "Fridge without cooling"
        picking = request.sudo().picking_ids.filtered(
            lambda one: one.qifei_purpose == "ship"
        )
        slip = picking._prepare_parts_slip()
        facts = dict(slip["facts"])
        self.assertEqual(facts["Part request"], request.name)
        self.assertEqual(facts["To"], self.van.name)
        self.assertEqual(slip["lines"][0]["quantity"], 2)
        html = self.render(SLIP, picking)
        self.assertIn("Fridge without cooling", html)
        self.assertIn("Handed over to", html)

    def test_slip_names_serial_numbers(self):
        picking = self.transfer("issue", self.stock, self.van, self.serial_part)
        lots = picking._prepare_parts_slip()["lines"][0]["lots"]
        self.assertEqual(len(lots.split(", ")), 2)
        self.assertIn(lots, self.render(SLIP, picking))

    def test_return_slip_lists_the_old_parts_of_the_holder(self):
        old = (
            self.env["qifei.old.part"]
            .sudo()
            ._as_own_step()
            .create(
                [
                    {
                        "product_id": self.other_part.id,
                        "engineer_id": engineer.id,
                        "location_id": engineer._get_old_location().id,
                        "serial": serial,
                    }
                    for engineer, serial in (
                        (self.engineer, "OLD-MINE"),
                        (self.other_engineer, "OLD-OTHER"),
                    )
                ]
            )
        )
        picking = self.transfer("return", self.van, self.stock)
        html = self.render(SLIP, picking)
        self.assertIn("OLD-MINE", html)
        self.assertIn(old[0].name, html)
        self.assertNotIn("OLD-OTHER", html)
        issue = self.transfer("issue", self.stock, self.van)
        self.assertNotIn("OLD-MINE", self.render(SLIP, issue))

    def test_slip_speaks_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.part.with_context(lang="zh_CN").name = "门封条"
        contact = self.env["res.partner"].create({"name": "维修站", "lang": "zh_CN"})
        picking = self.transfer("issue", self.stock, self.van, partner=contact)
        self.assertEqual(picking._get_parts_slip_lang(), "zh_CN")
        self.assertIn("门封条", self.render(SLIP, picking))
        self.assertIn("门封条", self.render(LABEL, picking))
        own = self.transfer("issue", self.stock, self.van)
        self.assertEqual(own.with_context(lang="zh_CN")._get_parts_slip_lang(), "zh_CN")
        self.assertNotIn("门封条", self.render(SLIP, own))

    def test_other_transfers_have_no_slip(self):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.company._get_parts_warehouse().int_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.stock.id,
            }
        )
        with self.assertRaisesRegex(UserError, "moves no parts"):
            picking._check_parts_documents()

    def test_several_slips_are_one_document(self):
        pickings = self.transfer("issue", self.stock, self.van)
        pickings |= self.transfer("return", self.van, self.stock)
        with self.allow_pdf_render():
            pdf, kind = self.reports._render_qweb_pdf(SLIP, pickings.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(pdf.startswith(b"%PDF"))

    # === SLIPS OF PEOPLE WITHOUT STOCK RIGHTS === #

    def print_as(self, user, report, record):
        self.env.invalidate_all()
        return (
            self.env["ir.actions.report"]
            .with_user(user)
            ._render_qweb_html(report, record.ids)[0]
            .decode()
        )

    def test_engineers_print_the_slips_of_their_own_requests(self):
        request = self.prepared("ship", quantity=2)
        report = "qifei_parts.report_part_request_slips"
        html = self.print_as(self.users["engineer"], report, request)
        self.assertIn("Shipping slip", html)
        self.assertIn("Receipt slip", html)
        self.assertIn("SEAL-01", html)
        with self.assertRaises(AccessError):
            self.print_as(self.users["engineer"], SLIP, request.sudo().picking_ids)
        foreign = self.create_request(
            role="parts_keeper", engineer_id=self.other_engineer.id
        )
        with self.assertRaises(AccessError):
            self.print_as(self.users["engineer"], report, foreign)
        with self.assertRaisesRegex(UserError, "no slip to print"):
            self.print_as(self.users["parts_keeper"], report, foreign)

    def test_engineers_print_the_slips_of_their_own_orders(self):
        report = "qifei_parts.report_work_order_parts_slips"
        own, foreign = (
            self.walk(self.create_orders(engineer_id=engineer.id), "arrive")
            for engineer in (self.engineer, self.other_engineer)
        )
        with self.assertRaisesRegex(UserError, f"No part of {own.name}"):
            self.print_as(self.users["engineer"], report, own)
        for order in own | foreign:
            part = self.env["qifei.work.order.part"].create(
                {"order_id": order.id, "product_id": self.part.id}
            )
            part._issue()
        html = self.print_as(self.users["engineer"], report, own)
        self.assertIn("Issue slip", html)
        self.assertIn(own.name, html)
        with self.assertRaises(AccessError):
            self.print_as(self.users["engineer"], report, foreign)

    def test_customers_print_no_slips_of_the_house(self):
        order = self.create_orders(partner_id=self.portal_user.partner_id.id)
        with self.assertRaises(AccessError):
            order.with_user(self.portal_user)._get_parts_slips()

    # === LABELS === #

    def test_label_says_part_number_request_and_destination(self):
        request = self.prepared("ship", quantity=2)
        picking = request.sudo().picking_ids.filtered(
            lambda one: one.qifei_purpose == "ship"
        )
        label = picking._prepare_parts_labels()[0]
        self.assertEqual(
            label["qr"].split("\n"),
            ["SEAL-01", "", request.name, self.van.name],
        )
        self.assertEqual(label["barcode"], "6901234567892")
        html = self.render(LABEL, picking)
        self.assertIn(request.name, html)
        self.assertEqual(html.count('class="qifei-part-label"'), 1)
        self.assertIn("data:image/png;base64", html)

    def test_each_numbered_piece_has_its_label(self):
        picking = self.transfer("issue", self.stock, self.van, self.serial_part)
        labels = picking._prepare_parts_labels()
        self.assertEqual(len(labels), 2)
        self.assertEqual(
            {label["barcode"] for label in labels},
            set(picking.move_line_ids.lot_id.mapped("name")),
        )
        self.assertIn(labels[0]["number"], labels[0]["qr"])

    def test_labels_are_printed(self):
        picking = self.transfer("issue", self.stock, self.van, self.serial_part)
        with self.allow_pdf_render():
            pdf = self.reports._render_qweb_pdf(LABEL, picking.ids)[0]
        self.assertTrue(pdf.startswith(b"%PDF"))

    def test_queries_of_labels_do_not_grow_with_lines(self):
        parts = self.create_parts(20)
        for part in parts:
            self.add_stock(part, 1)
        pickings = [
            self.env["stock.move"]._qifei_transfer(
                "issue",
                [
                    {
                        "source": self.stock,
                        "destination": self.van,
                        "moves": [{"product": part, "quantity": 1} for part in some],
                    }
                ],
            )
            for some in (parts[:1], parts[1:])
        ]
        self.assertFlatQueries(lambda one: one._prepare_parts_labels(), *pickings)
        self.assertFlatQueries(lambda one: one._prepare_parts_slip(), *pickings)
