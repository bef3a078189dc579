from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_old_parts import OldPartCase


@tagged("post_install", "-at_install")
class TestOldPartBalance(OldPartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_engineer.service_point_id = cls.point
        cls.late = cls.make_overdue(cls.open(quantity=2))
        cls.early = cls.open()
        cls.sent = cls.bring_to(cls.open(), "returned")
        cls.done = cls.bring_to(cls.open(), "received")
        cls.of_point = cls.make_overdue(cls.open(source=cls.point_location))
        cls.of_fitter = cls.open(source=cls.other_van)

    def test_balance_of_engineers_and_points(self):
        parts = self.env["qifei.old.part"]
        self.assertEqual(
            parts._get_balance(self.engineer | self.other_engineer),
            {
                self.engineer.id: {"owed": 3, "overdue": 2, "returned": 1},
                self.other_engineer.id: {"owed": 1, "overdue": 0, "returned": 0},
            },
        )
        self.assertEqual(
            parts._get_balance(self.point | self.customer),
            {
                self.point.id: {"owed": 2, "overdue": 1, "returned": 0},
                self.customer.id: {"owed": 0, "overdue": 0, "returned": 0},
            },
        )
        self.assertEqual(parts._get_balance(self.engineer.browse()), {})

    def test_balance_needs_one_query(self):
        parts = self.env["qifei.old.part"]
        parts._get_balance(self.customer)
        self.env.flush_all()
        for holders in (self.engineer | self.other_engineer, self.point):
            with self.assertQueryCount(1):
                parts._get_balance(holders)

    def test_buttons_of_engineer_and_point(self):
        engineer = self.engineer.with_user(self.users["dispatcher"])
        self.assertEqual(engineer.old_part_count, 4)
        self.assertEqual(engineer.old_part_overdue_count, 2)
        action = engineer.action_view_old_parts()
        self.assertEqual(
            self.env["qifei.old.part"].search(action["domain"]),
            self.late | self.early | self.sent | self.done,
        )
        point = self.point.with_user(self.users["agent"])
        self.assertEqual(point.qifei_old_part_count, 2)
        self.assertEqual(point.qifei_old_part_overdue_count, 1)
        action = point.action_view_qifei_old_parts()
        self.assertEqual(
            self.env["qifei.old.part"].search(action["domain"]),
            self.of_point | self.of_fitter,
        )

    def test_buttons_of_somebody_without_a_role(self):
        point = self.point.with_user(self.user_nobody)
        self.assertEqual(point.qifei_old_part_count, 0)

    def test_balance_list(self):
        rows = self.env["qifei.old.part.balance"]
        row = rows.search([("engineer_id", "=", self.engineer.id)])
        self.assertEqual(row.product_id, self.part)
        self.assertEqual(
            (row.owed, row.overdue, row.returned, row.received, row.waived),
            (3, 2, 1, 1, 0),
        )
        self.assertEqual(
            self.env["qifei.old.part"].search(row.action_view_pieces()["domain"]),
            self.late | self.early | self.sent | self.done,
        )
        ((owed, overdue),) = rows._read_group(
            [("partner_id", "=", self.point.id)], [], ["owed:sum", "overdue:sum"]
        )
        self.assertEqual((owed, overdue), (2, 1))

    def test_balance_follows_each_step(self):
        rows = self.env["qifei.old.part.balance"]
        self.early.with_user(self.manager).action_waive("Lost")
        self.sent.with_user(self.keeper).action_reject()
        row = rows.search([("engineer_id", "=", self.engineer.id)])
        self.assertEqual((row.owed, row.returned, row.waived), (3, 0, 1))


@tagged("post_install", "-at_install")
class TestOldPartLimit(OldPartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.qifei_old_part_limit = 1
        cls.late = cls.make_overdue(cls.open(quantity=2))

    def _request(self, user=None, product=None, **values):
        user = user or self.users["engineer"]
        return (
            self.env["qifei.part.request"]
            .with_user(user)
            .create(
                {
                    "engineer_id": self.engineer.id,
                    "line_ids": [
                        fields.Command.create(
                            {"product_id": (product or self.part).id, "quantity": 1}
                        )
                    ],
                    **values,
                }
            )
        )

    def test_request_beyond_the_limit_names_the_pieces(self):
        request = self._request()
        first, second = self.late.mapped("name")
        with self.assertRaisesRegex(
            UserError,
            rf"Relay cannot be requested for Test engineer, who owes 2 overdue old "
            rf"pieces of it \({first}, {second}\); allowed: 1. Return them, or ask a "
            "manager to allow the request.",
        ):
            request.action_submit()
        self.assertEqual(request.state, "draft")
        self.assertIn("Relay cannot be requested", request.old_part_warning)

    def test_request_within_the_limit_is_accepted(self):
        self.late[0].action_return()
        request = self._request()
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_no_limit(self):
        self.company.qifei_old_part_limit = 0
        request = self._request()
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_another_part_is_not_concerned(self):
        request = self._request(product=self.serial_part)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_another_holder_is_not_concerned(self):
        request = self._request(self.keeper, engineer_id=self.other_engineer.id)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_number_that_replaces_the_part_is_the_same_part(self):
        successor = self.create_part("Relay, second edition")
        self.env["qifei.part.substitute"].create(
            {
                "product_id": self.part.id,
                "substitute_id": successor.id,
                "supersedes": True,
            }
        )
        with self.assertRaisesRegex(
            UserError, "Relay, second edition cannot be requested"
        ):
            self._request(product=successor).action_submit()

    def test_point_answers_for_its_engineers(self):
        self.other_engineer.service_point_id = self.point
        self.make_overdue(self.open(source=self.other_van))
        self.make_overdue(self.open(source=self.point_location))
        request = self._request(
            self.keeper, engineer_id=False, partner_id=self.point.id
        )
        with self.assertRaisesRegex(UserError, "requested for Test point, who owes 2"):
            request.action_submit()

    def test_many_requests_need_few_queries(self):
        self.company.qifei_old_part_limit = 2

        def check(count):
            requests[:count]._check_old_parts_owed()

        requests = self.env["qifei.part.request"].union(
            *(self._request() for _number in range(20))
        )
        self.assertFlatQueries(check, 1, 20)

    # === EXCEPTION === #

    def test_manager_makes_an_exception_with_a_reason(self):
        request = self._request()
        action = request.with_user(self.manager).action_open_exempt_old_parts()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        form.reason = " Customer is waiting "
        form.save().action_confirm()
        self.assertEqual(request.old_part_exempt_reason, "Customer is waiting")
        self.assertEqual(request.old_part_exempt_by_id, self.manager)
        self.assertFalse(request.old_part_warning)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_exception_holds_for_the_parts_it_was_made_for(self):
        self.make_overdue(self.open(product=self.serial_part, quantity=2))
        request = self._request()
        request.with_user(self.manager).action_exempt_old_parts("Waiting")
        request.line_ids = [
            fields.Command.create({"product_id": self.serial_part.id, "quantity": 1})
        ]
        with self.assertRaisesRegex(UserError, "Compressor cannot be requested"):
            request.action_submit()

    def test_only_a_manager_makes_exceptions(self):
        request = self._request()
        for role in ("engineer", "parts_keeper", "agent", "dispatcher"):
            with (
                self.subTest(role=role),
                self.assertRaisesRegex(AccessError, "Only a manager"),
            ):
                request.with_user(self.users[role]).action_exempt_old_parts("Please")

    def test_exception_without_reason_is_refused(self):
        request = self._request()
        with self.assertRaisesRegex(UserError, f"Say why {request.name} is allowed"):
            request.with_user(self.manager).action_exempt_old_parts(" ")

    def test_exception_after_the_draft_is_refused(self):
        request = self._request(product=self.serial_part)
        request.action_submit()
        with self.assertRaisesRegex(UserError, "an exception is made while it is a"):
            request.with_user(self.manager).action_exempt_old_parts("Too late")

    def test_reason_is_sealed(self):
        request = self._request()
        with self.assertRaisesRegex(UserError, "filled in by its own steps"):
            request.write({"old_part_exempt_reason": "I say so"})
        with self.assertRaises(UserError):
            request.write({"old_part_exempt_product_ids": [(4, self.part.id)]})
        self.assertFalse(request.copy().old_part_exempt_reason)

    def test_settings_page_keeps_the_limit(self):
        settings = self.env["res.config.settings"].create(
            {"qifei_old_part_limit": 3, "qifei_overstock_days": 60}
        )
        settings.execute()
        self.assertEqual(self.company.qifei_old_part_limit, 3)
        self.assertEqual(self.company.qifei_overstock_days, 60)


@tagged("post_install", "-at_install")
class TestOldPartReminder(OldPartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["qifei.old.part"].sudo().search(
            [("is_overdue", "=", True)]
        ).due_on = False
        cls.late = cls.make_overdue(cls.open(quantity=2))
        cls.early = cls.open()
        cls.of_point = cls.make_overdue(cls.open(source=cls.point_location))

    def _remind(self):
        with self.enter_registry_test_mode():
            self.env.ref("qifei_parts.ir_cron_old_part_remind").method_direct_trigger()

    def _messages(self, holder):
        return holder.message_ids.filtered(
            lambda message: "Old parts are overdue" in (message.subject or "")
        )

    def test_one_message_for_each_holder_and_week(self):
        self._remind()
        message = self._messages(self.engineer)
        self.assertEqual(len(message), 1)
        self.assertEqual(message.notified_partner_ids, self.engineer.partner_id)
        for part in self.late:
            self.assertIn(part.name, message.body)
        self.assertNotIn(self.early.name, message.body)
        self.assertEqual(self._messages(self.point).notified_partner_ids, self.point)
        self._remind()
        self.assertEqual(len(self._messages(self.engineer)), 1)
        later = fields.Datetime.now() + timedelta(days=7)
        with freeze_time(later):
            self.env["qifei.old.part"]._remind_places(
                self.env["qifei.old.part"]._get_places_to_remind()
            )
        self.assertEqual(len(self._messages(self.engineer)), 2)

    def test_new_piece_waits_for_the_next_week(self):
        self._remind()
        self.make_overdue(self.early)
        self._remind()
        self.assertEqual(len(self._messages(self.engineer)), 1)

    def test_holder_without_contact_is_noted(self):
        nobody = self.make_overdue(self.open(source=self.other_van))
        self.assertFalse(self.other_engineer.partner_id)
        self._remind()
        self.assertEqual(
            nobody.reminder_error,
            "Other engineer has no contact to write to: give one on the form.",
        )
        self.assertEqual(len(self._messages(self.engineer)), 1)

    def test_failure_is_noted_and_does_not_stop_the_others(self):
        model = self.env.registry["qifei.old.part"]
        remind = model._remind_holder

        def fail(parts):
            if parts.engineer_id:
                raise ValueError("No mail today")
            return remind(parts)

        self.patch(model, "_remind_holder", fail)
        self._remind()
        self.assertEqual(set(self.late.mapped("reminder_error")), {"No mail today"})
        self.assertFalse(self.of_point.reminder_error)
        self.assertEqual(len(self._messages(self.point)), 1)


@tagged("post_install", "-at_install")
class TestOldPartAccess(OldPartCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fitter_user = new_test_user(
            cls.env,
            login="qifei_test_fitter",
            groups="base.group_user,qifei_base.group_engineer",
        )
        cls.other_engineer.write(
            {"user_id": cls.fitter_user.id, "service_point_id": cls.point.id}
        )
        other_point = cls.env["res.partner"].create(
            {"name": "Other point", "qifei_is_service_partner": True}
        )
        cls.mine = cls.open()
        cls.fitters = cls.open(source=cls.other_van)
        cls.points = cls.open(source=cls.point_location)
        cls.others = cls.open(source=other_point._get_point_location(cls.company))
        cls.all = cls.mine | cls.fitters | cls.points | cls.others

    def _readers(self):
        every = self.all
        return {
            self.users["engineer"]: self.mine,
            self.fitter_user: self.fitters | self.points,
            self.portal_user: self.fitters | self.points,
            self.users["agent"]: every,
            self.users["dispatcher"]: every,
            self.keeper: every,
            self.manager: every,
            self.users["admin"]: every,
        }

    def test_who_reads_what(self):
        for user, expected in self._readers().items():
            with self.subTest(user=user.login):
                found = (
                    self.env["qifei.old.part"]
                    .with_user(user)
                    .search([("id", "in", self.all.ids)])
                )
                self.assertEqual(found.sudo(False), expected.with_user(user))
                hidden = (self.all - expected).with_user(user)
                if hidden:
                    with self.assertRaises(AccessError):
                        hidden[0].read(["name"])
        with self.assertRaises(AccessError):
            self.env["qifei.old.part"].with_user(self.user_nobody).search([])

    def test_form_opens_for_everybody_who_reads(self):
        """The order of a colleague is named even to who may not open it."""
        for user, expected in self._readers().items():
            if user.share:
                continue
            for part in expected:
                with self.subTest(user=user.login, part=part.holder_name):
                    form = Form(part.with_user(user))
                    self.assertEqual(form.order_id.id, part.order_id.id)

    def test_mine_is_what_one_holds(self):
        for user, expected in (
            (self.users["engineer"], self.mine),
            (self.fitter_user, self.fitters | self.points),
            (self.keeper, self.mine.browse()),
        ):
            found = (
                self.env["qifei.old.part"]
                .with_user(user)
                .search([("id", "in", self.all.ids), ("is_mine", "=", True)])
            )
            self.assertEqual(found.ids, expected.ids)

    def test_who_returns_what(self):
        for user, may in (
            (self.users["engineer"], self.mine),
            (self.fitter_user, self.fitters | self.points),
            (self.keeper, self.others),
        ):
            for part in self.all:
                with self.subTest(user=user.login, part=part.holder_name):
                    savepoint = self.env.cr.savepoint()
                    if part in may or user == self.keeper:
                        part.with_user(user).action_return()
                        self.assertEqual(part.state, "returned")
                    else:
                        with self.assertRaises(AccessError):
                            part.with_user(user).action_return()
                    savepoint.close(rollback=True)
                    self.env.invalidate_all()

    def test_portal_writes_nothing(self):
        points = self.points.with_user(self.portal_user)
        for call in (
            points.action_return,
            lambda: points.write({"state": "returned"}),
            lambda: points.write({"quantity": 5}),
            points.unlink,
        ):
            with self.assertRaises(UserError):
                call()
        self.assertEqual(self.points.state, "owed")

    def test_nobody_creates_or_rewrites(self):
        values = {"product_id": self.part.id, "location_id": self.held.id}
        for role in ("engineer", "agent", "dispatcher", "parts_keeper", "manager"):
            with self.subTest(role=role):
                user = self.users[role]
                with self.assertRaises(UserError):
                    self.env["qifei.old.part"].with_user(user).create(values)
                for change in (
                    {"quantity": 7},
                    {"due_on": "2040-01-01"},
                    {"engineer_id": False},
                    {"disposition": "stock"},
                    {"waive_reason": "none"},
                ):
                    with self.assertRaises(UserError):
                        self.mine.with_user(user).write(change)

    def test_engineer_does_not_receive_inspect_settle_or_waive(self):
        mine = self.mine.with_user(self.users["engineer"])
        mine.action_return()
        for call in (
            mine.action_receive,
            mine.action_hand_in,
            mine.action_reject,
            lambda: mine.action_waive("Please"),
        ):
            with self.assertRaises(AccessError):
                call()
        self.bring_to(self.mine, "received")
        with self.assertRaises(AccessError):
            mine.action_inspect("stock")
        self.bring_to(self.mine, "inspected")
        with self.assertRaises(AccessError):
            mine.action_settle()

    def test_keeper_does_not_waive(self):
        with self.assertRaises(AccessError):
            self.mine.with_user(self.keeper).action_waive("Please")

    def test_balance_shows_the_same_pieces(self):
        rows = self.env["qifei.old.part.balance"]
        for user, owed in (
            (self.users["engineer"], 1),
            (self.fitter_user, 2),
            (self.keeper, 4),
        ):
            found = rows.with_user(user).search([("product_id", "=", self.part.id)])
            self.assertEqual(sum(found.mapped("owed")), owed)
        with self.assertRaises(AccessError):
            rows.with_user(self.portal_user).search([])

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            login="qifei_test_stranger",
            groups="base.group_user,qifei_base.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(
            self.env["qifei.old.part"]
            .with_user(stranger)
            .search([("id", "in", self.all.ids)])
        )
        with self.assertRaises(AccessError):
            self.mine.with_user(stranger).action_waive("Not mine")

    def test_each_company_has_its_own_places(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        place = company._get_old_transit_location()
        self.assertEqual(place.company_id, company)
        self.assertNotEqual(place, self.transit)
        self.assertEqual(company._get_old_transit_location(), place)
        self.assertFalse(place._should_be_valued())
