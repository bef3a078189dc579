from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.qifei_portal.tests.common import PortalCase

PLACE = (31.2604321, 121.4737321)
ENGINEER = (31.2454987, 121.4731987)
# Whatever tells where or when: the numbers, the card, the time.
TRACES = ("31.2454987", "121.4731987", "o_qifei_approach", "Arrives about")


@tagged("post_install", "-at_install")
class TestApproach(PortalCase):
    """Who sees the engineer on the way, and when."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.anna_order | cls.boris_order
        cls.orders.write({"latitude": PLACE[0], "longitude": PLACE[1]})
        cls.anna_order.shared_partner_ids = cls.dealer_company
        cls.engineer.share_position = True

    def bring_on_the_way(self, is_shared=True):
        self.bring_to(self.anna_order, "en_route")
        if is_shared:
            self.file_position()
        self.env.flush_all()

    def file_position(self, **values):
        return self.env["qifei.engineer.position"].create(
            {
                "engineer_id": self.engineer.id,
                "order_id": self.anna_order.id,
                "latitude": ENGINEER[0],
                "longitude": ENGINEER[1],
                "remaining_minutes": 12,
                **values,
            }
        )

    def open_page(self, token=None):
        return self.url_open(
            f"/my/work-orders/{self.anna_order.id}",
            params={"access_token": token} if token else None,
            method="GET",
        ).text

    def ask_live(self, token=None, stamp=None):
        return self.make_jsonrpc_request(
            f"/my/work-orders/{self.anna_order.id}/live",
            {"access_token": token, "stamp": stamp},
        )

    def assertSeen(self, text):
        for trace in TRACES:
            self.assertIn(trace, text)

    def assertUnseen(self, text):
        for trace in TRACES:
            self.assertNotIn(trace, text)

    def get_knocks(self):
        """Return ``(who, user, token, whether Anna's engineer is shown)``."""
        right, foreign = self.anna_order.access_token, self.boris_order.access_token
        ticket = self.anna_ticket.access_token
        return (
            ("nobody", None, None, False),
            ("wrong token", None, "wrong-token-wrong", False),
            ("right token", None, right, True),
            ("token of another order", None, foreign, False),
            ("token of the request", None, ticket, False),
            ("owner", self.anna_user, None, True),
            ("owner with another token", self.anna_user, foreign, True),
            ("other customer", self.boris_user, None, False),
            ("other customer with his token", self.boris_user, foreign, False),
            ("service partner", self.dealer_user, None, False),
        )

    def test_only_the_customer_sees_the_engineer(self):
        self.bring_on_the_way()
        for who, user, token, is_shown in self.get_knocks():
            with self.subTest(who=who):
                self.log_in(user)
                page, live = self.open_page(token), str(self.ask_live(token))
                check = self.assertSeen if is_shown else self.assertUnseen
                check(page)
                check(live)

    def test_page_of_another_order_shows_nothing_of_it(self):
        self.bring_on_the_way()
        self.log_in(self.boris_user)
        self.assertUnseen(self.url_open(f"/my/work-orders/{self.boris_order.id}").text)
        self.log_in(None)
        self.assertUnseen(self.url_open(self.boris_order.get_portal_url()).text)
        # The request of Anna, too, tells nothing of where her engineer is.
        self.assertUnseen(self.url_open(self.anna_ticket.get_portal_url()).text)

    def test_nothing_is_shown_before_and_after(self):
        self.log_in(self.anna_user)
        self.anna_order.engineer_id = self.engineer
        for action in ("assign", "accept"):
            getattr(self.anna_order, f"action_{action}")()
            self.file_position()
            self.env.flush_all()
            self.assertUnseen(self.open_page() + str(self.ask_live()))
        self.anna_order.action_depart()
        self.file_position()
        self.env.flush_all()
        self.assertSeen(self.open_page())
        self.anna_order.action_arrive()
        self.env.flush_all()
        self.assertUnseen(self.open_page() + str(self.ask_live()))
        self.anna_order.write({"diagnosis": "Fan worn", "result": "solved"})
        self.anna_order.action_complete()
        self.env.flush_all()
        self.assertUnseen(self.open_page() + str(self.ask_live()))

    def test_time_is_shown_without_a_position_and_the_map_is_not(self):
        self.bring_on_the_way(is_shared=False)
        self.log_in(self.anna_user)
        page = self.open_page()
        self.assertIn("Arrives about", page)
        self.assertNotIn("o_qifei_approach_map", page)

    def test_consent_taken_back_hides_the_engineer(self):
        self.bring_on_the_way()
        self.engineer.share_position = False
        self.env.flush_all()
        self.log_in(self.anna_user)
        page = self.open_page()
        self.assertIn("Arrives about", page)
        self.assertNotIn("31.2454987", page)

    def test_old_position_is_not_shown(self):
        self.bring_on_the_way(is_shared=False)
        self.anna_order.sudo().departed_on = fields.Datetime.now() - timedelta(hours=1)
        self.file_position(recorded_on=fields.Datetime.now() - timedelta(minutes=11))
        self.env.flush_all()
        self.log_in(self.anna_user)
        self.assertNotIn("31.2454987", self.open_page())

    def test_new_position_moves_the_page(self):
        self.bring_on_the_way()
        self.log_in(self.anna_user)
        first = self.ask_live()
        self.assertEqual(self.ask_live(stamp=first["stamp"]), {"stamp": first["stamp"]})
        self.file_position(latitude=31.2504111, longitude=121.4734111)
        self.env.flush_all()
        second = self.ask_live(stamp=first["stamp"])
        self.assertIn("31.2504111", str(second))
        self.assertNotIn("31.2454987", str(second))

    def test_looking_writes_nothing(self):
        self.bring_on_the_way()
        self.log_in(self.anna_user)
        positions = self.env["qifei.engineer.position"]
        before = positions.search_count([]), self.anna_order.write_date
        self.open_page()
        self.ask_live()
        self.env.invalidate_all()
        self.assertEqual(
            (positions.search_count([]), self.anna_order.write_date), before
        )

    def test_customer_counts_on_the_promised_time(self):
        self.anna_order.write(
            {
                "window_ids": [
                    (
                        0,
                        0,
                        {
                            "date_from": "2026-12-01 00:30:00",
                            "date_to": "2026-12-01 02:30:00",
                        },
                    )
                ]
            }
        )
        engineers = self.env["qifei.engineer"].search(
            [("company_id", "=", self.company.id)]
        )
        zone = engineers._get_service_zone(self.company)
        self.env.flush_all()
        self.log_in(self.anna_user)
        page = self.open_page()
        shown = [
            fields.Datetime.context_timestamp(
                self.anna_order.with_context(tz=zone), moment
            ).strftime("%H:%M")
            for moment in (
                self.anna_order.window_ids.date_from,
                self.anna_order.window_ids.date_to,
            )
        ]
        self.assertIn("–".join(shown), page)
