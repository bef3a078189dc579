from freezegun import freeze_time

from odoo.fields import Command, Domain
from odoo.tests import tagged

from .common_day import NOW, DayCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDispatchCards(DayCase):
    def get_ids(self, domain):
        own = Domain("partner_id", "=", self.customer.id)
        return set(self.env["qifei.work.order"].search(domain & own).ids)

    def test_unplanned_is_what_was_promised_by_tonight(self):
        free = {"engineer_id": False, "planned_start": False}
        today = self.create_visits(**{**free, "planned_start": NOW})
        promised = self.create_visits(
            **free,
            window_ids=[
                Command.create(
                    {
                        "date_from": "2031-03-05 06:00:00",
                        "date_to": "2031-03-05 08:00:00",
                    }
                )
            ],
        )
        self.create_visits(**free)
        self.create_visits(**{**free, "planned_start": "2031-03-07 06:00:00"})
        self.create_visits()
        domain = self.env["qifei.workbench"]._get_unplanned_domain()
        self.assertEqual(self.get_ids(domain), {today.id, promised.id})

    def test_late_is_who_has_not_set_off(self):
        soon = self.create_visits(planned_start="2031-03-05 03:10:00")
        over = self.create_visits(planned_start="2031-03-05 02:00:00")
        gone = self.create_visits(planned_start="2031-03-05 02:00:00")
        later = self.create_visits(planned_start="2031-03-05 03:20:00")
        self.walk(soon | over | later, "accept")
        self.walk(gone, "depart")
        domain = self.env["qifei.workbench"]._get_late_domain()
        self.assertEqual(self.get_ids(domain), {soon.id, over.id})

    def test_dispatchers_have_the_cards_and_engineers_have_not(self):
        cards = {
            role: {
                card["id"]
                for card in self.env["qifei.workbench"]
                .with_user(self.users[role])
                .get_cards()
            }
            for role in ("dispatcher", "engineer")
        }
        own = {"dispatch_unplanned", "dispatch_late"}
        self.assertLessEqual(own, cards["dispatcher"])
        self.assertFalse(own & cards["engineer"])
