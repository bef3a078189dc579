from odoo.tests import tagged

from .common import PortalCase

COUNTERS = ("qifei_ticket_count", "qifei_equipment_count", "qifei_card_count")


@tagged("post_install", "-at_install")
class TestGrowth(PortalCase):
    """A page costs the same number of queries with 1 and with 20 records."""

    def count_queries(self, url):
        self.url_open(url)
        before = self.cr.sql_log_count
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        return self.cr.sql_log_count - before

    def assert_flat(self, url, grow):
        few = self.count_queries(url)
        grow()
        self.env.flush_all()
        many = self.count_queries(url)
        self.assertEqual(many, few, f"{url} costs {few} queries with 1, {many} with 20")

    def add_machines(self, count=19):
        machines = self.env["qifei.equipment"]
        for number in range(count):
            machines |= self.create_machine(self.anna, f"SN-MORE-{number}")
        return machines

    def add_tickets(self, count=19):
        tickets = self.env["qifei.ticket"]
        for machine in self.add_machines(count):
            tickets |= self.create_ticket(self.anna, machine)
        return tickets

    def test_tickets(self):
        self.log_in(self.anna_user)
        self.assert_flat("/my/tickets", self.add_tickets)

    def test_equipment(self):
        self.log_in(self.anna_user)
        self.assert_flat("/my/equipment", self.add_machines)

    def test_cards(self):
        def grow():
            for machine in self.add_machines():
                self.create_card(machine)

        self.log_in(self.anna_user)
        self.assert_flat("/my/warranty-cards", grow)

    def test_shared_orders(self):
        def grow():
            for ticket in self.add_tickets():
                self.create_order(ticket).shared_partner_ids = self.dealer_company

        self.anna_order.shared_partner_ids = self.dealer_company
        self.log_in(self.dealer_user)
        self.assert_flat("/my/shared-orders", grow)

    def test_visits_of_one_request(self):
        def grow():
            for _number in range(19):
                self.create_order(self.anna_ticket)

        self.log_in(self.anna_user)
        self.assert_flat(f"/my/tickets/{self.anna_ticket.id}", grow)

    def test_history_of_one_machine(self):
        def grow():
            for _number in range(19):
                self.create_ticket(self.anna, self.anna_machine)

        self.log_in(self.anna_user)
        self.assert_flat(f"/my/equipment/{self.anna_machine.id}", grow)

    def test_booking_page(self):
        def grow():
            categories = self.env["product.category"].create(
                [
                    {"name": f"Kind {number}", "parent_id": self.category.id}
                    for number in range(19)
                ]
            )
            self.env["qifei.fault.symptom"].create(
                [
                    {"name": f"Symptom {number}", "category_ids": categories.ids}
                    for number in range(19)
                ]
            )
            self.env["qifei.engineer"].create(
                [
                    {"name": f"Engineer {number}", "company_id": self.company.id}
                    for number in range(19)
                ]
            )
            self.add_machines()

        self.log_in(self.anna_user)
        self.assert_flat("/service/book", grow)

    def test_home_counters(self):
        def count():
            before = self.cr.sql_log_count
            self.make_jsonrpc_request("/my/counters", {"counters": list(COUNTERS)})
            return self.cr.sql_log_count - before

        self.log_in(self.anna_user)
        count()
        few = count()
        self.add_tickets()
        self.env.flush_all()
        count()
        self.assertEqual(count(), few)
