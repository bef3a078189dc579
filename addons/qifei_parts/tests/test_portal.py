import io
import re
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from odoo import fields, http
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_base.tests.common import draw_picture
from odoo.addons.qifei_base.tests.fuzzing import FILES, FUZZ, TEXT

from .common_requests import RequestCase

MISSING_ID = 2**31 - 1
HUGE_ID = 10**30


class PartsPortalCase(RequestCase, HttpCase):
    """Two service points with a request, an old part and a statement each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_user.password = cls.portal_user.login
        cls.other_partner = cls.env["res.partner"].create(
            {
                "name": "Other point",
                "is_company": True,
                "qifei_is_service_partner": True,
            }
        )
        cls.other_user = new_test_user(
            cls.env, login="qifei_test_other_point", groups="base.group_portal"
        )
        cls.other_user.partner_id.parent_id = cls.other_partner
        cls.customer_user = new_test_user(
            cls.env, login="qifei_test_point_customer", groups="base.group_portal"
        )
        cls.other_part.qifei_old_part_return = True
        cls.own = cls.create_documents(cls.point_partner, cls.portal_user)
        cls.foreign = cls.create_documents(cls.other_partner, cls.other_user)
        cls.env.flush_all()

    @classmethod
    def create_documents(cls, partner, user):
        """Return a shipped request, an owed old part and a sent statement."""
        place = partner._get_point_location(cls.company)
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": cls.other_part.id,
                "location_id": place.id,
                "inventory_quantity": 2,
            }
        ).action_apply_inventory()
        # Counted before the month of the statement, which is the last full one.
        counted = cls.env["stock.move.line"].search(
            [("location_dest_id", "=", place.id)]
        )
        counted.date = fields.Datetime.subtract(fields.Datetime.now(), days=70)
        request = cls.env["qifei.part.request"].with_user(user).sudo()
        request = request.create(
            {
                "partner_id": partner.id,
                "line_ids": [
                    Command.create({"product_id": cls.part.id, "quantity": 2})
                ],
            }
        )
        request.action_submit()
        keeper = request.with_user(cls.users["parts_keeper"]).sudo(False)
        keeper.action_approve()
        keeper.action_ship()
        statement = cls.env["qifei.part.statement"].create({"location_id": place.id})
        statement.action_send()
        return {
            "request": request.with_env(cls.env),
            "statement": statement,
            "old_part": cls.create_old_part(partner),
        }

    @classmethod
    def create_old_part(cls, partner):
        order = cls.create_orders()
        need = cls.env["qifei.work.order.part"].create(
            {"order_id": order.id, "product_id": cls.other_part.id, "quantity": 1}
        )
        return (
            cls.env["qifei.old.part"]
            ._open_for(
                [
                    {
                        "order_part": need,
                        "quantity": 1,
                        "source": partner._get_point_location(cls.company),
                    }
                ]
            )
            .sudo(False)
        )

    # === BROWSER === #

    def log_in(self, user):
        """Become a user, or a visitor without login."""
        if user:
            self.authenticate(user.login, user.login)
        else:
            self.authenticate(None, None)

    def post(self, url, data=None, files=None):
        return self.url_open(
            url,
            data={"csrf_token": http.Request.csrf_token(self), **(data or {})},
            files=files,
        )

    def get_fingerprint(self):
        """Return what a stranger could have changed of the first point."""
        self.env.invalidate_all()
        request, statement = self.own["request"], self.own["statement"]
        return (
            request.state,
            request.line_ids.mapped("quantity_received"),
            len(request.discrepancy_ids),
            statement.state,
            statement.holder_confirmed_on,
            statement.line_ids.mapped("is_counted"),
            self.own["old_part"].state,
            self.env["qifei.part.request"].search_count([]),
            self.env["stock.move"].search_count([]),
        )


@tagged("post_install", "-at_install")
class TestPartsRouteMatrix(PartsPortalCase):
    """Every page and step × everybody who may knock."""

    PAGES = (
        ("/my/part-requests/{id}", "request", "o_qifei_parts_receive"),
        ("/my/part-statements/{id}", "statement", 'name="counted_'),
    )
    LISTS = ("/my/parts", "/my/part-requests", "/my/old-parts", "/my/part-statements")
    OWN_FORM = "/my/part-requests/new"

    def get_users(self):
        """Return ``{visitor: (user, whether the first point is his)}``."""
        return {
            "nobody": (None, False),
            "own point": (self.portal_user, True),
            "other point": (self.other_user, False),
            "customer": (self.customer_user, False),
            "engineer": (self.users["engineer"], False),
            "parts keeper": (self.users["parts_keeper"], False),
        }

    def get_writes(self):
        """Return ``(address, form)`` of every step on documents of the first point."""
        request, statement = self.own["request"], self.own["statement"]
        line = request.line_ids
        return (
            (f"/my/part-requests/{request.id}/cancel", {}),
            (f"/my/part-requests/{request.id}/receive", {f"good_{line.id}": "1"}),
            ("/my/old-parts/return", {"old_part": str(self.own["old_part"].id)}),
            (
                f"/my/part-statements/{statement.id}/count",
                {f"counted_{statement.line_ids[:1].id}": "1"},
            ),
            (
                f"/my/part-statements/{statement.id}/confirm",
                {"fingerprint": statement._get_fingerprint()},
            ),
        )

    def test_pages(self):
        for visitor, (user, may_read) in self.get_users().items():
            self.log_in(user)
            for url, name, words in self.PAGES:
                with self.subTest(url=url, visitor=visitor):
                    answer = self.url_open(
                        url.format(id=self.own[name].id),
                        # A token opens nothing here.
                        params={"access_token": self.own[name]._portal_ensure_token()},
                        method="GET",
                    )
                    self.assertEqual(answer.status_code, 200)
                    check = self.assertIn if may_read else self.assertNotIn
                    check(words, answer.text)

    def test_lists_show_the_own_point_only(self):
        shown = {
            "/my/parts": self.other_part.name,
            "/my/part-requests": self.own["request"].name,
            "/my/old-parts": self.own["old_part"].name,
            "/my/part-statements": self.own["statement"].name,
        }
        for visitor, (user, may_read) in self.get_users().items():
            self.log_in(user)
            for url in self.LISTS:
                with self.subTest(url=url, visitor=visitor):
                    answer = self.url_open(url)
                    self.assertEqual(answer.status_code, 200)
                    if user is None:
                        self.assertIn("/web/login", answer.url)
                    elif user == self.other_user and url == "/my/parts":
                        self.assertIn(shown[url], answer.text)
                    else:
                        check = self.assertIn if may_read else self.assertNotIn
                        check(shown[url], answer.text)

    def test_absent_documents_look_like_foreign_ones(self):
        self.log_in(self.other_user)
        for url, name, _words in self.PAGES:
            foreign = self.url_open(url.format(id=self.own[name].id))
            for absent_id in (MISSING_ID, HUGE_ID, 0):
                with self.subTest(url=url, absent_id=absent_id):
                    absent = self.url_open(url.format(id=absent_id))
                    self.assertEqual(absent.status_code, foreign.status_code)
                    self.assertEqual(absent.url, foreign.url)

    def test_strangers_change_nothing(self):
        before = self.get_fingerprint()
        for visitor, (user, may_act) in self.get_users().items():
            if may_act:
                continue
            self.log_in(user)
            for url, form in self.get_writes():
                with self.subTest(url=url, visitor=visitor):
                    answer = self.post(url, form)
                    self.assertEqual(answer.status_code, 200)
                    self.assertEqual(self.get_fingerprint(), before)

    def test_strangers_ask_for_nothing(self):
        before = self.get_fingerprint()
        form = {f"quantity_{self.part.id}": "1"}
        for user in (None, self.customer_user, self.users["engineer"]):
            self.log_in(user)
            self.post("/my/part-requests/submit", form)
            self.assertEqual(self.get_fingerprint(), before)
            if user:
                self.assertEqual(
                    self.make_jsonrpc_request(
                        "/my/part-requests/parts", {"term": self.part.name}
                    ),
                    [],
                )
                self.assertNotIn(
                    "o_qifei_parts_form", self.url_open(self.OWN_FORM).text
                )

    def test_forms_without_csrf_token_change_nothing(self):
        before = self.get_fingerprint()
        self.log_in(self.portal_user)
        for url, form in (*self.get_writes(), ("/my/part-requests/submit", {})):
            with self.subTest(url=url):
                answer = self.url_open(url, data={"a": "b", **form})
                self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.get_fingerprint(), before)

    def test_writing_by_get_is_not_possible(self):
        before = self.get_fingerprint()
        self.log_in(self.portal_user)
        for url, form in (*self.get_writes(), ("/my/part-requests/submit", {})):
            answer = self.url_open(url, params=form, method="GET")
            self.assertIn(answer.status_code, (200, 400, 404, 405), url)
        self.assertEqual(self.get_fingerprint(), before)

    def test_every_route_of_the_addon_is_in_this_matrix(self):
        known = {url.replace("{id}", "<id>") for url, *_rest in self.PAGES}
        known |= {
            re.sub(r"/\d+/", "/<id>/", address) for address, _form in self.get_writes()
        }
        known |= {*self.LISTS, *(f"{url}/page/<id>" for url in self.LISTS)}
        known |= {
            self.OWN_FORM,
            "/my/part-requests/submit",
            "/my/part-requests/parts",
        }
        found = {
            re.sub(r"<[^>]+>", "<id>", str(rule.rule))
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if ".qifei_parts." in rule.endpoint.func.__module__
        }
        found = {path for path in found if path.startswith("/my/")}
        self.assertTrue(found)
        self.assertFalse(found - known, "Add the new routes to the matrix.")


@tagged("post_install", "-at_install")
class TestPartsPortal(PartsPortalCase):
    """What a service point does in the portal, from the request to the statement."""

    def test_asking_for_parts(self):
        self.log_in(self.portal_user)
        found = self.make_jsonrpc_request(
            "/my/part-requests/parts", {"term": self.part.name}
        )
        self.assertIn(self.part.id, [part["id"] for part in found])
        before = self.env["qifei.part.request"].search([])
        answer = self.post(
            "/my/part-requests/submit",
            {f"quantity_{self.part.id}": "2,0", "note": "Stock is low"},
        )
        request = self.env["qifei.part.request"].search([]) - before
        self.assertIn(f"/my/part-requests/{request.id}?done=submitted", answer.url)
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.requester_id, self.portal_user)
        self.assertEqual(request.destination_id, self.point)
        self.assertEqual(request.line_ids.quantity, 2)
        self.assertEqual(request.note, "Stock is low")

    def test_asking_for_nothing_or_nonsense_is_refused_with_a_sentence(self):
        self.log_in(self.portal_user)
        before = self.get_fingerprint()
        machine = self.create_parts(1, qifei_is_part=False)
        for form, words in (
            ({}, "Add at least one part"),
            ({f"quantity_{self.part.id}": "-1"}, "is no quantity"),
            ({f"quantity_{self.part.id}": "many"}, "is no quantity"),
            ({f"quantity_{machine.id}": "1"}, "Add at least one part"),
            ({f"quantity_{HUGE_ID}": "1"}, "Add at least one part"),
        ):
            with self.subTest(form=form):
                answer = self.post("/my/part-requests/submit", form)
                self.assertEqual(answer.status_code, 200)
                self.assertIn(words, answer.text)
                self.assertEqual(self.get_fingerprint(), before)

    def test_counting_what_arrived(self):
        self.log_in(self.portal_user)
        request = self.own["request"]
        line = request.line_ids
        url = f"/my/part-requests/{request.id}"
        form = {f"good_{line.id}": "1", f"damaged_{line.id}": "1"}
        answer = self.post(f"{url}/receive", form)
        self.assertIn("photo", answer.text)
        self.env.invalidate_all()
        self.assertEqual(request.state, "shipped")
        answer = self.post(
            f"{url}/receive",
            {**form, f"note_{line.id}": "Bent"},
            files=[(f"photos_{line.id}", ("a.png", io.BytesIO(draw_picture())))],
        )
        self.assertIn("done=received", answer.url)
        self.env.invalidate_all()
        self.assertEqual(request.state, "received")
        self.assertEqual(line.quantity_received, 1)
        discrepancy = request.discrepancy_ids
        self.assertEqual(discrepancy.kind, "damaged")
        self.assertEqual(discrepancy.note, "Bent")
        self.assertEqual(len(discrepancy.photo_ids), 1)
        self.assertIn("Bent", self.url_open(url).text)

    def test_receiving_more_than_was_shipped_is_refused(self):
        self.log_in(self.portal_user)
        request = self.own["request"]
        before = self.get_fingerprint()
        answer = self.post(
            f"/my/part-requests/{request.id}/receive",
            {f"good_{request.line_ids.id}": "3"},
        )
        self.assertIn("alert-danger", answer.text)
        self.assertEqual(self.get_fingerprint(), before)

    def test_only_the_requester_cancels(self):
        self.log_in(self.portal_user)
        self.post("/my/part-requests/submit", {f"quantity_{self.part.id}": "1"})
        request = self.env["qifei.part.request"].search([], order="id desc", limit=1)
        colleague = new_test_user(
            self.env, login="qifei_test_colleague", groups="base.group_portal"
        )
        colleague.partner_id.parent_id = self.point_partner
        self.log_in(colleague)
        answer = self.post(f"/my/part-requests/{request.id}/cancel")
        self.assertIn("alert-danger", answer.text)
        self.env.invalidate_all()
        self.assertEqual(request.state, "submitted")
        self.log_in(self.portal_user)
        answer = self.post(f"/my/part-requests/{request.id}/cancel")
        self.assertIn("done=cancelled", answer.url)
        self.env.invalidate_all()
        self.assertEqual(request.state, "cancelled")

    def test_sending_back_old_parts(self):
        self.log_in(self.portal_user)
        old_part = self.own["old_part"]
        answer = self.post("/my/old-parts/return", {})
        self.assertIn("Tick the old parts", answer.text)
        answer = self.post(
            "/my/old-parts/return",
            {"old_part": [str(old_part.id), str(self.foreign["old_part"].id)]},
        )
        self.assertIn("not yours", answer.text)
        self.env.invalidate_all()
        self.assertEqual(old_part.state, "owed")
        answer = self.post("/my/old-parts/return", {"old_part": str(old_part.id)})
        self.assertIn("done=returned", answer.url)
        self.env.invalidate_all()
        self.assertEqual(old_part.state, "returned")

    def test_counting_and_confirming_the_month(self):
        self.log_in(self.portal_user)
        statement = self.own["statement"]
        url = f"/my/part-statements/{statement.id}"
        counts = {
            f"counted_{line.id}": f"{line.closing:g}" for line in statement.line_ids
        }
        answer = self.post(f"{url}/count", counts)
        self.assertIn("done=counted", answer.url)
        answer = self.post(f"{url}/confirm", {"fingerprint": "0" * 64})
        self.assertIn("alert-danger", answer.text)
        self.env.invalidate_all()
        self.assertFalse(statement.holder_confirmed_on)
        fingerprint = re.search(
            r'name="fingerprint" value="([0-9a-f]+)"', self.url_open(url).text
        ).group(1)
        answer = self.post(f"{url}/confirm", {"fingerprint": fingerprint})
        self.assertIn("done=confirmed", answer.url)
        self.env.invalidate_all()
        self.assertEqual(statement.holder_confirmed_by_id, self.portal_user.partner_id)

    def test_what_has_to_happen_before_confirming_is_said(self):
        self.log_in(self.portal_user)
        statement = self.own["statement"]
        url = f"/my/part-statements/{statement.id}"
        button = f"{url}/confirm"
        self.assertIn(button, self.url_open(url).text)
        line = statement.line_ids[:1]
        self.post(f"{url}/count", {f"counted_{line.id}": f"{line.closing + 1:g}"})
        page = self.url_open(url).text
        self.assertNotIn(button, page)
        self.assertIn("what was counted differs for", page)
        self.post(f"{url}/count", {f"counted_{line.id}": f"{line.closing:g}"})
        self.assertIn(button, self.url_open(url).text)


@tagged("post_install", "-at_install")
class TestPartsFuzzing(PartsPortalCase):
    """Whatever is sent to a form of a service point: no crash."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger("odoo.http", "odoo.sql_db"))
        self.log_in(self.portal_user)

    def send(self, url, data, files=None):
        with suppress(UnicodeEncodeError):
            answer = self.post(url, data, files)
            self.assertLess(answer.status_code, 500, (url, data, answer.text[:500]))
            self.assertNotIn("<script>alert(1)</script>", answer.text)

    def test_forms(self):
        request, statement = self.own["request"], self.own["statement"]
        line = request.line_ids.id
        names_by_url = {
            f"/my/part-requests/{request.id}/receive": [
                f"{name}_{line}"
                for name in ("good", "damaged", "wrong", "over", "product", "note")
            ],
            f"/my/part-requests/{request.id}/cancel": ["reason"],
            "/my/part-requests/submit": [
                f"quantity_{self.part.id}",
                f"quantity_{MISSING_ID}",
                "quantity_",
                "needed_on",
                "note",
            ],
            "/my/old-parts/return": ["old_part"],
            f"/my/part-statements/{statement.id}/count": [
                f"counted_{statement.line_ids[:1].id}",
                f"counted_{MISSING_ID}",
                "counted_x",
            ],
            f"/my/part-statements/{statement.id}/confirm": ["fingerprint"],
        }
        for url, names in names_by_url.items():
            with self.subTest(url=url):
                self.fuzz_form(url, names)

    def fuzz_form(self, url, names):
        @FUZZ
        @given(st.dictionaries(st.sampled_from(names), TEXT))
        def check(data):
            self.send(url, data)

        check()

    def test_files(self):
        request = self.own["request"]
        line = request.line_ids.id
        before = self.get_fingerprint()

        @FUZZ
        @given(FILES)
        def check(content):
            upload = ("photo.jpg", io.BytesIO(content), "image/jpeg")
            self.send(
                f"/my/part-requests/{request.id}/receive",
                {f"good_{line}": "1", f"damaged_{line}": "1"},
                [(f"photos_{line}", upload)],
            )

        check()
        self.assertEqual(self.get_fingerprint(), before)

    def test_queries_and_searches(self):
        @FUZZ
        @given(
            st.dictionaries(
                st.sampled_from(
                    (
                        "search",
                        "search_in",
                        "sortby",
                        "filterby",
                        "date_begin",
                        "page",
                        "done",
                    )
                ),
                TEXT,
            )
        )
        def check(query):
            for url in TestPartsRouteMatrix.LISTS:
                with suppress(UnicodeEncodeError):
                    answer = self.url_open(url, params=query, method="GET")
                    self.assertLess(answer.status_code, 500, (url, query))
            term = query.get("search", "")
            with suppress(UnicodeEncodeError):
                self.make_jsonrpc_request("/my/part-requests/parts", {"term": term})

        check()
