from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.qifei_dispatch.models.qifei_work_order_slots import QifeiWorkOrder
from odoo.addons.qifei_portal.tests.common import PortalCase

PLACE = {"latitude": "31.2304", "longitude": "121.4737"}
LOGGER = "odoo.addons.qifei_portal_dispatch.models.qifei_engineer"


class SlotCase(PortalCase):
    """One engineer only, at work every day from 8 to 18 in Shanghai."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Every day",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 18,
                                "day_period": "morning",
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )
        cls.env["qifei.engineer"].search([]).filtered(
            lambda engineer: engineer != cls.engineer
        ).active = False
        cls.engineer.write(
            {
                "resource_calendar_id": cls.calendar.id,
                "tz": "Asia/Shanghai",
                "start_latitude": 31.2304,
                "start_longitude": 121.4737,
            }
        )
        cls.orders = cls.anna_order | cls.boris_order
        cls.orders.action_cancel()

    def setUp(self):
        super().setUp()
        self.log_in(None)

    def get_windows(self, order=None):
        """Return the windows of a visit that begins and ends in the city."""
        order = order or self.env["qifei.work.order"].new(
            {
                "company_id": self.company.id,
                "ticket_type_id": self.visit_type.id,
                "latitude": 31.2304,
                "longitude": 121.4737,
            }
        )
        windows, _engineers = (
            self.env["qifei.engineer"]
            .with_company(self.company)
            ._get_booking_windows(self.company, order)
        )
        return windows

    def find_open(self):
        return next(window for window in self.get_later() if window.engineer_ids)

    def get_later(self):
        """Return the windows from tomorrow on: today may end at any of them."""
        today = self.company._get_dispatch_today()
        return [one for one in self.get_windows() if one.start.date() > today]

    def book(self, window, number=1, **values):
        return self.post(
            "/service/book",
            self.get_booking_data(
                booking_token=f"{number:024d}",
                description=f"Booking {number}",
                window=window.key,
                contact_phone=f"138 0013 83{number:02d}",
                **{**PLACE, **values},
            ),
        )

    def find_order(self, number=1):
        self.env.invalidate_all()
        return self.find_tickets(f"Booking {number}").work_order_ids

    def fill(self, window, hours=2):
        """Plan something else for as long as the window goes on."""
        start, stop = window.get_utc()
        order = self.env["qifei.work.order"].create(
            {
                "partner_id": self.anna.id,
                "ticket_type_id": self.visit_type.id,
                "engineer_id": self.engineer.id,
                "latitude": 31.2304,
                "longitude": 121.4737,
                "planned_start": start,
                "planned_end": stop + timedelta(hours=hours),
                "company_id": self.company.id,
            }
        )
        order.action_assign()
        self.env.flush_all()
        return order


@tagged("post_install", "-at_install")
class TestOffer(SlotCase):
    def find_same(self, window):
        return next(one for one in self.get_windows() if one.key == window.key)

    def test_time_that_is_taken_is_closed_with_its_reason(self):
        window = self.find_open()
        self.fill(window)
        closed = self.find_same(window)
        self.assertFalse(closed.engineer_ids)
        self.assertEqual(closed.reason, "fully booked")
        page = self.url_open("/service/book").text
        self.assertIn("fully booked", page)

    def test_missing_know_how_and_area_are_said(self):
        window = self.find_open()
        self.visit_type.skill_ids = self.env["qifei.skill"].create(
            {"name": "Test high voltage"}
        )
        self.assertEqual(self.find_same(window).reason, "nobody with the know-how")
        self.visit_type.skill_ids = False
        area, far = self.env["qifei.service.area"].create(
            [{"name": "Here"}, {"name": "There"}]
        )
        self.engineer.area_ids = far
        order = self.env["qifei.work.order"].new(
            {
                "company_id": self.company.id,
                "ticket_type_id": self.visit_type.id,
                "area_id": area.id,
            }
        )
        window = self.get_windows(order)[0]
        self.assertEqual(window.reason, "nobody in your area")

    def test_days_are_those_of_the_company(self):
        for days in (3, 10):
            self.company.dispatch_slot_days = days
            found = {window.start.date() for window in self.get_windows()}
            self.assertLessEqual(len(found), days + 1)
            self.assertGreaterEqual(len(found), days)

    def test_without_engineers_every_time_is_offered(self):
        self.engineer.active = False
        windows = self.get_windows()
        self.assertTrue(windows)
        self.assertFalse(any(window.reason for window in windows))

    def test_failing_engine_leaves_working_hours(self):
        with (
            patch.object(
                QifeiWorkOrder, "_find_promises", side_effect=RuntimeError("broken")
            ),
            self.assertLogs(LOGGER, "ERROR"),
        ):
            windows = self.get_windows()
        self.assertTrue(any(window.engineer_ids for window in windows))

    def test_times_follow_the_form(self):
        window = self.find_open()
        self.fill(window)
        texts = {"ticket_type": str(self.visit_type.id), "city": "Shanghai", **PLACE}
        answer = self.make_jsonrpc_request("/service/book/windows", texts)
        self.assertIn("fully booked", answer["html"])
        self.assertNotIn(window.key, answer["engineers"][str(self.engineer.id)].split())
        self.visit_type.skill_ids = self.env["qifei.skill"].create(
            {"name": "Test high voltage"}
        )
        self.env.flush_all()
        answer = self.make_jsonrpc_request("/service/book/windows", texts)
        self.assertIn("nobody with the know-how", answer["html"])
        self.assertEqual(answer["engineers"], {})
        self.assertEqual(
            answer["html"].count("disabled="),
            answer["html"].count('name="window"'),
        )

    def test_odd_texts_are_answered_all_the_same(self):
        odd = (None, [], {}, "x" * 5000, 10**30, -1, "'; --", "\x00", 1.5, True)
        names = (
            "ticket_type",
            "equipment",
            "token",
            "latitude",
            "zip",
            "city",
            "country",
            "state",
            "window",
            "unknown",
        )
        with self.unlimited():
            for value in odd:
                with self.subTest(value=value):
                    answer = self.make_jsonrpc_request(
                        "/service/book/windows", dict.fromkeys(names, value)
                    )
                    self.assertIn("html", answer)

    def test_offer_is_limited(self):
        with patch.dict(
            "odoo.addons.qifei_portal.const.ATTEMPT_LIMITS", {"windows_ip": (1, 3600)}
        ):
            self.make_jsonrpc_request("/service/book/windows", {})
            answer = self.make_jsonrpc_request("/service/book/windows", {})
        self.assertEqual(list(answer), ["error"])


@tagged("post_install", "-at_install")
class TestReservation(SlotCase):
    def test_booked_time_is_reserved(self):
        window = self.find_open()
        self.assertEqual(self.book(window).status_code, 200)
        order = self.find_order()
        start, stop = window.get_utc()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.engineer_id, self.engineer)
        self.assertEqual(order.window_ids.date_from, start)
        self.assertEqual(order.window_ids.date_to, stop)
        self.assertTrue(start <= order.planned_start <= stop)
        self.assertFalse(order.dispatch_due_on)
        # Nobody has taken it on yet: the customer can still change it.
        self.assertEqual(order.ticket_id.state, "new")

    def test_second_customer_gets_one_sentence_and_the_form(self):
        window = self.find_open()
        number = 0
        while not self.find_order(number) or number < 5:
            number += 1
            page = self.book(window, number)
            if not self.find_order(number):
                break
        self.assertGreater(number, 1)
        self.assertIn(page.status_code, (409, 422))
        self.assertFalse(self.find_tickets(f"Booking {number}"))
        self.assertIn(f"Booking {number}", page.text)
        self.assertRegex(page.text, "Choose another (time|one), or let us call you")

    def test_time_taken_after_the_look_at_the_plan(self):
        """The page of the first screen still shows a time that is gone by now."""
        window = self.find_open()
        before = self.count_rows()
        with patch.object(
            type(self.env["qifei.dispatch.insertion"]), "_place", return_value=({}, {})
        ):
            page = self.book(window)
        self.assertEqual(page.status_code, 409)
        self.assertIn("just been taken by somebody else", page.text)
        self.assertEqual(self.count_rows(), before)

    @mute_logger("odoo.addons.qifei_dispatch.models.qifei_dispatch_insertion")
    def test_booking_works_when_planning_fails(self):
        window = self.find_open()
        with patch.object(
            type(self.env["qifei.dispatch.insertion"]),
            "_place",
            side_effect=RuntimeError("broken"),
        ):
            page = self.book(window)
        self.assertEqual(page.status_code, 200)
        ticket = self.find_tickets("Booking 1")
        self.assertEqual(ticket.preferred_start, window.get_utc()[0])
        self.assertFalse(ticket.work_order_ids)

    def test_booking_works_without_engineers(self):
        self.engineer.active = False
        self.env.flush_all()
        window = self.get_windows()[0]
        self.assertEqual(self.book(window).status_code, 200)
        self.assertFalse(self.find_order())
        self.assertTrue(self.find_tickets("Booking 1").preferred_start)

    def test_call_me_reserves_nothing(self):
        page = self.post(
            "/service/book", self.get_booking_data(description="Booking 1", window="")
        )
        self.assertIn("We call you", page.text)
        self.assertNotIn("is reserved for you", page.text)
        self.assertTrue(self.find_tickets("Booking 1"))
        self.assertFalse(self.find_order())

    def test_chosen_engineer_is_the_one(self):
        other = self.engineer.copy({"name": "Otto Second", "user_id": False})
        other.resource_calendar_id = self.calendar
        other.write({"start_latitude": 31.2304, "start_longitude": 121.4737})
        self.env.flush_all()
        window = next(one for one in self.get_later() if other.id in one.engineer_ids)
        self.book(window, engineer=other.id)
        self.assertEqual(self.find_order().engineer_id, other)

    def test_customer_cancels_the_reservation_with_the_request(self):
        self.book(self.find_open())
        order = self.find_order()
        ticket = order.ticket_id
        self.post(
            f"/my/tickets/{ticket.id}/cancel",
            {"access_token": ticket.access_token, "reason": "Not needed"},
        )
        self.env.invalidate_all()
        self.assertEqual((ticket.state, order.state), ("cancelled", "cancelled"))

    def test_customer_moves_the_reservation(self):
        self.book(self.find_open())
        order = self.find_order()
        ticket = order.ticket_id
        first = order.window_ids.date_from
        window = next(
            one
            for one in self.get_windows(order)
            if one.engineer_ids and one.get_utc()[0] > first
        )
        self.post(
            f"/my/tickets/{ticket.id}/reschedule",
            {"access_token": ticket.access_token, "window": window.key},
        )
        self.env.invalidate_all()
        self.assertEqual(ticket.work_order_ids, order)
        self.assertEqual(order.window_ids.date_from, window.get_utc()[0])
        self.assertTrue(
            window.get_utc()[0] <= order.planned_start <= window.get_utc()[1]
        )

    def test_order_that_waits_is_moved_and_no_second_one_made(self):
        ticket = self.create_ticket(self.anna, self.anna_machine)
        order = self.env["qifei.work.order"].create({"ticket_id": ticket.id})
        self.env.flush_all()
        window = self.find_open()
        self.post(
            f"/my/tickets/{ticket.id}/reschedule",
            {"access_token": ticket.access_token, "window": window.key},
        )
        self.env.invalidate_all()
        self.assertEqual(ticket.work_order_ids, order)
        self.assertEqual(order.window_ids.date_from, window.get_utc()[0])
        self.assertEqual(order.engineer_id, self.engineer)

    def test_desk_takes_on_what_was_reserved(self):
        self.book(self.find_open())
        order = self.find_order()
        ticket = order.ticket_id
        action = ticket.action_create_work_order()
        self.assertEqual(action["res_id"], order.id)
        self.assertEqual(ticket.state, "open")
        self.assertEqual(ticket.work_order_ids, order)
        action = ticket.action_create_and_assign()
        self.assertEqual(action["res_model"], "qifei.work.order.assign")
        order.action_assign()
        self.assertEqual(order.engineer_id, self.engineer)

    def test_once_taken_on_the_customer_moves_nothing(self):
        self.book(self.find_open())
        order = self.find_order()
        ticket = order.ticket_id
        ticket.action_open()
        self.env.flush_all()
        self.post(
            f"/my/tickets/{ticket.id}/cancel", {"access_token": ticket.access_token}
        )
        self.env.invalidate_all()
        self.assertEqual((ticket.state, order.state), ("open", "draft"))

    def test_same_form_twice_reserves_once(self):
        window = self.find_open()
        self.book(window)
        self.book(window)
        self.assertEqual(
            self.env["qifei.work.order"].search_count(
                Domain("ticket_id.description", "=", "Booking 1")
            ),
            1,
        )
