import json

from odoo.tests import tagged

from .common import PortalCase, draw_signature

MISSING_ID = 2**31 - 1
HUGE_ID = 10**30


@tagged("post_install", "-at_install")
class TestRouteMatrix(PortalCase):
    """Every route of a document × everybody who may knock.

    Nobody, a wrong token, the right token, the owner, another customer, and the right
    token on another customer's document of the same kind or on a child of it.
    """

    PAGES = (
        # (url, fixture, words that only a reader of the document sees)
        ("/my/tickets/{id}", "ticket", "Secret of {name}"),
        ("/my/work-orders/{id}", "order", "o_qifei_steps"),
        ("/my/work-orders/{id}/verify", "order", "Fan worn"),
        ("/my/work-orders/{id}/rate", "order", "o_qifei_engineer"),
        ("/my/equipment/{id}", "machine", "SN-{upper}-1"),
        ("/my/warranty-cards/{id}", "card", "SN-{upper}-1"),
    )
    LISTS = ("/my/tickets", "/my/equipment", "/my/warranty-cards", "/my/shared-orders")

    def setUp(self):
        super().setUp()
        for order in (self.anna_order, self.boris_order):
            self.bring_to(order, "done")
        self.env.flush_all()

    def get_users(self):
        """Return ``{visitor: user}``, those without a login first."""
        return {
            "anonymous": None,
            "wrong token": None,
            "odd token": None,
            "right token": None,
            "token of another document": None,
            "owner": self.anna_user,
            "owner with wrong token": self.anna_user,
            "other customer": self.boris_user,
            "other customer, own token": self.boris_user,
            "service partner": self.dealer_user,
        }

    def get_knock(self, visitor, fixture):
        """Return the token this visitor sends and whether Anna's document opens."""
        right = self[f"anna_{fixture}"].access_token
        foreign = self[f"boris_{fixture}"].access_token
        self.assertTrue(right and foreign and right != foreign)
        return {
            "wrong token": ("wrong-token-wrong", False),
            "odd token": ("ünïcode \x00'\"--", False),
            "right token": (right, True),
            "token of another document": (foreign, False),
            "owner": (None, True),
            "owner with wrong token": ("wrong-token-wrong", True),
            "other customer, own token": (foreign, False),
        }.get(visitor, (None, False))

    def __getitem__(self, name):
        return getattr(self, name)

    # === READING === #

    def test_pages(self):
        for visitor, user in self.get_users().items():
            self.log_in(user)
            for url, fixture, words in self.PAGES:
                token, may_read = self.get_knock(visitor, fixture)
                with self.subTest(url=url, visitor=visitor):
                    answer = self.url_open(
                        url.format(id=self[f"anna_{fixture}"].id),
                        params={"access_token": token} if token else None,
                        method="GET",
                    )
                    self.assertEqual(answer.status_code, 200)
                    check = self.assertIn if may_read else self.assertNotIn
                    check(words.format(name="Anna", upper="ANNA"), answer.text)

    def test_absent_documents_look_like_foreign_ones(self):
        self.log_in(self.boris_user)
        for url, fixture, _words in self.PAGES:
            foreign = self.url_open(url.format(id=self[f"anna_{fixture}"].id))
            for absent_id in (MISSING_ID, HUGE_ID, 0):
                with self.subTest(url=url, absent_id=absent_id):
                    absent = self.url_open(url.format(id=absent_id))
                    self.assertEqual(absent.status_code, foreign.status_code)
                    self.assertEqual(absent.url, foreign.url)

    def test_lists_need_a_login(self):
        self.log_in(None)
        for url in self.LISTS:
            self.assertIn("/web/login", self.url_open(url).url)

    def test_pdf_of_the_card(self):
        url = f"/my/warranty-cards/{self.anna_card.id}"
        for visitor, user in self.get_users().items():
            token, may_read = self.get_knock(visitor, "card")
            with self.subTest(visitor=visitor):
                self.log_in(user)
                answer = self.url_open(
                    url,
                    params={"report_type": "pdf", "access_token": token or ""},
                    method="GET",
                )
                self.assertEqual(
                    answer.headers["Content-Type"] == "application/pdf", may_read
                )

    def test_live(self):
        for visitor, user in self.get_users().items():
            token, may_read = self.get_knock(visitor, "order")
            with self.subTest(visitor=visitor):
                self.log_in(user)
                answer = self.make_jsonrpc_request(
                    f"/my/work-orders/{self.anna_order.id}/live",
                    {"access_token": token},
                )
                self.assertEqual("html" in answer, may_read)

    def test_photos(self):
        """A photo opens with its own token only, whoever may read the ticket."""
        photo = self.env["ir.attachment"].create(
            {
                "name": "photo.png",
                "raw": b"\x89PNG\r\n\x1a\n",
                "res_model": "qifei.ticket",
                "res_id": self.anna_ticket.id,
                "mimetype": "image/png",
            }
        )
        photo.generate_access_token()
        self.log_in(None)
        page = self.url_open(self.anna_ticket.get_portal_url()).text
        self.assertIn(f"/web/image/{photo.id}?access_token=", page)
        for token, status in (("", 404), ("wrong-token", 404)):
            answer = self.url_open(f"/web/content/{photo.id}?access_token={token}")
            self.assertEqual(answer.status_code, status)

    # === CHILDREN === #

    def test_token_of_the_request_opens_only_its_own_orders(self):
        self.log_in(None)
        ticket_token = self.anna_ticket.access_token
        page = self.url_open(self.anna_ticket.get_portal_url()).text
        self.assertIn(self.anna_order.access_token, page)
        self.assertNotIn(self.boris_order.access_token, page)
        for order in (self.anna_order, self.boris_order):
            answer = self.url_open(
                f"/my/work-orders/{order.id}?access_token={ticket_token}"
            )
            self.assertNotIn("o_qifei_steps", answer.text)

    def test_token_of_the_order_opens_no_request_of_another_customer(self):
        # An order that was moved to the ticket of somebody else shows no way to it.
        self.anna_order.ticket_id = self.boris_ticket
        self.env.flush_all()
        self.log_in(None)
        page = self.url_open(self.anna_order.get_portal_url()).text
        self.assertNotIn(self.boris_ticket.access_token, page)

    # === WRITING === #

    def get_writes(self):
        """Return ``(url, fixture, form or json, what it would change)``."""
        signature = {"name": "Mallory", "signature": draw_signature()}
        return (
            ("/my/tickets/{id}/cancel", "ticket", {"reason": "x"}, None),
            ("/my/tickets/{id}/reschedule", "ticket", {"window": "x"}, None),
            ("/my/tickets/{id}/reopen", "ticket", {"reason": "x"}, None),
            ("/my/work-orders/{id}/estimate/accept", "order", None, signature),
            ("/my/work-orders/{id}/estimate/refuse", "order", {"reason": "x"}, None),
            ("/my/work-orders/{id}/verify/sign", "order", None, signature),
            ("/my/work-orders/{id}/verify/object", "order", {"reason": "x"}, None),
            ("/my/work-orders/{id}/rate", "order", {"stars": "1"}, None),
            ("/my/shared-orders/{id}/accept", "order", {}, None),
            ("/my/shared-orders/{id}/note", "order", {"note": "x"}, None),
            (
                "/my/shared-orders/{id}/done",
                "order",
                {"diagnosis": "x", "result": "solved"},
                None,
            ),
        )

    def get_fingerprint(self):
        self.env.invalidate_all()
        order, ticket = self.anna_order, self.anna_ticket
        return (
            order.state,
            order.write_date,
            order.estimate_state,
            bool(order.signature),
            len(order.rating_ids),
            len(order.message_ids),
            ticket.state,
            ticket.write_date,
            len(ticket.message_ids),
        )

    def test_strangers_change_nothing(self):
        before = self.get_fingerprint()
        for visitor, user in self.get_users().items():
            if self.get_knock(visitor, "order")[1]:
                continue
            self.log_in(user)
            for url, fixture, form, params in self.get_writes():
                token, _may_act = self.get_knock(visitor, fixture)
                address = url.format(id=self[f"anna_{fixture}"].id)
                with self.subTest(url=url, visitor=visitor):
                    if form is None:
                        answer = self.make_jsonrpc_request(
                            address, {**params, "access_token": token}
                        )
                        self.assertIn("error", answer)
                    else:
                        answer = self.post(
                            address, {**form, "access_token": token or ""}
                        )
                        self.assertEqual(answer.status_code, 200)
                    self.assertEqual(self.get_fingerprint(), before)

    def test_forms_without_csrf_token_change_nothing(self):
        before = self.get_fingerprint()
        self.log_in(self.anna_user)
        for url, fixture, form, _params in self.get_writes():
            if form is None:
                continue
            with self.subTest(url=url):
                answer = self.url_open(
                    url.format(id=self[f"anna_{fixture}"].id), data=form or {"a": "b"}
                )
                self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.get_fingerprint(), before)

    def test_signatures_cannot_be_sent_as_a_plain_form(self):
        """Another site can post a form but no JSON."""
        before = self.get_fingerprint()
        self.log_in(self.anna_user)
        payload = json.dumps(
            {"params": {"name": "Mallory", "signature": draw_signature()}}
        )
        for url, fixture, form, _params in self.get_writes():
            if form is not None:
                continue
            answer = self.url_open(
                url.format(id=self[f"anna_{fixture}"].id),
                data=payload,
                headers={"Content-Type": "text/plain"},
            )
            self.assertGreaterEqual(answer.status_code, 400)
        self.assertEqual(self.get_fingerprint(), before)

    def test_writing_by_get_is_not_possible(self):
        before = self.get_fingerprint()
        self.log_in(self.anna_user)
        for url, fixture, form, _params in self.get_writes():
            if url.endswith("/rate"):
                continue
            answer = self.url_open(
                url.format(id=self[f"anna_{fixture}"].id), params=form, method="GET"
            )
            self.assertIn(answer.status_code, (400, 404, 405, 415), url)
        self.assertEqual(self.get_fingerprint(), before)

    def test_every_route_of_the_addon_is_in_this_matrix(self):
        known = {url.replace("{id}", "<id>") for url, *_rest in self.PAGES}
        known |= {url.replace("{id}", "<id>") for url, *_rest in self.get_writes()}
        known |= {url for url in self.LISTS}
        known |= {f"{url}/page/<page>" for url in self.LISTS}
        # Their own tests: public pages, polling, shared orders.
        known |= {
            "/service",
            "/service/book",
            "/service/book/done",
            "/service/track",
            "/service/warranty",
            "/my/work-orders/<id>/live",
            "/my/shared-orders/<id>",
        }
        found = set()
        for rule in self.env["ir.http"].routing_map().iter_rules():
            module = rule.endpoint.func.__module__
            # What a bridge adds has tests of its own.
            if ".qifei_portal." in module and "signup" not in module:
                path = str(rule.rule)
                if path.startswith(("/my", "/service")):
                    found.add(self._strip(path))
        self.assertTrue(found)
        self.assertFalse(found - known, "Add the new routes to the matrix.")

    @staticmethod
    def _strip(path):
        parts = []
        for part in path.split("/"):
            if part.startswith("<"):
                part = "<page>" if "page" in part else "<id>"
            parts.append(part)
        return "/".join(parts)
