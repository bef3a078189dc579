from odoo.exceptions import UserError
from odoo.fields import Command, Datetime
from odoo.tests import tagged

from .common_board import CENTRE, DAY, BoardCase


@tagged("post_install", "-at_install")
class TestBoardMoves(BoardCase):
    """Moving orders on the board, and back."""

    def assertPlanned(self, order, engineer, hour, state="assigned"):
        self.assertEqual(order.engineer_id, engineer)
        self.assertEqual(
            order.planned_start,
            hour is not None and Datetime.to_datetime(self.at(hour)),
        )
        self.assertEqual(order.state, state)

    def set_warehouse(self, place):
        problem = type(self.env["qifei.dispatch.problem"])
        self.patch(problem, "_get_warehouse_place", lambda _self, company: place)

    # === MOVES === #

    def test_a_free_order_is_assigned(self):
        order = self.create_visits()
        result = self.move(order, self.engineer, 9)
        self.assertPlanned(order, self.engineer, 9)
        self.assertEqual(order.planned_end, Datetime.to_datetime(self.at(10)))
        self.assertIn(order.name, result["message"])
        self.assertFalse(result["warnings"])
        self.assertAlmostEqual(order.travel_minutes, 8.7, delta=0.3)
        self.assertAlmostEqual(order.travel_km, 4.3, delta=0.2)
        self.assertEqual(order.dispatch_reason, [{"key": "chosen"}])
        changes = result["changes"]
        self.assertEqual([one["id"] for one in changes["orders"]], order.ids)
        self.assertFalse(changes["unplanned"])

    def test_a_reservation_is_assigned(self):
        order = self.create_visits(
            engineer_id=self.engineer.id, planned_start=self.at(9)
        )
        self.move(order, self.other_engineer, 10)
        self.assertPlanned(order, self.other_engineer, 10)

    def test_an_assigned_order_changes_time_and_engineer(self):
        order = self.create_planned(9)
        self.move(order, self.engineer, 14)
        self.assertPlanned(order, self.engineer, 14)
        result = self.move(order, self.other_engineer, 8.5)
        self.assertPlanned(order, self.other_engineer, 8.5)
        self.assertEqual(set(result["changes"]["engineer_ids"]), {*self.engineers.ids})

    def test_without_a_time_the_cheapest_one_is_found(self):
        self.create_planned(9)
        order = self.create_visits()
        self.move(order, self.engineer)
        self.assertPlanned(order, self.engineer, 10)

    def test_the_length_is_kept(self):
        order = self.create_visits(duration=2.5)
        self.move(order, self.engineer, 13)
        self.assertEqual(order.planned_end, Datetime.to_datetime(self.at(15.5)))

    def test_an_accepted_order_is_asked_about(self):
        order = self.create_planned(9)
        order.action_accept()
        for engineer in self.engineers:
            answer = self.move(order, engineer, 14)
            self.assertIn("has accepted", answer["confirm"])
            self.assertPlanned(order, self.engineer, 9, "accepted")
        self.move(order, self.engineer, 14, confirmed=True)
        self.assertPlanned(order, self.engineer, 14)

    def test_back_to_the_list(self):
        order = self.create_planned(9)
        result = self.board.unplan(order.id, order._get_board_token(), date=DAY)
        self.assertFalse(order.engineer_id)
        self.assertEqual(order.state, "draft")
        self.assertEqual(
            [one["id"] for one in result["changes"]["unplanned"]], order.ids
        )
        with self.assertRaisesRegex(UserError, "in the list already"):
            self.board.unplan(order.id, order._get_board_token(), date=DAY)

    def test_an_accepted_order_goes_back_after_a_question(self):
        order = self.create_planned(9)
        order.action_accept()
        token = order._get_board_token()
        self.assertIn("has accepted", self.board.unplan(order.id, token)["confirm"])
        self.assertEqual(order.state, "accepted")
        self.board.unplan(order.id, token, True)
        self.assertEqual(order.state, "draft")

    # === HARD RULES === #

    def assertRefused(self, order, engineer, hour, sentence):
        """A move is refused by the check and by itself, and changes nothing."""
        before = order._get_board_token()
        check = self.check(order, engineer, hour)
        self.assertRegex(" ".join(check["refusals"]), sentence)
        with self.assertRaisesRegex(UserError, sentence) as caught:
            self.move(order, engineer, hour)
        self.assertIn(order.name, str(caught.exception))
        self.assertEqual(order._get_board_token(), before)

    def test_skill(self):
        skill = self.env["qifei.skill"].create({"name": "Welding"})
        self.ticket_type.skill_ids = skill
        self.other_engineer.skill_ids = skill
        order = self.create_visits()
        self.assertRefused(order, self.engineer, 9, "Lacks the skill Welding")
        self.move(order, self.other_engineer, 9)

    def test_tool(self):
        tool = self.env["qifei.tool"].create({"name": "Crane"})
        order = self.create_visits(tool_ids=tool.ids)
        self.set_warehouse(None)
        self.assertRefused(order, self.engineer, 9, "Does not carry Crane")
        self.engineer.tool_ids = tool
        self.move(order, self.engineer, 9)

    def test_a_tool_is_fetched_at_the_warehouse(self):
        tool = self.env["qifei.tool"].create({"name": "Crane"})
        self.other_engineer.tool_ids = tool
        order = self.create_visits(tool_ids=tool.ids)
        self.set_warehouse(CENTRE)
        candidates = self.board.get_candidates(order.id, DAY)
        starts = {one["engineer_id"]: one["start"] for one in candidates}
        # A quarter of an hour at the warehouse before the way to the north.
        self.assertEqual(starts[self.other_engineer.id], 490)
        self.assertEqual(starts[self.engineer.id], 505)
        warnings = " ".join(self.move(order, self.engineer, 9)["warnings"])
        self.assertIn("Does not carry Crane.", warnings)
        self.assertIn("warehouse", warnings)
        self.assertAlmostEqual(order.travel_minutes, 23.7, delta=0.3)

    def test_area(self):
        here, there = self.env["qifei.service.area"].create(
            [{"name": "Here"}, {"name": "There"}]
        )
        self.engineer.area_ids = here
        order = self.create_visits()
        order.area_id = there
        self.assertRefused(order, self.engineer, 9, "Does not look after There")

    def test_excluded(self):
        order = self.create_visits(excluded_engineer_ids=self.engineer.ids)
        self.assertRefused(order, self.engineer, 9, "not to be sent")

    def test_window(self):
        order = self.create_visits(
            window_ids=[
                Command.create({"date_from": self.at(9), "date_to": self.at(10)})
            ]
        )
        self.assertRefused(order, self.engineer, 11, "promised time: 60 minutes")
        self.assertRefused(order, self.engineer, 8, "promised time")
        self.move(order, self.engineer, 10)

    def test_shift(self):
        order = self.create_visits()
        self.assertRefused(order, self.engineer, 7, "working time: 60 minutes")
        self.assertRefused(order, self.engineer, 16.5, "working time: 30 minutes")
        self.move(order, self.engineer, 16)

    def test_break(self):
        order = self.create_visits()
        self.assertRefused(order, self.engineer, 11.5, "break or an absence")
        self.move(order, self.engineer, 11)

    def test_a_day_off(self):
        order = self.create_visits()
        with self.assertRaisesRegex(UserError, "Does not work"):
            self.board.move(
                order.id,
                self.engineer.id,
                "2031-03-08 09:00:00",
                order._get_board_token(),
            )

    def test_most_orders(self):
        self.engineer.max_orders = 1
        mine = self.create_planned(9)
        order = self.create_visits()
        self.assertRefused(order, self.engineer, 14, "as many orders as fit")
        self.move(mine, self.engineer, 14)

    def test_another_visit(self):
        other = self.create_planned(9)
        order = self.create_visits()
        self.assertRefused(
            order, self.engineer, 9.5, f"is at {other.name} from 09:00 to 10:00"
        )
        self.move(order, self.engineer, 10)

    def test_pinned(self):
        order = self.create_planned(9)
        order.is_pinned = True
        self.assertRefused(order, self.engineer, 10, "pinned: unpin it")
        with self.assertRaisesRegex(UserError, "pinned"):
            self.board.unplan(order.id, order._get_board_token())

    def test_what_has_begun_stays(self):
        for last in ("depart", "arrive", "complete"):
            order = self.walk(self.create_visits(engineer_id=self.engineer.id), last)
            with self.subTest(state=order.state):
                self.assertRefused(order, self.engineer, 14, "stays where it is")
                self.assertFalse(self.board.get_candidates(order.id, DAY) and last)

    def test_cancelled(self):
        order = self.create_visits()
        order.action_cancel()
        self.assertRefused(order, self.engineer, 14, "stays where it is")

    # === WARNINGS === #

    def test_short_travel_is_a_warning(self):
        self.create_planned(9, latitude=CENTRE[0], longitude=CENTRE[1])
        order = self.create_visits()
        result = self.move(order, self.engineer, 10)
        self.assertRegex(" ".join(result["warnings"]), "the way there: 9 min")
        first = self.create_visits()
        result = self.move(first, self.engineer, 8)
        self.assertRegex(
            " ".join(result["warnings"]), "way to the next visit|way there"
        )

    def test_a_passed_deadline_is_a_warning(self):
        ticket = self.create_tickets()
        order = self.create_visits(ticket_id=ticket.id)
        ticket.sudo().write({"deadline": self.at(9)})
        result = self.move(order, self.engineer, 10)
        self.assertRegex(" ".join(result["warnings"]), "60 minutes after the deadline")

    def test_a_part_that_the_van_lacks_is_a_warning(self):
        order = self.create_visits()
        problem = type(self.env["qifei.dispatch.problem"])
        key = str(self.product.id)
        self.patch(
            problem, "_get_needed_parts", lambda _self, orders: {order.id: {key: 2}}
        )
        self.patch(
            problem,
            "_get_van_parts",
            lambda _self, engineers: {self.other_engineer.id: {key: 2}},
        )
        warnings = self.check(order, self.engineer, 9)["warnings"]
        self.assertEqual(warnings[0], "Has no Test fridge in the van.")
        self.assertFalse(self.check(order, self.other_engineer, 9)["warnings"])
        by_id = {
            one["engineer_id"]: one["reasons"]
            for one in self.board.get_candidates(order.id, DAY)
        }
        self.assertIn(warnings[0], by_id[self.engineer.id])
        self.assertNotIn(warnings[0], by_id[self.other_engineer.id])

    def test_a_time_that_has_passed_is_a_warning(self):
        order = self.create_visits()
        check = self.board.check_move(
            order.id, self.engineer.id, "2021-03-03 09:00:00", "2021-03-03"
        )
        self.assertIn("This time has passed already.", check["warnings"])
        self.assertFalse(check["refusals"])

    # === UNDO === #

    def test_undo_an_assignment(self):
        order = self.create_visits()
        undo = self.move(order, self.engineer, 9)["undo"]
        result = self.board.undo(undo, DAY)
        self.assertPlanned(order, self.env["qifei.engineer"], None, "draft")
        self.assertIn(order.name, result["message"])
        self.assertEqual(
            [one["id"] for one in result["changes"]["unplanned"]], order.ids
        )

    def test_undo_a_move(self):
        order = self.create_planned(9)
        undo = self.move(order, self.other_engineer, 14)["undo"]
        self.board.undo(undo, DAY)
        self.assertPlanned(order, self.engineer, 9)

    def test_undo_of_a_reservation(self):
        order = self.create_visits(
            engineer_id=self.engineer.id, planned_start=self.at(9)
        )
        undo = self.move(order, self.other_engineer, 14)["undo"]
        self.board.undo(undo, DAY)
        self.assertPlanned(order, self.engineer, 9, "draft")

    def test_undo_the_way_back_to_the_list(self):
        order = self.create_planned(9)
        undo = self.board.unplan(order.id, order._get_board_token(), date=DAY)["undo"]
        self.board.undo(undo, DAY)
        self.assertPlanned(order, self.engineer, 9)

    def test_undo_says_that_an_order_is_to_be_accepted_again(self):
        order = self.create_planned(9)
        order.action_accept()
        undo = self.move(order, self.other_engineer, 14, confirmed=True)["undo"]
        self.assertIn("accept it again", self.board.undo(undo, DAY)["message"])
        self.assertPlanned(order, self.engineer, 9)

    def test_undo_after_somebody_else_is_refused(self):
        order = self.create_planned(9)
        undo = self.move(order, self.other_engineer, 14)["undo"]
        self.move(order, self.other_engineer, 15)
        with self.assertRaisesRegex(UserError, "was faster"):
            self.board.undo(undo, DAY)
        self.assertPlanned(order, self.other_engineer, 15)

    def test_undo_onto_a_place_that_is_taken_is_refused(self):
        order = self.create_planned(9)
        undo = self.move(order, self.other_engineer, 14)["undo"]
        other = self.create_visits()
        self.move(other, self.engineer, 9.5)
        with self.assertRaisesRegex(
            UserError, f"^The place has been taken meanwhile: .* at {other.name} from"
        ):
            self.board.undo(undo, DAY)
        self.assertPlanned(order, self.other_engineer, 14)
        self.assertPlanned(other, self.engineer, 9.5)

    def test_undo_of_a_reservation_whose_place_is_taken_is_refused(self):
        order = self.create_visits(
            engineer_id=self.engineer.id, planned_start=self.at(9), duration=3
        )
        undo = self.board.unplan(order.id, order._get_board_token(), date=DAY)["undo"]
        other = self.create_planned(11)
        with self.assertRaisesRegex(UserError, "has been taken meanwhile"):
            self.board.undo(undo, DAY)
        self.board.unplan(other.id, other._get_board_token(), date=DAY)
        self.board.undo(undo, DAY)
        self.assertPlanned(order, self.engineer, 9, "draft")

    def test_undo_warns_as_a_move_does(self):
        order = self.create_planned(9)
        undo = self.move(order, self.other_engineer, 14)["undo"]
        self.move(self.create_visits(), self.engineer, 8, confirmed=True)
        self.move(
            self.create_visits(latitude=CENTRE[0]), self.engineer, 10, confirmed=True
        )
        self.assertIn("way", " ".join(self.board.undo(undo, DAY)["warnings"]))
        self.assertPlanned(order, self.engineer, 9)

    def test_undo_twice_is_refused(self):
        order = self.create_planned(9)
        undo = self.move(order, self.other_engineer, 14)["undo"]
        self.board.undo(undo, DAY)
        with self.assertRaisesRegex(UserError, "was faster"):
            self.board.undo(undo, DAY)

    # === TOKENS === #

    def test_a_stale_token_loses(self):
        order = self.create_planned(9)
        token = order._get_board_token()
        self.move(order, self.engineer, 10)
        for call in (
            lambda: self.board.move(order.id, self.engineer.id, self.at(14), token),
            lambda: self.board.unplan(order.id, token),
        ):
            with self.assertRaisesRegex(UserError, "was faster") as caught:
                call()
            self.assertIn(self.engineer.name, str(caught.exception))
            self.assertPlanned(order, self.engineer, 10)

    def test_no_token_is_no_right(self):
        order = self.create_visits()
        for token in (None, False, "", 1, [], "draft"):
            with self.subTest(token=token), self.assertRaises(UserError):
                self.board.move(order.id, self.engineer.id, self.at(9), token)

    # === CANDIDATES === #

    def test_candidates_are_ranked_with_reasons(self):
        skill = self.env["qifei.skill"].create({"name": "Welding"})
        self.ticket_type.skill_ids = skill
        self.engineers.skill_ids = skill
        unskilled = self.env["qifei.engineer"].create(
            {"name": "Unskilled", "resource_calendar_id": self.calendar.id, "tz": "UTC"}
        )
        self.create_planned(9, self.other_engineer)
        order = self.create_visits()
        candidates = self.board.get_candidates(order.id, DAY)
        by_id = {one["engineer_id"]: one for one in candidates}
        best = candidates[0]
        # The other one is in the north anyhow.
        self.assertEqual(best["engineer_id"], self.other_engineer.id)
        self.assertEqual((best["start"], best["added_travel"]), (600, 0))
        self.assertEqual(best["reasons"], ["Orders on that day: 1."])
        self.assertEqual(by_id[self.engineer.id]["start"], 490)
        self.assertEqual(by_id[self.engineer.id]["added_travel"], 17)
        refused = by_id[unskilled.id]
        self.assertFalse(refused["is_possible"])
        self.assertIn("Lacks the skill Welding.", refused["reasons"])

    def test_wished_engineers_come_first(self):
        self.create_planned(9, self.other_engineer)
        order = self.create_visits(preferred_engineer_id=self.engineer.id)
        best = self.board.get_candidates(order.id, DAY)[0]
        self.assertEqual(best["engineer_id"], self.engineer.id)
        self.assertIn("The customer asks for this engineer.", best["reasons"])

    def test_a_change_of_engineer_has_its_price(self):
        self.create_planned(9, self.other_engineer)
        order = self.create_planned(14)
        for price, best in ((0, self.other_engineer), (60, self.engineer)):
            self.company.dispatch_weight_change = price
            candidates = self.board.get_candidates(order.id, DAY)
            self.assertEqual(candidates[0]["engineer_id"], best.id)

    def test_the_present_engineer_is_marked(self):
        order = self.create_planned(9)
        candidates = self.board.get_candidates(order.id, DAY)
        present = [one["engineer_id"] for one in candidates if one["is_present"]]
        self.assertEqual(present, self.engineer.ids)

    # === NEWS === #

    def test_boards_are_told_once_a_transaction(self):
        order = self.create_visits()
        self.env.cr.precommit.run()
        self.env["bus.bus"].search([]).unlink()
        self.move(order, self.engineer, 9)
        order.write({"hold_reason": "nobody's news"})
        self.env.cr.precommit.run()
        notices = self.env["bus.bus"].search(
            [("message", "like", "qifei_dispatch.board")]
        )
        self.assertEqual(len(notices), 1)
        self.assertIn(str(order.id), notices.message)
        self.assertIn("res.company", notices.channel)
        order.write({"contact_phone": "+86 138 0000 0002"})
        self.env.cr.precommit.run()
        self.assertEqual(
            self.env["bus.bus"].search([("message", "like", "qifei_dispatch.board")]),
            notices,
        )
