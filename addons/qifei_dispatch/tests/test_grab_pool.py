from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common_ways import WaysCase


@tagged("post_install", "-at_install")
class TestGrabPool(WaysCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispatcher = cls.users["dispatcher"]
        cls.order = cls.create_free()

    def offer(self, orders=None):
        orders = self.order if orders is None else orders
        orders.with_user(self.dispatcher).action_offer()
        self.env.invalidate_all()
        return orders

    def as_engineer(self, engineer, orders=None):
        orders = self.order if orders is None else orders
        return orders.with_user(engineer.user_id)

    def search_pool(self, user):
        return (
            self.env["qifei.work.order"]
            .with_user(user)
            .search([("can_grab", "=", True)])
        )

    # === WHO SEES IT === #

    def test_offered_to_who_qualifies(self):
        self.offer()
        self.assertEqual(
            self.order.offered_engineer_ids, self.near | self.far | self.outside
        )
        self.assertTrue(self.order.pool_since)
        self.assertEqual(self.order.dispatch_way, "pool")

    def test_eligible_engineers_have_skill_tool_area_and_company(self):
        tool = self.env["qifei.tool"].create({"name": "Ways tool"})
        company = self.env["res.company"].create({"name": "Ways company"})
        cases = (
            ({}, self.near | self.far | self.outside),
            ({"tool_ids": [Command.set(tool.ids)]}, self.far),
            ({"area_id": self.country.id}, self.elsewhere),
            ({"area_id": False}, self.near | self.far | self.elsewhere | self.outside),
            (
                {"excluded_engineer_ids": [Command.set(self.near.ids)]},
                self.far | self.outside,
            ),
        )
        self.far.tool_ids = tool
        foreign = self.create_engineer("foreign")
        foreign.company_id = company
        for values, expected in cases:
            order = self.create_free(**values)
            with self.subTest(values=values):
                self.assertEqual(
                    order._get_eligible_engineers()[order.id].sorted("id"),
                    expected.sorted("id"),
                )

    def test_offered_to_who_has_a_login(self):
        self.far.user_id = False
        self.offer()
        self.assertEqual(self.order.offered_engineer_ids, self.near | self.outside)
        (self.near | self.outside).user_id = False
        with self.assertRaisesRegex(UserError, "login"):
            self.offer()

    def test_sub_area_belongs_to_its_area(self):
        street = self.env["qifei.service.area"].create(
            {"name": "Ways street", "parent_id": self.city.id}
        )
        order = self.create_free(area_id=street.id)
        self.assertIn(self.near, order._get_eligible_engineers()[order.id])
        self.near.area_ids = False
        self.assertIn(self.near, order._get_eligible_engineers()[order.id])
        self.near.area_ids = street
        self.assertNotIn(self.near, self.order._get_eligible_engineers()[self.order.id])

    def test_only_who_it_is_offered_to_reads_the_order(self):
        window = self.env["qifei.work.order.window"].create(
            {
                "order_id": self.order.id,
                "date_from": "2031-03-05 08:00:00",
                "date_to": "2031-03-05 16:00:00",
            }
        )
        everybody = (
            self.near | self.far | self.outside | self.unskilled | self.elsewhere
        )
        allowed = self.near | self.far | self.outside
        for is_offered in (False, True):
            if is_offered:
                self.offer()
            for engineer in everybody:
                user = engineer.user_id
                may = is_offered and engineer in allowed
                with self.subTest(engineer=engineer.name, offered=is_offered):
                    self.assertEqual(self.order.with_user(user).has_access("read"), may)
                    self.assertEqual(window.with_user(user).has_access("read"), may)
                    self.assertEqual(self.order in self.search_pool(user), may)
                    for operation in ("write", "unlink"):
                        self.assertFalse(
                            self.order.with_user(user).has_access(operation)
                        )
                    self.assertFalse(window.with_user(user).has_access("write"))

    def test_can_grab_is_for_who_it_is_offered_to(self):
        self.offer()
        self.assertTrue(self.as_engineer(self.near).can_grab)
        self.env.invalidate_all()
        self.assertFalse(self.order.with_user(self.dispatcher).can_grab)
        self.assertFalse(self.search_pool(self.dispatcher))
        self.env.invalidate_all()
        self.as_engineer(self.far).action_grab()
        self.env.invalidate_all()
        self.assertFalse(self.search_pool(self.near.user_id))

    def test_what_cannot_be_taken_is_found_too(self):
        self.offer()
        model = self.env["qifei.work.order"].with_user(self.near.user_id)
        mine = self.create_orders(engineer_id=self.near.id)
        found = model.search([("can_grab", "=", False)])
        self.assertIn(mine, found)
        self.assertNotIn(self.order, found)
        self.assertIn(self.order, model.search([("can_grab", "!=", False)]))

    def test_unknown_way_to_search_is_refused(self):
        with self.assertRaises(Exception):  # noqa: B017 - the ORM's own words
            self.env["qifei.work.order"].search([("can_grab", ">", 3)])

    def test_pool_screens_read_what_they_show(self):
        self.offer()
        model = self.env["qifei.work.order"].with_user(self.near.user_id)
        for view in ("kanban", "list", "form"):
            xml_id = f"qifei_dispatch.qifei_work_order_view_{view}_pool"
            view_id = self.env.ref(xml_id).id
            views = model.get_views([(view_id, view)])
            names = views["models"]["qifei.work.order"]["fields"]
            with self.subTest(view=view):
                rows = model.web_search_read(
                    [("can_grab", "=", True)],
                    {name: {} for name in names if name in model._fields},
                )
                self.assertEqual(rows["length"], 1)

    # === TAKING === #

    def test_grab_assigns_and_accepts(self):
        self.order.user_id = self.dispatcher
        self.offer()
        action = self.as_engineer(self.near).action_grab()
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "accepted")
        self.assertEqual(self.order.engineer_id, self.near)
        self.assertTrue(self.order.planned_start)
        self.assertFalse(self.order.pool_since)
        self.assertEqual(self.order.user_id, self.dispatcher)
        self.assertIn(self.order.name, action["params"]["message"])
        self.assertIn("grab pool", self.order.dispatch_note)
        # It is his now: he goes on with it on his phone.
        self.as_engineer(self.near).action_depart()

    def test_who_comes_second_is_told_who_was_faster(self):
        self.offer()
        self.as_engineer(self.near).action_grab()
        self.env.invalidate_all()
        with self.assertRaisesRegex(
            UserError, f"^{self.order.name} has just been taken by Ways near.$"
        ):
            self.as_engineer(self.far).action_grab()

    def test_withdrawn_order_cannot_be_taken(self):
        self.offer()
        self.order.with_user(self.dispatcher).action_withdraw()
        self.env.invalidate_all()
        self.assertFalse(self.as_engineer(self.near).has_access("read"))
        with self.assertRaisesRegex(UserError, "not in the grab pool any more"):
            self.as_engineer(self.near).action_grab()
        with self.assertRaisesRegex(UserError, "not in the grab pool any more"):
            self.order.with_user(self.dispatcher).action_withdraw()

    def test_cancelled_order_cannot_be_taken(self):
        self.offer()
        self.order.action_cancel()
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not in the grab pool any more"):
            self.as_engineer(self.near).action_grab()

    def test_who_lost_the_skill_cannot_take_it(self):
        self.offer()
        self.near.skill_ids = False
        with self.assertRaisesRegex(UserError, "cannot take .* Ways skill"):
            self.as_engineer(self.near).action_grab()

    def test_order_that_does_not_fit_is_not_taken(self):
        self.env["qifei.work.order.window"].create(
            {
                "order_id": self.order.id,
                # A Sunday.
                "date_from": "2031-03-09 08:00:00",
                "date_to": "2031-03-09 10:00:00",
            }
        )
        self.offer()
        with self.assertRaisesRegex(UserError, "does not fit into your days"):
            self.as_engineer(self.near).action_grab()
        self.assertEqual(self.order.state, "draft")

    def test_given_time_is_kept(self):
        self.order.planned_start = "2031-03-05 10:00:00"
        self.offer()
        self.as_engineer(self.near).action_grab()
        self.env.invalidate_all()
        self.assertEqual(str(self.order.planned_start), "2031-03-05 10:00:00")

    # === WHO MAY NOT === #

    def test_not_offered_is_refused_without_a_word_about_the_order(self):
        self.offer()
        company = self.env["res.company"].create({"name": "Ways company"})
        foreign = self.create_engineer("foreign")
        foreign.company_id = company
        strangers = [
            self.unskilled.user_id,
            self.elsewhere.user_id,
            foreign.user_id,
            self.users["dispatcher"],
            self.users["agent"],
            self.users["manager"],
            self.users["parts_keeper"],
            self.user_nobody,
            new_test_user(
                self.env, login="qifei_ways_portal", groups="base.group_portal"
            ),
        ]
        for user in strangers:
            with (
                self.subTest(user=user.login),
                self.assertRaises(AccessError) as refusal,
            ):
                self.order.with_user(user).action_grab()
            self.assertNotIn(self.order.name, str(refusal.exception))
        self.assertEqual(self.order.state, "draft")

    def test_hostile_ids_are_refused_in_words(self):
        orders = self.offer(self.create_free(2))
        model = self.env["qifei.work.order"].with_user(self.near.user_id)
        for ids in (
            (),
            (2**31 - 1,),
            (2**40,),
            (-1,),
            (0,),
            ("x",),
            (True,),
            (None,),
            (1.5,),
            orders.ids,
            (self.order.id, 2**31 - 1),
        ):
            with self.subTest(ids=ids), self.assertRaises(UserError):
                model.browse(ids).action_grab()
        for step in ("action_offer", "action_withdraw"):
            with self.subTest(step=step), self.assertRaises(UserError):
                getattr(model.browse(orders.ids), step)()

    def test_private_steps_are_out_of_reach(self):
        for name in (
            "_offer",
            "_withdraw",
            "_give_away",
            "_dispatch_once",
            "_get_eligible_engineers",
            "_cron_dispatch",
            "_take_way",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                get_public_method(self.env["qifei.work.order"], name)

    def test_engineers_write_no_offer(self):
        order = self.create_orders(engineer_id=self.near.id)
        order.action_assign()
        with self.assertRaises(UserError):
            self.as_engineer(self.near, order).write(
                {"offered_engineer_ids": [Command.link(self.far.id)]}
            )
        with self.assertRaises(UserError):
            self.env["qifei.work.order"].with_user(self.users["agent"]).create(
                {
                    "partner_id": self.customer.id,
                    "ticket_type_id": self.ticket_type.id,
                    "pool_since": fields.Datetime.now(),
                }
            )

    def test_nobody_qualifies_is_said_with_what_is_asked(self):
        self.ticket_type.skill_ids = self.env["qifei.skill"].create({"name": "Rare"})
        with self.assertRaisesRegex(UserError, "No engineer qualifies for WO.*Rare"):
            self.offer()

    def test_offer_twice_starts_anew(self):
        self.offer()
        self.far.active = False
        self.offer()
        self.assertEqual(self.order.offered_engineer_ids, self.near | self.outside)

    # === NOTICES === #

    def test_each_engineer_gets_one_notice_for_a_batch(self):
        orders = self.create_free(4)
        special = self.create_free(excluded_engineer_ids=[Command.set(self.far.ids)])
        self.offer(orders)
        self.offer(special)
        before = self.env["mail.notification"].search([]).ids
        self.run_messages()
        notices = self.env["mail.notification"].search([("id", "not in", before)])
        counts = {
            engineer: len(
                notices.filtered(
                    lambda notice, engineer=engineer: (
                        notice.res_partner_id == engineer.user_id.partner_id
                    )
                )
            )
            for engineer in (self.near, self.far, self.outside, self.unskilled)
        }
        self.assertEqual(
            counts, {self.near: 1, self.far: 1, self.outside: 1, self.unskilled: 0}
        )
        texts = notices.mail_message_id.mapped("body")
        self.assertTrue(any(special.name in text for text in texts))

    def test_taken_orders_are_not_told_any_more(self):
        self.offer()
        self.as_engineer(self.near).action_grab()
        before = self.env["mail.notification"].search([]).ids
        self.run_messages()
        notices = self.env["mail.notification"].search(
            [
                ("id", "not in", before),
                ("res_partner_id", "=", self.far.user_id.partner_id.id),
            ]
        )
        self.assertFalse(notices)

    def test_open_pages_are_loaded_anew(self):
        bus = self.env["bus.bus"]
        bus.search([]).unlink()

        def partners():
            self.env.cr.precommit.run()
            rows = bus.search([])
            channels = [
                row.channel for row in rows if "qifei_dispatch.pool" in row.message
            ]
            rows.unlink()
            return " ".join(channels)

        self.env.cr.precommit.run()
        bus.search([]).unlink()
        self.offer()
        told = partners()
        for engineer in (self.near, self.far, self.outside):
            self.assertIn(f'"res.partner",{engineer.user_id.partner_id.id}]', told)
        self.assertNotIn(f'"res.partner",{self.unskilled.user_id.partner_id.id}]', told)
        self.as_engineer(self.near).action_grab()
        self.assertIn(f'"res.partner",{self.far.user_id.partner_id.id}]', partners())

    def test_time_is_on_the_clock_of_the_reader(self):
        start = fields.Datetime.to_datetime("2031-03-05 08:00:00")
        self.order.write(
            {"planned_start": start, "planned_end": start + timedelta(hours=2)}
        )
        order = self.order.with_context(tz="Asia/Shanghai", lang="en_US")
        self.assertEqual(order.pool_time, "Wed, Mar 5 16:00–18:00")
        self.assertFalse(self.create_free().pool_time)
