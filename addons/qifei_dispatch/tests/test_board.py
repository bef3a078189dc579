from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.qifei_base.tests.common import ROLES

from .common_board import CENTRE, DAY, NORTH, BoardCase

HOSTILE = (None, False, True, 0, -1, 2**40, "1", "x' OR 1=1", 1.5, [1], {"id": 1}, b"1")


@tagged("post_install", "-at_install")
class TestBoard(BoardCase):
    """What the board shows of a day."""

    def get_board(self, **arguments):
        return self.board.get_board(**{"date": DAY, **arguments})

    def find(self, board, order):
        found = [
            values
            for values in (*board["orders"], *board["unplanned"])
            if values["id"] == order.id
        ]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def test_day_of_an_engineer(self):
        order = self.create_planned(9)
        board = self.get_board()
        self.assertEqual(board["date"], DAY)
        self.assertEqual(board["minutes"], 1440)
        self.assertEqual(board["timezone"], "UTC")
        self.assertEqual(board["day_start"], 1930435200000)
        engineer = next(
            one for one in board["engineers"] if one["id"] == self.engineer.id
        )
        self.assertEqual(engineer["shifts"], [[480, 720], [780, 1020]])
        self.assertEqual(tuple(engineer["home"]), CENTRE)
        values = self.find(board, order)
        self.assertTrue(values["is_planned"])
        self.assertEqual((values["start"], values["end"]), (540, 600))
        self.assertEqual(values["duration"], 60)
        self.assertEqual(values["engineer_id"], self.engineer.id)
        self.assertEqual((values["latitude"], values["longitude"]), NORTH)
        self.assertEqual((values["travel"], values["missing"]), (9, 0))
        self.assertEqual(values["token"], order._get_board_token())

    def test_leave_is_no_working_time(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Dentist",
                "resource_id": self.engineer.resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": self.at(9),
                "date_to": self.at(11),
            }
        )
        board = self.get_board()
        shifts = {one["id"]: one["shifts"] for one in board["engineers"]}
        self.assertEqual(
            shifts[self.engineer.id], [[480, 540], [660, 720], [780, 1020]]
        )
        self.assertEqual(shifts[self.other_engineer.id], [[480, 720], [780, 1020]])

    def test_what_is_not_on_the_board(self):
        cancelled = self.create_planned(9)
        cancelled.action_cancel()
        tomorrow = self.create_visits(
            engineer_id=self.engineer.id, planned_start="2031-03-06 09:00:00"
        )
        board = self.get_board()
        self.assertFalse(self.find(board, cancelled))
        self.assertFalse(self.find(board, tomorrow))

    def test_finished_visits_stay(self):
        order = self.walk(self.create_visits(engineer_id=self.engineer.id), "complete")
        self.seal(order, planned_start=self.at(9), planned_end=self.at(10))
        self.assertEqual(self.find(self.get_board(), order)["state"], "done")

    def test_list_of_what_is_to_be_planned(self):
        free = self.create_visits(priority="3")
        timeless = self.create_visits(engineer_id=self.engineer.id)
        timeless.action_assign()
        board = self.get_board()
        for order in (free, timeless):
            self.assertFalse(self.find(board, order)["is_planned"])
        self.assertEqual(board["unplanned_count"], len(board["unplanned"]))

    def test_windows_say_for_which_day_an_order_is(self):
        orders = self.create_visits(3)
        for order, day in zip(orders[:2], (DAY, "2031-03-06"), strict=True):
            order.window_ids = [
                Command.create(
                    {"date_from": f"{day} 09:00:00", "date_to": f"{day} 11:00:00"}
                )
            ]
        board = self.get_board()
        self.assertEqual(
            [self.find(board, order)["is_for_day"] for order in orders],
            [True, False, True],
        )
        self.assertEqual(self.find(board, orders[0])["windows"], [[540, 660]])

    def test_lateness(self):
        ticket = self.create_tickets()
        order = self.create_planned(11, ticket_id=ticket.id)
        ticket.sudo().write({"deadline": self.at(10)})
        promised = self.create_planned(
            14,
            window_ids=[
                Command.create({"date_from": self.at(13), "date_to": self.at(13.5)})
            ],
        )
        board = self.get_board()
        self.assertEqual(self.find(board, order)["late"], 60)
        self.assertEqual(self.find(board, promised)["late"], 30)

    def test_travel_that_is_too_short(self):
        self.create_planned(9)
        back = self.create_planned(10, latitude=CENTRE[0], longitude=CENTRE[1])
        values = self.find(self.get_board(), back)
        self.assertEqual((values["travel"], values["missing"]), (9, 9))

    def test_filters(self):
        skill = self.env["qifei.skill"].create({"name": "Board skill"})
        city, suburb, other = self.env["qifei.service.area"].create(
            [{"name": "Board city"}, {"name": "Board suburb"}, {"name": "Board other"}]
        )
        suburb.parent_id = city
        self.engineer.write({"skill_ids": skill.ids, "area_ids": city.ids})
        self.other_engineer.area_ids = other
        near, far = self.create_visits(2)
        near.area_id, far.area_id = suburb, other

        def shown(**arguments):
            board = self.get_board(**arguments)
            ids = {one["id"] for one in board["engineers"]}
            return (
                self.engineer.id in ids,
                self.other_engineer.id in ids,
                bool(self.find(board, near)),
                bool(self.find(board, far)),
            )

        self.assertEqual(shown(), (True, True, True, True))
        self.assertEqual(shown(area_ids=city.ids), (True, False, True, False))
        self.assertEqual(shown(area_ids=suburb.ids), (True, False, True, False))
        self.assertEqual(shown(skill_ids=skill.ids), (True, False, False, False))
        self.ticket_type.skill_ids = skill
        self.assertEqual(shown(skill_ids=skill.ids), (True, False, True, True))

    def test_days_on_which_the_clocks_change(self):
        self.calendar.tz = "Europe/Berlin"
        board = self.get_board(date="2031-03-30")
        self.assertEqual(board["minutes"], 23 * 60)
        self.assertEqual(self.get_board(date="2031-10-26")["minutes"], 25 * 60)

    def test_changes_bring_the_rows_they_touch(self):
        first = self.create_planned(9)
        second = self.create_planned(13, self.other_engineer)
        free = self.create_visits()
        changes = self.board.get_changes(
            DAY, [first.id, free.id], [self.other_engineer.id]
        )
        self.assertEqual(
            {one["id"] for one in changes["orders"]}, {*(first | second).ids}
        )
        self.assertEqual([one["id"] for one in changes["unplanned"]], free.ids)
        self.assertEqual(set(changes["engineer_ids"]), {*self.engineers.ids})
        self.assertEqual(changes["total"], self.get_board()["unplanned_count"])

    def test_other_companies_stay_outside(self):
        company = self.env["res.company"].create({"name": "Board neighbour"})
        self.users["dispatcher"].company_ids += company
        other = self.create_planned(9)
        board = self.board.with_context(allowed_company_ids=company.ids)
        shown = board.get_board(DAY)
        self.assertFalse(shown["engineers"] or shown["orders"])
        with self.assertRaisesRegex(UserError, "another company"):
            board.get_candidates(other.id, DAY)
        with self.assertRaisesRegex(UserError, "another company"):
            board.move(
                other.id, self.engineer.id, self.at(10), other._get_board_token()
            )

    # === WHO === #

    def test_only_dispatchers_use_it(self):
        order = self.create_visits()
        token = order._get_board_token()
        calls = {
            "get_board": (DAY,),
            "get_changes": (DAY, order.ids),
            "get_positions": (self.engineers.ids,),
            "get_candidates": (order.id, DAY),
            "check_move": (order.id, self.engineer.id, self.at(9), DAY),
            "move": (order.id, self.engineer.id, self.at(9), token),
            "unplan": (order.id, token),
            "undo": ("x",),
        }
        for role in ROLES:
            user = self.users[role]
            may = user.has_group("qifei_base.group_dispatcher")
            self.assertEqual(may, role in ("dispatcher", "manager", "admin"))
            board = self.board.with_user(user)
            for name, arguments in calls.items():
                with self.subTest(role=role, method=name):
                    savepoint = self.env.cr.savepoint()
                    try:
                        if not may:
                            with self.assertRaisesRegex(AccessError, "dispatchers"):
                                getattr(board, name)(*arguments)
                        elif name in ("unplan", "undo"):
                            with self.assertRaises(UserError):
                                getattr(board, name)(*arguments)
                        else:
                            getattr(board, name)(*arguments)
                    finally:
                        savepoint.close(rollback=True)
        for method in ("get_board", "move"):
            with self.assertRaises(AccessError):
                getattr(self.board.with_user(self.user_nobody), method)(*calls[method])

    # === HOSTILE ARGUMENTS === #

    def test_hostile_ids(self):
        order = self.create_visits()
        for value in HOSTILE:
            with self.subTest(value=value):
                self.board.get_board(DAY, value, value)
                self.board.get_changes(DAY, value, value, value, value)
                self.board.get_positions(value)
                for call in (
                    lambda value=value: self.board.get_candidates(value, DAY),
                    lambda value=value: self.board.check_move(value, value),
                    lambda value=value: self.board.move(order.id, value),
                    lambda value=value: self.board.move(value, self.engineer.id),
                    lambda value=value: self.board.unplan(value),
                    lambda value=value: self.board.undo(value),
                ):
                    with self.assertRaises(UserError):
                        call()

    def test_hostile_days_and_times(self):
        order = self.create_visits()
        for day in ("x", "2031-13-01", "1999-12-31", "2200-01-01", 12, ["a"], {}):
            if day:
                with self.subTest(day=day), self.assertRaises(UserError):
                    self.board.get_board(day)
        for time in (
            "x",
            "2031-03-05T",
            12,
            [1],
            "9999-99-99 00:00:00",
            "9999-12-31 23:59:59",
        ):
            with self.subTest(time=time), self.assertRaises(UserError):
                self.board.check_move(order.id, self.engineer.id, time, DAY)

    def test_a_forged_undo_is_refused(self):
        order = self.create_planned(9)
        undo = self.move(order, self.engineer, 10)["undo"]
        for forged in ("", "x", undo[:-4], undo[:-6] + "AAAAAA", 7, None, [undo]):
            with self.subTest(forged=forged), self.assertRaises(UserError):
                self.board.undo(forged, DAY)

    # === SPEED === #

    def test_queries_do_not_grow(self):
        def create(count):
            engineers = self.env["qifei.engineer"].create(
                [
                    {
                        "name": f"Flat {number}",
                        "resource_calendar_id": self.calendar.id,
                        "tz": "UTC",
                    }
                    for number in range(count)
                ]
            )
            customers = self.env["res.partner"].create(
                [{"name": f"Flat {number}"} for number in range(count)]
            )
            orders = self.env["qifei.work.order"].create(
                [
                    {
                        "partner_id": customer.id,
                        "ticket_type_id": self.ticket_type.id,
                        "engineer_id": engineer.id,
                        "planned_start": self.at(9),
                        "window_ids": [
                            Command.create(
                                {"date_from": self.at(9), "date_to": self.at(10)}
                            )
                        ],
                    }
                    for engineer, customer in zip(engineers, customers, strict=True)
                ]
            )
            orders.action_assign()
            return orders

        free = self.create_visits()

        def ask(count):
            orders = create(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.board.get_board(DAY)
            shown = self.env.cr.sql_log_count
            self.env.invalidate_all()
            self.board.get_candidates(free.id, DAY)
            ranked = self.env.cr.sql_log_count
            self.env.invalidate_all()
            self.board.get_changes(DAY, orders.ids, orders.engineer_id.ids)
            changed = self.env.cr.sql_log_count
            orders.action_unassign()
            return shown - before, ranked - shown, changed - ranked

        ask(1)
        few, many = ask(1), ask(20)
        for one, other in zip(few, many, strict=True):
            self.assertLessEqual(other, one)
