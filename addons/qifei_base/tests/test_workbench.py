from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ROLES, QifeiCase

CARD_KEYS = {
    "id",
    "title",
    "icon",
    "count",
    "sequence",
    "action",
    "domain",
    "context",
    "color",
    "items",
    "empty",
}
ITEM_KEYS = {"title", "subtitle", "model", "id", "badge", "badge_color"}


@tagged("post_install", "-at_install")
class TestWorkbench(QifeiCase):
    def test_every_role_gets_well_formed_cards(self):
        for role in ROLES:
            with self.subTest(role=role):
                cards = self.env["qifei.workbench"].with_user(self.users[role])
                cards = cards.get_cards()
                self.assertIn("announcements", [card["id"] for card in cards])
                self.assertEqual(len({card["id"] for card in cards}), len(cards))
                sequences = [card["sequence"] for card in cards]
                self.assertEqual(sequences, sorted(sequences))
                for card in cards:
                    self.assertEqual({*card}, CARD_KEYS)
                    self.assertLessEqual(len(card["items"]), 5)
                    for item in card["items"]:
                        self.assertEqual({*item}, ITEM_KEYS)
                    if card["action"]:
                        self.env.ref(card["action"])

    def test_people_without_a_role_are_refused(self):
        portal = new_test_user(self.env, login="p_wb", groups="base.group_portal")
        for user in (self.user_nobody, portal):
            with self.assertRaisesRegex(AccessError, "after-sales role"):
                self.env["qifei.workbench"].with_user(user).get_cards()

    def test_record_card_counts_and_shows_the_first_five(self):
        workbench = self.env["qifei.workbench"].with_user(self.users["agent"])
        areas = self.env["qifei.service.area"].create(
            [{"name": f"Zone {number}"} for number in range(8)]
        )
        card = workbench._prepare_record_card(
            "areas",
            "Areas",
            "qifei.service.area",
            [("id", "in", areas.ids)],
            lambda area: workbench._prepare_item(area, area.name),
            icon="fa-map",
            order="id",
        )
        self.assertEqual(card["count"], 8)
        self.assertEqual([item["id"] for item in card["items"]], areas[:5].ids)
        self.assertEqual(card["domain"], [("id", "in", areas.ids)])
        self.assertTrue(card["empty"])

    def test_record_card_is_left_out_without_access(self):
        workbench = self.env["qifei.workbench"].with_user(self.users["agent"])
        card = workbench._prepare_record_card(
            "log", "Log", "auditlog.log", [], lambda log: {}, icon="fa-list"
        )
        self.assertIsNone(card)

    def test_cards_are_flat(self):
        def show(_argument):
            self.env["qifei.workbench"].with_user(self.users["agent"]).get_cards()

        def publish(count):
            announcements = self.env["qifei.announcement"].create(
                [{"name": f"N{number}"} for number in range(count)]
            )
            announcements.action_publish()

        publish(5)
        show(None)
        few = self._count_queries(show, None)
        publish(20)
        self.assertLessEqual(self._count_queries(show, None), few)


@tagged("post_install", "-at_install")
class TestWorkbenchTour(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["qifei.announcement"].search(
            [("state", "=", "published")]
        ).action_withdraw()
        cls.agent = new_test_user(
            cls.env,
            login="qifei_tour_agent",
            groups="base.group_user,qifei_base.group_agent",
        )
        cls.announcements = cls.env["qifei.announcement"].create(
            [
                {"name": "Tour pinned", "is_pinned": True, "body": "Read me"},
                {"name": "Tour plain"},
            ]
        )
        cls.announcements.action_publish()

    def test_banner_and_workbench(self):
        self.start_tour(
            "/odoo/workbench", "qifei_base_workbench", login="qifei_tour_agent"
        )
        self.assertEqual(self.announcements.receipt_ids.user_id, self.agent)
        self.assertEqual(
            self.announcements.receipt_ids.announcement_id, self.announcements
        )

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_session_carries_the_banner_for_employees_only(self):
        self.authenticate("qifei_tour_agent", "qifei_tour_agent")
        info = self.make_jsonrpc_request("/web/session/get_session_info")
        titles = [one["title"] for one in info["qifei_announcements"]]
        self.assertEqual(titles, ["Tour pinned"])
        new_test_user(self.env, login="qifei_tour_portal", groups="base.group_portal")
        self.authenticate("qifei_tour_portal", "qifei_tour_portal")
        info = self.make_jsonrpc_request("/web/session/get_session_info")
        self.assertNotIn("qifei_announcements", info)
